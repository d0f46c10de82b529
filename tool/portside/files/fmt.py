"""A file in one spelling: nothing it says changes, and no comment is lost. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from portside.files import comments, order
from portside.files.document import Document, documents
from portside.files.edits import same
from portside.files.layout import Unspeakable, laid_out
from portside.files.written import Text
from portside.model.resource import JSON, KINDS, Kind
from portside.problems import Place, Problem, Severity


def formatted(text: str, path: str, kind: Kind | None = None) -> tuple[str, tuple[Problem, ...]]:
    """The text in one spelling, and why it could not be given one: then it is the text as it was.

    The kind says in which order keys stand; without one it is what the path says, and for any other file the author's.
    """
    found, problems = documents(text, path)
    if problems:
        return text, problems
    written = Text(text.removeprefix("\ufeff"), json=path.lower().endswith(".json"))
    kind = kind or kind_of(path)
    try:
        result = _json(found[0].value, kind) if written.json else laid_out(written, kind)
    except Unspeakable as reason:
        return text, (_left(path, str(reason)),)
    if not _same(found, documents(result, path)[0]):
        return text, (_left(path, "its values would change"),)
    if not written.json and comments.texts(written) != comments.texts(Text(result, json=False)):
        return text, (_left(path, "a comment would be lost"),)
    return result, ()


def kind_of(path: str) -> Kind | None:
    """What kind of resource a path declares, by its folder."""
    parts = path.replace("\\", "/")
    for kind, facts in KINDS.items():
        if f"/{facts.folder}/" in f"/{parts}" and (kind is not Kind.WEBHOOK or "/webhook." in parts):
            return kind
    return None


def _json(value: JSON, kind: Kind | None) -> str:
    spelt = order.ordered(kind, value) if kind else value
    return json.dumps(spelt, indent=2, ensure_ascii=False) + "\n"


def _same(before: Sequence[Document], after: Sequence[Document]) -> bool:
    return same([document.value for document in before], [document.value for document in after])


def _left(path: str, reason: str) -> Problem:
    message = f"this file keeps its spelling: {reason}"
    return Problem(Place(path), "fmt-left", Severity.WARNING, message, "write it in plain block style, then try again")
