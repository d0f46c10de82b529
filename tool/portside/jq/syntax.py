"""jq text to its tree: the grammar of jq 1.8, with the names it may use at Port. Pure.

The one rule: a text has a tree exactly when libjq compiles it after Port's prefix. What nobody writes is left to each:
here nesting has a limit, and there the length of the compiled code, some thousands of characters at the least.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NoReturn

from portside.jq.error import JqError
from portside.jq.names import BUILTINS, unknown
from portside.jq.quotes import rewrite
from portside.jq.tokens import Kind, Lexed, Token, lex
from portside.jq.tree import (
    Array,
    ArrayPattern,
    Binary,
    Bind,
    Branch,
    Break,
    Call,
    Comma,
    Define,
    Descent,
    Entry,
    Foreach,
    Format,
    Identity,
    If,
    Index,
    Iterate,
    Label,
    Literal,
    Negation,
    Node,
    Object,
    ObjectPattern,
    Optional,
    Pattern,
    PatternEntry,
    Pipe,
    Reduce,
    Slice,
    Text,
    Try,
    Update,
    Variable,
    VariablePattern,
    below,
)

NESTING_LIMIT = 64
"""Brackets, definitions and signs inside each other; jq itself takes thousands."""
DEPTH_LIMIT = 200
"""Nodes inside each other, so that whoever walks a tree may call himself; published expressions have fewer than 40."""

_ROW = 16
"""Members of a comma that hang one on the other; more are put into halves, for a long list is not deep."""
_UPDATE, _COMPARE = 1, 4
_LEVELS: Mapping[str, int] = {
    **dict.fromkeys(("=", "|=", "+=", "-=", "*=", "/=", "%=", "//="), _UPDATE),
    "or": 2,
    "and": 3,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE),
    **dict.fromkeys("+-", 5),
    **dict.fromkeys("*/%", 6),
}
"""How tightly an operator binds: more tightly than `//`, and to the left."""
_ALONE = (_UPDATE, _COMPARE)
"""Levels of which no two stand beside each other."""
_CONSTANTS: Mapping[str, bool | None] = {"null": None, "true": True, "false": False}
_WORDS = frozenset({Kind.NAME, Kind.KEYWORD})
_STRINGS = frozenset({Kind.START, Kind.FORMAT})
_PATH = re.compile(r"(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_UNREADABLE = "[\0\ud800-\udfff]"
_LONG = 1000
"""Digits of a number past which Python may refuse to read it exactly."""


class NotJq(Exception):
    """The text is not jq."""

    def __init__(self, error: JqError) -> None:
        super().__init__(error.message)
        self.error = error


@lru_cache(maxsize=4096)
def read(text: str) -> Node:
    """The tree of an expression as its author writes it. Raises NotJq."""
    return parse(rewrite(text))


def error(text: str) -> JqError | None:
    """Why an expression, as its author writes it, is not jq; None when it is."""
    try:
        read(text)
    except NotJq as found:
        return found.error
    return None


def parse(text: str) -> Node:
    """The tree of a text as jq gets it, its quotes rewritten. Raises NotJq."""
    return _path(text) if _PATH.fullmatch(text) else _parsed(text)


def _path(text: str) -> Node:
    """`.a.b.c`, as most expressions are, without the parser."""
    node: Node = Identity(0, 1)
    end = 0
    for name in text.split(".")[1:]:
        start = end + 1
        end = start + len(name)
        node = Index(0, end, node, Literal(start, end, name, ""))
    return _shallow(text, node)


def _parsed(text: str) -> Node:
    if unreadable := re.search(_UNREADABLE, text):
        what = "a NUL character" if unreadable[0] == "\0" else "half of a surrogate pair"
        raise NotJq(JqError(f"{what} stands in the text", unreadable.start()))
    parser = _Parser(text, lex(text))
    node = _shallow(text, parser.whole())
    if parser.named:
        _check_names(node, parser.lexed)
    return node


def _shallow(text: str, node: Node) -> Node:
    """The node, if it is no deeper than the limit. Raises NotJq."""
    level = [node] if len(text) > DEPTH_LIMIT else []
    for _ in range(DEPTH_LIMIT):
        level = [lower for upper in level for lower in below(upper)]
        if not level:
            return node
    raise NotJq(_too_deep(level[0].start, DEPTH_LIMIT))


def _too_deep(index: int, limit: int) -> JqError:
    return JqError("this is nested too deeply", index, f"no more than {limit} levels are read")


def _check_names(node: Node, lexed: Lexed) -> None:
    if found := unknown(node):
        from portside.jq.explain import undefined  # only for a text that is wrong

        raise NotJq(undefined(lexed, found))


class _Parser:
    """One way through the tokens of a text; `named`: it binds names or uses others than jq's own functions."""

    def __init__(self, text: str, lexed: Lexed) -> None:
        self.text = text
        self.lexed = lexed
        self.tokens = [*lexed.tokens, Token(Kind.INVALID, "", len(text))]
        self.at = 0
        self.depth = 0
        self.named = False

    def whole(self) -> Node:
        node = self.query()
        if self.at < len(self.lexed.tokens):
            self.fail()
        return node

    # steps

    def fail(self) -> NoReturn:
        """The token that comes next has no place here."""
        from portside.jq.explain import syntax_error  # only for a text that is wrong

        raise NotJq(syntax_error(self.text, self.lexed, self.at))

    def took(self, text: str) -> bool:
        """Whether the next token is this one, which is passed then."""
        found = self.tokens[self.at].text == text
        self.at += found
        return found

    def eat(self, text: str) -> None:
        if not self.took(text):
            self.fail()

    def kind(self, kind: Kind) -> Token:
        """The next token, which is of this kind."""
        token = self.tokens[self.at]
        if token.kind is not kind:
            self.fail()
        self.at += 1
        return token

    def end(self) -> int:
        """Where the token before ends."""
        return self.tokens[self.at - 1].end

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > NESTING_LIMIT:
            raise NotJq(_too_deep(self.tokens[self.at].index, NESTING_LIMIT))

    # what may stand in brackets: pipes, commas, definitions, bindings

    def query(self) -> Node:
        self.deeper()
        steps = [self.commas()]
        while self.took("|"):
            steps.append(self.commas())
        self.depth -= 1
        return _piped(steps)

    def commas(self) -> Node:
        found = [self.single()]
        while self.took(","):
            found.append(self.single())
        return _row(found)

    def single(self) -> Node:
        token = self.tokens[self.at]
        if token.text == "def":
            return self.define(token.index)
        if token.text == "label":
            return self.label(token.index)
        source = self.expression()
        if self.tokens[self.at].text != "as":
            return source
        patterns = self.patterns()
        self.eat("|")
        body = self.query()
        return Bind(source.start, body.end, source, patterns, body)

    def define(self, start: int) -> Node:
        self.named = True
        self.eat("def")
        name = self.kind(Kind.NAME).text
        parameters: list[str] = []
        if self.took("("):
            parameters.append(self.parameter())
            while self.took(";"):
                parameters.append(self.parameter())
            self.eat(")")
        self.eat(":")
        body = self.query()
        self.eat(";")
        rest = self.query()
        return Define(start, rest.end, name, tuple(parameters), body, rest)

    def parameter(self) -> str:
        token = self.tokens[self.at]
        return self.variable() if token.kind is Kind.VARIABLE else self.kind(Kind.NAME).text

    def variable(self) -> str:
        """A variable that is bound here, with its `$`."""
        token = self.kind(Kind.VARIABLE)
        if token.text == "$__loc__":
            self.at -= 1
            self.fail()
        self.named = True
        return token.text

    def label(self, start: int) -> Node:
        self.eat("label")
        name = self.variable()[1:]
        self.eat("|")
        body = self.query()
        return Label(start, body.end, name, body)

    # patterns

    def patterns(self) -> tuple[Pattern, ...]:
        self.eat("as")
        found = [self.pattern()]
        while self.took("?//"):
            found.append(self.pattern())
        return tuple(found)

    def pattern(self) -> Pattern:
        token = self.tokens[self.at]
        if token.text not in ("[", "{"):
            return VariablePattern(token.index, token.end, self.variable()[1:])
        self.deeper()
        self.at += 1
        found = self.array_pattern(token.index) if token.text == "[" else self.object_pattern(token.index)
        self.depth -= 1
        return found

    def array_pattern(self, start: int) -> ArrayPattern:
        items = [self.pattern()]
        while self.took(","):
            items.append(self.pattern())
        self.eat("]")
        return ArrayPattern(start, self.end(), tuple(items))

    def object_pattern(self, start: int) -> ObjectPattern:
        entries = [self.pattern_entry()]
        while self.took(","):
            entries.append(self.pattern_entry())
        self.eat("}")
        return ObjectPattern(start, self.end(), tuple(entries))

    def pattern_entry(self) -> PatternEntry:
        token = self.tokens[self.at]
        if token.kind is Kind.VARIABLE:
            name = self.variable()[1:]
            key = Literal(token.index + 1, token.end, name, "")
            return PatternEntry(key, name, self.pattern() if self.took(":") else None)
        found = self.key()
        self.eat(":")
        return PatternEntry(found, "", self.pattern())

    # operators

    def expression(self) -> Node:
        found = [self.operation(_UPDATE)]
        while self.took("//"):
            found.append(self.operation(_UPDATE))
        right = found.pop()
        while found:
            left = found.pop()
            right = Binary(left.start, right.end, "//", left, right)
        return right

    def operation(self, least: int) -> Node:
        """What operators of this level and tighter ones hold together."""
        left = self.postfix()
        while (level := _LEVELS.get(operator := self.tokens[self.at].text, 0)) >= least:
            self.at += 1
            right = self.operation(level + 1)
            kind = Update if level == _UPDATE else Binary
            left = kind(left.start, right.end, operator, left, right)
            if level in _ALONE and _LEVELS.get(self.tokens[self.at].text) == level:
                self.fail()
        return left

    def postfix(self) -> Node:
        """A term with the steps after it: `.a`, `[0]`, `?`."""
        node, step = self.term()
        while True:
            token = self.tokens[self.at]
            if token.kind is Kind.FIELD:
                self.at += 1
                node, step = Index(node.start, token.end, node, _name(token)), True
            elif token.text == "?":
                self.at += 1
                node, step = self.optional(node, token.end, step), False
            elif token.text == "[":
                node, step = self.bracket(node), True
            elif token.text == ".":
                node, step = self.dotted(node), True
            else:
                return node

    def optional(self, node: Node, end: int, step: bool) -> Node:
        if step and isinstance(node, Index | Slice | Iterate):
            return Optional(node.start, end, node)
        return Try(node.start, end, node, None)

    def dotted(self, of: Node) -> Node:
        """`."a"` or `.[0]` after a term."""
        self.at += 1
        token = self.tokens[self.at]
        if token.text == "[":
            return self.bracket(of, dotted=True)
        if token.kind not in _STRINGS:
            self.fail()
        key = self.string()
        return Index(of.start, key.end, of, key)

    def bracket(self, of: Node, *, dotted: bool = False) -> Node:
        """`[]`, `[key]`, `[from:to]`; jq has no slice after a dot."""
        self.eat("[")
        if self.took("]"):
            return Iterate(of.start, self.end(), of)
        from_ = None if self.tokens[self.at].text == ":" and not dotted else self.query()
        if from_ and self.took("]"):
            return Index(of.start, self.end(), of, from_)
        if dotted:
            self.fail()
        self.eat(":")
        to = None if from_ and self.tokens[self.at].text == "]" else self.query()
        self.eat("]")
        return Slice(of.start, self.end(), of, from_, to)

    # terms

    def term(self) -> tuple[Node, bool]:
        """A term, and whether it is a step of a path already."""
        token = self.tokens[self.at]
        if token.kind is Kind.FIELD:
            self.at += 1
            dot = Identity(token.index, token.index + 1)
            return Index(token.index, token.end, dot, _name(token)), True
        if token.text == ".":
            self.at += 1
            dot = Identity(token.index, token.end)
            if self.tokens[self.at].kind in _STRINGS:
                self.at -= 1
                return self.dotted(dot), True
            return dot, False
        read = _TERMS.get(token.kind) or _TERMS.get(token.text)
        if read is None:
            self.fail()
        return read(self), False

    def descent(self) -> Node:
        token = self.kind(Kind.OPERATOR)
        return Descent(token.index, token.end)

    def negation(self) -> Node:
        start = self.kind(Kind.OPERATOR).index
        self.deeper()
        body = self.postfix()
        self.depth -= 1
        return Negation(start, body.end, body)

    def moved(self) -> Node:
        """`$$$$x`: what jq keeps for itself, and takes from everybody."""
        start = self.kind(Kind.OPERATOR).index
        self.eat("$")
        self.eat("$")
        return Variable(start, self.tokens[self.at].end, f"$$${self.variable()[1:]}")

    def value(self) -> Node:
        token = self.kind(Kind.VARIABLE)
        self.named = True
        return Variable(token.index, token.end, token.text[1:])

    def number(self) -> Node:
        token = self.kind(Kind.NUMBER)
        return Literal(token.index, token.end, _number(token.text), token.text)

    def call(self) -> Node:
        token = self.kind(Kind.NAME)
        arguments: list[Node] = []
        if self.took("("):
            arguments.append(self.query())
            while self.took(";"):
                arguments.append(self.query())
            self.eat(")")
        elif token.text in _CONSTANTS:
            return Literal(token.index, token.end, _CONSTANTS[token.text], "")
        if f"{token.text}/{len(arguments)}" not in BUILTINS:
            self.named = True
        return Call(token.index, self.end(), token.text, tuple(arguments))

    def format(self) -> Node:
        token = self.tokens[self.at]
        if self.tokens[self.at + 1].kind is Kind.START:
            return self.string()
        self.at += 1
        return Format(token.index, token.end, token.text[1:])

    def string(self) -> Node:
        """A string, with a format before it or without."""
        first = self.tokens[self.at]
        self.at += first.kind is Kind.FORMAT
        self.kind(Kind.START)
        parts: list[str | Node] = []
        while not self.took('"'):
            parts.append(self.interpolation() if self.took("\\(") else self.stretch())
        plain = not parts or (len(parts) == 1 and isinstance(parts[0], str))
        if plain and first.kind is Kind.START:
            return Literal(first.index, self.end(), parts[0] if parts else "", "")
        return Text(first.index, self.end(), first.text[1:], tuple(parts))

    def interpolation(self) -> Node:
        node = self.query()
        self.eat(")")
        return node

    def stretch(self) -> str:
        token = self.kind(Kind.TEXT)
        if "\\" not in token.text:
            return token.text
        found = _unescaped(token.text)
        if found is None:
            from portside.jq.explain import no_escape  # only for a text that is wrong

            raise NotJq(no_escape(token))
        return found

    def brackets(self) -> Node:
        start = self.kind(Kind.OPEN).index
        node = self.query()
        self.eat(")")
        return _placed(node, start, self.end())

    def array(self) -> Node:
        start = self.kind(Kind.OPEN).index
        body = None if self.tokens[self.at].text == "]" else self.query()
        self.eat("]")
        return Array(start, self.end(), body)

    def object(self) -> Node:
        start = self.kind(Kind.OPEN).index
        entries: list[Entry] = []
        while not self.took("}"):
            entries.append(self.entry())
            if not self.took(","):
                self.eat("}")
                break
        return Object(start, self.end(), tuple(entries))

    def entry(self) -> Entry:
        token = self.tokens[self.at]
        key = self.value() if token.kind is Kind.VARIABLE else self.key()
        if token.text == "(" or (token.text != "$__loc__" and self.tokens[self.at].text == ":"):
            self.eat(":")
            return Entry(key, self.member())
        return Entry(key, None)

    def member(self) -> Node:
        """The value in an object: pipes, but neither commas nor bindings."""
        steps = [self.expression()]
        while self.took("|"):
            steps.append(self.expression())
        return _piped(steps)

    def key(self) -> Node:
        """The key of a member, in an object or a pattern, that is no variable."""
        token = self.tokens[self.at]
        if token.kind in _WORDS:
            self.at += 1
            return Literal(token.index, token.end, token.text, "")
        if token.kind in _STRINGS:
            return self.string()
        if token.text != "(":
            self.fail()
        key = self.brackets()
        self.check_key(key)
        return key

    def check_key(self, key: Node) -> None:
        from portside.jq.constants import constant  # only for a key in brackets

        found = constant(key)
        if found and not isinstance(found[0], str):
            from portside.jq.explain import no_key  # only for a text that is wrong

            raise NotJq(no_key(self.text, key, found[0]))

    # keywords

    def if_(self) -> Node:
        start = self.kind(Kind.KEYWORD).index
        branches = [self.branch()]
        while self.took("elif"):
            branches.append(self.branch())
        otherwise = self.query() if self.took("else") else None
        self.eat("end")
        return If(start, self.end(), tuple(branches), otherwise)

    def branch(self) -> Branch:
        condition = self.query()
        self.eat("then")
        return Branch(condition, self.query())

    def reduce(self) -> Node:
        start, source, patterns, initial, update = self.loop()
        self.eat(")")
        return Reduce(start, self.end(), source, patterns, initial, update)

    def foreach(self) -> Node:
        start, source, patterns, initial, update = self.loop()
        extract = self.query() if self.took(";") else None
        self.eat(")")
        return Foreach(start, self.end(), source, patterns, initial, update, extract)

    def loop(self) -> tuple[int, Node, tuple[Pattern, ...], Node, Node]:
        """What reduce and foreach have in common."""
        start = self.kind(Kind.KEYWORD).index
        source, patterns = self.expression(), self.patterns()
        self.eat("(")
        initial = self.query()
        self.eat(";")
        return start, source, patterns, initial, self.query()

    def try_(self) -> Node:
        start = self.kind(Kind.KEYWORD).index
        self.deeper()
        body = self.postfix()
        handler = self.postfix() if self.took("catch") else None
        self.depth -= 1
        return Try(start, self.end(), body, handler)

    def break_(self) -> Node:
        start = self.kind(Kind.KEYWORD).index
        name = self.variable()[1:]
        return Break(start, self.end(), name)


_TERMS: Mapping[str, Callable[[_Parser], Node]] = {
    Kind.NAME: _Parser.call,
    Kind.VARIABLE: _Parser.value,
    Kind.NUMBER: _Parser.number,
    Kind.START: _Parser.string,
    Kind.FORMAT: _Parser.format,
    "..": _Parser.descent,
    "-": _Parser.negation,
    "$": _Parser.moved,
    "(": _Parser.brackets,
    "[": _Parser.array,
    "{": _Parser.object,
    "if": _Parser.if_,
    "reduce": _Parser.reduce,
    "foreach": _Parser.foreach,
    "try": _Parser.try_,
    "break": _Parser.break_,
}
"""How a term begins: by the kind of its first token, or by its text."""


def _piped(steps: list[Node]) -> Node:
    right = steps.pop()
    while steps:
        left = steps.pop()
        right = Pipe(left.start, right.end, left, right)
    return right


def _row(members: list[Node]) -> Node:
    """Members of a comma. They are long lists now and then, and these become no deep tree."""
    if len(members) > _ROW:
        half = len(members) // 2
        left, right = _row(members[:half]), _row(members[half:])
        return Comma(left.start, right.end, left, right)
    left, *others = members
    for right in others:
        left = Comma(left.start, right.end, left, right)
    return left


def _placed(node: Node, start: int, end: int) -> Node:
    """The node with its brackets."""
    placed: Node = tuple.__new__(type(node), (start, end, *node[2:]))
    return placed


def _name(field: Token) -> Literal:
    return Literal(field.index + 1, field.end, field.text[1:], "")


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < _LONG else float(text)


def _unescaped(text: str) -> str | None:
    """Text of a string without its escapes; None where one is wrong."""
    try:
        found: str = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return None
    return re.sub("[\udc00-\udfff]", "\ufffd", found) if not re.search("[\ud800-\udbff]", found) else None
