"""A file name for an identifier. Pure.

Identifiers may hold `/ \\ : @ +`, letters of any script, and differ in case alone; a file name must be one name on any
disk. A name that is safe as it is stays; any other gets its unsafe characters as %XX, and no two identifiers share one.
"""

from __future__ import annotations

import re

_LENGTH_LIMIT = 120
_UNSAFE = r"[^A-Za-z0-9@_.+=-]"
_DEVICE = r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?"


def folder_name(identifier: str) -> str:
    """`service` → service; `a/b` → a%2Fb; `..` → %2E%2E. Different identifiers have different names."""
    name = re.sub(_UNSAFE, lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), identifier)
    if name.startswith((".", "-")) or re.fullmatch(_DEVICE, name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    name = f"{name[:-1]}%2E" if name.endswith(".") else name
    if len(name) > _LENGTH_LIMIT:
        name = f"{name[:_LENGTH_LIMIT]}%{_digest(identifier)[:16]}"
    return name


def distinct(identifier: str, taken: frozenset[str]) -> str:
    """The name for an identifier where others are taken (in small letters), for disks that do not tell case apart."""
    name = folder_name(identifier)
    return f"{name}%{_digest(identifier)[:8]}" if name.casefold() in taken else name


def fits(folder: str, identifier: str) -> bool:
    """Whether a folder is named by an identifier, in one of the ways there are."""
    name = folder_name(identifier)
    return folder in (identifier, name) or folder == distinct(identifier, frozenset({name.casefold()}))


def _digest(identifier: str) -> str:
    from hashlib import sha256  # 3 ms, and few names need one

    return sha256(_bytes(identifier)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
