"""What is wrong with a text that is not YAML, or not JSON, said in one sentence and at the right place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import NamedTuple

import yaml

from portside.files import words


class Fault(NamedTuple):
    """One sentence about a text, and where: `offset` counts characters."""

    offset: int
    code: str
    message: str
    hint: str = ""


_YAML: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "there is a ': ' where no key can be",
        "quote a value that holds ': '; or the line above lacks its ':', or this one is indented too far",
    ),
    (
        "could not find expected ':'",
        "a key is not followed by ':'",
        "write 'key: value'",
    ),
    (
        "did not find expected key|expected <block end>",
        "this line fits neither into the object above it nor beside it",
        "check its indentation, and the quotes before it",
    ),
    (
        "did not find expected '-' indicator",
        "a list goes on here with something that is no '- ' item",
        "check the indentation of this line",
    ),
    (
        "block sequence entries are not allowed",
        "a list item stands where none can be",
        "begin the list on a line of its own",
    ),
    (
        "unexpected end of stream",
        "the quote that opens here is never closed",
        "close it, or write the text as a block ('|')",
    ),
    (
        "unexpected document (?:indicator|separator)",
        "the quote that opens here is not closed before the document ends",
        "close it, or indent the line that begins with '---'",
    ),
    (
        "expected ',' or '\\]'",
        "the '[' that opens here is never closed, or a ',' is missing in it",
        "close it with ']'",
    ),
    (
        "expected ',' or '}'",
        "the '{' that opens here is never closed, or a ',' is missing in it",
        "close it with '}'",
    ),
    (
        "did not find expected node content",
        "a value is missing here",
        "quote text that begins like this",
    ),
    (
        "invalid Unicode character escape",
        "this escape is no character",
        "YAML has no surrogate pairs: write the character itself, or \\U and its eight digits",
    ),
    (
        "unknown escape character",
        "this escape is none that YAML knows",
        "write '\\\\' for a backslash, or use single quotes, where it needs no escape",
    ),
    (
        "expected (?:hexdecimal|escape sequence of)",
        "this escape lacks a hexadecimal digit",
        "write '\\\\' for a backslash, or use single quotes, where it needs no escape",
    ),
    (
        "undefined tag handle",
        "this tag is not defined",
        "leave the tag away, or quote text that begins with '!'",
    ),
    (
        "expected (?:a )?comment or (?:a )?line break|expected chomping",
        "text stands behind the sign of a block ('|' or '>')",
        "begin the text on the next line; quote a text that begins with '|' or '>'",
    ),
    (
        "did not find expected <document start>",
        "something stands after the end of the document",
        "begin another one with '---' on a line of its own",
    ),
    (
        "expected alphabetic or numeric",
        "an anchor ('&') or alias ('*') has no name",
        "quote text that begins with '&' or '*'",
    ),
    (
        "incompatible YAML document",
        "this says it is a YAML that nobody reads",
        "leave the %YAML line away",
    ),
)
"""A part of the parser's words (libyaml's, PyYAML's own), what it means, and what would help; the first that fits."""

_OPENS = "unexpected end of stream|unexpected document|expected ',' or"
"""What went wrong because of something that opens further up: told where that is."""

_SUSPECTS = tuple(
    set(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF))) - {"\t", "\n", "\r"},
)
"""What _SPECIAL or _SEPARATORS may find, halves of characters aside."""

_SPECIAL = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_SEPARATORS = "[\x85\u2028\u2029]"


def yaml_fault(text: str, error: yaml.YAMLError, limit: int) -> Fault:
    """What a YAML parser's error means; `limit` is how deep lists and objects may be nested."""
    problem, mark, context = (getattr(error, name, None) for name in ("problem", "problem_mark", "context_mark"))
    if mark is None or problem is None:
        return unreadable_character(text) or Fault(0, "yaml-syntax", "this is not YAML")
    if "nesting" in problem:
        return depth_fault(text, limit)
    if "tab" in problem or ("cannot start any token" in problem and text[mark.index : mark.index + 1] == "\t"):
        return Fault(mark.index, "tab-indent", "a tab is no indentation in YAML", "use spaces")
    if "cannot start any token" in problem:
        found = text[mark.index : mark.index + 1]
        return Fault(mark.index, "yaml-syntax", f"no text can begin with '{found}' unless it is quoted", "quote it")
    if likely := _likely(text, mark.index, problem):
        return likely
    for part, message, hint in _YAML:
        if re.search(part, problem):
            at = context if context is not None and re.search(_OPENS, problem) else mark
            return Fault(at.index, "yaml-syntax", message, hint)
    return Fault(mark.index, "yaml-syntax", f"this is not YAML: {problem}")


_QUOTED_START = r"""\s*(?:- +)*(?:[^\s:'"][^:'"]*: +)?("(?:[^"\\]|\\.)*"|'(?:[^']|'')*') *$"""
_NO_BREAK = "(?m)^ *\xa0"


def _likely(text: str, index: int, problem: str) -> Fault | None:
    """Slips that a parser tells in words about something else."""
    start = text.rfind("\n", 0, index) + 1
    if text[index : index + 1] not in ("", "\n", "#") and re.fullmatch(_QUOTED_START, text[start:index]):
        message = "the quoted text ends before here, and the line goes on"
        hint = "put the whole value in the other kind of quotes, or on a line of its own below a '|'"
        return Fault(index, "yaml-syntax", message, hint)
    if text[index : index + 2] == "- " and not text[start:index].strip() and "'-' indicator" not in problem:
        hint = "take the '- ' away; or the list lacks its key above it, or its indentation"
        return Fault(index, "yaml-syntax", "a list item stands among the keys of an object", hint)
    first = text.rfind("\n", 0, max(0, start - 1)) + 1
    if found := re.search(_NO_BREAK, text[first:index]):
        return Fault(
            first + found.end() - 1, "yaml-syntax", "a no-break space is no indentation in YAML", "use ordinary spaces"
        )
    return None


def unreadable_character(text: str) -> Fault | None:
    """The first character that YAML does not allow, or that its versions 1.1 and 1.2 read differently."""
    if not _suspicious(text):
        return None
    if found := re.search(_SPECIAL, text):
        name = f"U+{ord(found[0]):04X}"
        return Fault(
            found.start(), "control-character", f"the character {name} cannot stand in YAML", _escaped(found[0])
        )
    if found := re.search(_SEPARATORS, text):
        name = f"U+{ord(found[0]):04X}"
        message = f"the character {name} ends a line for some readers of YAML and not for others"
        return Fault(found.start(), "control-character", message, _escaped(found[0]))
    return None


def _suspicious(text: str) -> bool:
    """A look that takes a thousandth of the 7 ms in which _SPECIAL, with its large ranges, is compiled."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return any(character in text for character in _SUSPECTS)


def _escaped(character: str) -> str:
    return (
        f'take it out, or write it in double quotes as "\\u{ord(character):04X}"' if ord(character) else "take it out"
    )


_JSON_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("'", "JSON text stands in double quotes", "write \"…\" instead of '…'"),
    ("/", "JSON has no comments", "take it out, or make this a .yaml file, where comments begin with '#'"),
    ("#", "JSON has no comments", "take it out, or make this a .yaml file"),
    ("T", "JSON writes true in small letters", "write true"),
    ("F", "JSON writes false in small letters", "write false"),
    ("N", "JSON has no None", "write null"),
    ("“", "JSON text stands in straight quotes", 'write "…"'),
    ("”", "JSON text stands in straight quotes", 'write "…"'),
)


def json_fault(text: str, error: JSONDecodeError) -> Fault:
    """What a JSON parser's error means, and its likely cause."""
    before = text[: error.pos].rstrip()
    found = text[error.pos : error.pos + 1]
    if before.endswith(",") and found in ("}", "]"):
        return Fault(len(before) - 1, "json-syntax", f"a ',' stands before '{found}'", "take the last ',' out")
    if found == "," and re.match(r",\s*[}\]]", text[error.pos : error.pos + 200]):
        return Fault(error.pos, "json-syntax", "a ',' stands behind the last entry", "take it out")
    if not error.msg.startswith(("Invalid", "Unterminated")):
        for sign, message, hint in _JSON_CAUSES:
            if found == sign:
                return Fault(error.pos, "json-syntax", message, hint)
    if not before and re.match(r"[A-Za-z_-]+:? ?", text[error.pos :]) and found.isalpha():
        return Fault(error.pos, "json-syntax", "this is not JSON", "if it is YAML, let the file's name end in .yaml")
    return Fault(error.pos, "json-syntax", *_json_message(error.msg, found))


def _json_message(problem: str, found: str) -> tuple[str, str]:
    at = f"'{found}'" if found.strip() else "the end of the line" if found else "the end of the file"
    match problem.split():
        case ["Extra", "data"]:
            return f"something stands after the end of the JSON value: {at}", "one JSON file holds one value"
        case ["Expecting", "property", *_]:
            return f"a key in double quotes should stand here, not {at}", 'write "key": value'
        case ["Expecting", "':'", *_]:
            return f"a ':' should stand here, not {at}", 'write "key": value'
        case ["Expecting", "','", *_]:
            hint = "a ',' may be missing" if found else "a '}' or ']' may be missing"
            return f"a ',' or the end of the list or object should stand here, not {at}", hint
        case ["Unterminated", *_]:
            return "the quote that opens here is never closed", "close it"
        case ["Invalid", "control", *_]:
            return "a JSON text cannot run over a line break or hold a tab", "write \\n or \\t"
        case ["Invalid", *_]:
            return "this escape is none that JSON knows", "write \\\\ for a backslash"
    return f"a value should stand here, not {at}", ""


_JSON_PART = r'(?s)"(?:[^"\\]|\\.)*"|[{}\[\]]|[^ \t\r\n{}\[\]:,"]+'


def json_number_fault(text: str) -> Fault:
    """Where JSON text holds a number that is none, or that is too big; there must be one."""
    for offset, part in _parts(text):
        if sentence := _refused(part):
            return Fault(offset, "number-not-json", sentence, "quote it if it is text")
    return Fault(0, "json-syntax", "this is not JSON")


def _refused(part: str) -> str:
    try:
        if part in ("NaN", "Infinity", "-Infinity"):
            words.no_number(part)
        elif part[0] in "-0123456789":
            words.number(part)
    except ValueError as error:
        return str(error)
    return ""


def depth_fault(text: str, limit: int) -> Fault:
    """Where lists and objects in brackets get nested deeper than the limit."""
    depth = 0
    for offset, part in _parts(text):
        depth += (part in ("{", "[")) - (part in ("}", "]"))
        if depth > limit:
            return too_deep(offset, limit)
    return too_deep(0, limit)


def too_deep(offset: int, limit: int) -> Fault:
    """Lists and objects within each other, more than anybody needs."""
    message = f"lists and objects are nested deeper than {limit} levels here"
    return Fault(offset, "too-deep", message, "no resource needs that; is this the right file?")


_HALF = r"(?s)\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"


def half_character(text: str) -> Fault | None:
    """The first half of a surrogate pair in JSON text that stands alone: no file and no request can hold it."""
    for found in re.finditer(_HALF, text) if "\\u" in text else ():
        if found[1]:
            message = f"\\{found[1]} is half a character"
            return Fault(found.start(), "control-character", message, "write the character itself, or both halves")
    if not text.isascii() and (alone := re.search("[\ud800-\udfff]", text)):
        return Fault(alone.start(), "control-character", f"U+{ord(alone[0]):04X} is half a character", "take it out")
    return None


def _parts(text: str) -> Iterator[tuple[int, str]]:
    return ((found.start(), found[0]) for found in re.finditer(_JSON_PART, text))
