"""How wide text will be, without its font: the fonts of browsers differ by a tenth, and so may this. Pure."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

_NARROW = frozenset("iljftrI.,:;'|!()[] ·-")
_WIDE = frozenset("mwMW@%")


def width(text: str, size: float) -> float:
    """Pixels of a text in a sans-serif font of a size, rather too many than too few."""
    return size * sum(map(_em, text))


def mono(text: str, size: float) -> float:
    """Pixels of a text in a monospaced font."""
    return size * sum(0 if combining(one) else 1.1 if _double(one) else 0.62 for one in text)


def cut(text: str, length: int) -> str:
    """A text of at most so many characters, its end replaced by `…` where it is longer."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _em(character: str) -> float:
    if combining(character):
        return 0
    if _double(character):
        return 1.1
    if character in _NARROW:
        return 0.36
    if character in _WIDE:
        return 0.95
    return 0.72 if character.isupper() else 0.6


def _double(character: str) -> bool:
    return east_asian_width(character) in "WF"
