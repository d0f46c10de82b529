"""How a value is spelt in YAML: block style, two spaces, as few quotes as are safe, never wrapped. Pure.

The rule: readers of YAML 1.1 and of YAML 1.2 find the same value in it, so `yes`, `12:30` and `0o14` get quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from yaml.resolver import Resolver

from portside.files import words
from portside.model.resource import JSON

STEP = 2
KEY_LIMIT = 1000
"""Parsers look for a key's ':' in the next 1,024 characters and no further, unless the key begins with '? '."""
_SIGNS = frozenset("-?:,[]{}#&*!|>'\"%@` ")
_QUOTES_NEEDED = re.compile(r": |:$| #| $|\t|^\.\.\.")
_FLOW_SIGNS = re.compile(r"[,\[\]{}]|:\?")  # libyaml takes `:?` inside of braces for a key's end
_BOOLEANS_TO_SOME = frozenset({"y", "Y", "n", "N"})
_PRINTABLE = re.compile("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def lines(value: JSON, indent: int = 0) -> list[str]:
    """The lines of a whole value at an indentation."""
    pad = " " * indent
    if isinstance(value, dict) and value:
        return [line for key, member in value.items() for line in entry(key, member, indent)]
    if isinstance(value, list) and value:
        return [line for member in value for line in item(member, indent)]
    return [pad + line if line else line for line in scalar_lines(value, indent)]


def entry(key: str, value: JSON, indent: int) -> list[str]:
    """The lines of `key: value`."""
    spelt, pad = scalar(key), " " * indent
    if len(spelt) > KEY_LIMIT:
        return [f"{pad}? {spelt}", *_after(f"{pad}:", value, indent)]
    return _after(f"{pad}{spelt}:", value, indent)


def item(value: JSON, indent: int) -> list[str]:
    """The lines of `- value`; an object or a list begins on the line of its dash."""
    pad = " " * indent
    if isinstance(value, dict | list) and value:
        first, *rest = lines(value, indent + STEP)
        return [f"{pad}- {first[indent + STEP :]}", *rest]
    return _after(f"{pad}-", value, indent)


def _after(start: str, value: JSON, indent: int) -> list[str]:
    if isinstance(value, dict | list) and value:
        return [start, *lines(value, indent + STEP)]
    first, *rest = scalar_lines(value, indent)
    return [f"{start} {first}", *rest]


def scalar_lines(value: JSON, indent: int) -> list[str]:
    """The lines of a scalar whose entry is at an indentation; the first goes behind its key or dash."""
    if isinstance(value, str) and (header := block_header(value)):
        return [header, *block_lines(value, indent + STEP)]
    return [flow(value)]


def block_header(text: str) -> str:
    """`|`, `|-`, … for a text of several lines; "" for one that no block can hold exactly."""
    content = text.rstrip("\n")
    if "\n" not in text or not content or not all(map(_PRINTABLE.fullmatch, text.replace("\t", " ").split("\n"))):
        return ""
    if content.rsplit("\n", 1)[-1].isspace():
        return ""
    kept = len(text) - len(content)
    indicator = str(STEP) if text[0] in " \t\n" else ""
    return f"|{indicator}{'-' if kept == 0 else '+' if kept > 1 else ''}"


def block_lines(text: str, indent: int) -> Iterator[str]:
    """The lines below the header of a block."""
    for line in text.removesuffix("\n").split("\n"):
        yield " " * indent + line if line else ""


def flow(value: JSON, *, within: bool = False) -> str:
    """A value on one line, in flow style where it is a list or an object; `within` as in `scalar`."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{scalar(key, within=True)}: {flow(member, within=True)}" for key, member in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(flow(member, within=True) for member in value) + "]"
    return scalar(value, within=within)


def scalar(value: JSON, *, within: bool = False) -> str:
    """A scalar on one line; `within`: inside a flow list or object, where more signs mean something."""
    if isinstance(value, str):
        return value if _plain(value, within) else _quoted(value)
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value)


def _float(value: float) -> str:
    """With a dot in every case: readers of YAML 1.1 take 1e+20 for text."""
    mantissa, sign, exponent = repr(value).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{sign}{exponent}"


def _plain(text: str, within: bool) -> bool:
    return (
        bool(text)
        and text[0] not in _SIGNS
        and not _QUOTES_NEEDED.search(text)
        and _PRINTABLE.fullmatch(text) is not None
        and not (within and _FLOW_SIGNS.search(text))
        and _means_itself(text)
    )


def _means_itself(text: str) -> bool:
    """Whether both versions of YAML read a word as the text it is."""
    if text in _BOOLEANS_TO_SOME:
        return False
    rules = Resolver.yaml_implicit_resolvers
    if any(pattern.match(text) for _, pattern in [*rules.get(text[0], []), *rules.get(None, [])]):
        return False
    try:
        return isinstance(words.plain(text), str)
    except ValueError:
        return False


def _quoted(text: str) -> str:
    if _PRINTABLE.fullmatch(text) and not ("'" in text and '"' not in text and "\\" not in text):
        return "'" + text.replace("'", "''") + "'"
    escaped = json.dumps(text, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped)
