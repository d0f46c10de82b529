"""What Port answers: its envelopes, its refusals, and the resources in them. Pure.

The rule: what is not an answer of Port's is said to be none, in one sentence; nothing a server sends makes a traceback,
and nothing it sends reaches a terminal but as one line of plain text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portside.catalogs.client.form import has_form
from portside.errors import CatalogRefused, CatalogUnreachable
from portside.model.resource import JSON, Body, Kind, Resource

SHOWN = 500
"""Characters of a server's own words that are shown."""

LISTS: Mapping[Kind, tuple[str, ...]] = {Kind.BLUEPRINT: ("blueprints",), Kind.WEBHOOK: ("integrations", "webhooks")}
ONES: Mapping[Kind, tuple[str, ...]] = {Kind.BLUEPRINT: ("blueprint",), Kind.WEBHOOK: ("integration", "webhook")}
"""The keys of Port's envelopes. A webhook comes as `integration` (its Terraform provider); the list is a guess."""


@dataclass(frozen=True)
class Answer:
    """`what` names the request: `GET /v1/blueprints`. `body` is None where the answer is not JSON."""

    what: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    body: JSON = None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300 and not (isinstance(self.body, dict) and self.body.get("ok") is False)

    @property
    def code(self) -> str:
        """Port's error code; the status where it gives none."""
        found = self.body.get("error") if isinstance(self.body, dict) else None
        return one_line(found) if isinstance(found, str) and found else str(self.status)

    @property
    def absent(self) -> bool:
        """Whether Port itself says that there is no such thing: any web server answers 404 to what it does not know."""
        return (
            self.status == 404
            and isinstance(self.body, dict)
            and (self.body.get("ok") is False or "error" in self.body)
        )


def parsed(raw: bytes) -> JSON:
    """The JSON in an answer; None for anything else."""
    try:
        return json.loads(raw, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> float:
    """A number as JSON spells it; 1e999 is none that could be sent back."""
    if math.isinf(found := float(text)):
        raise ValueError(text)
    return found


def _refuse(constant: str) -> JSON:
    raise ValueError(constant)


def refused(answer: Answer) -> CatalogRefused:
    """`PUT /v1/blueprints/service was refused: 422 blueprint_schema_mismatch: …`."""
    return CatalogRefused(f"{answer.what} was refused: {told(answer)}", reason=answer.code)


def told(answer: Answer) -> str:
    """`422 blueprint_schema_mismatch: <Port's message>`."""
    body = answer.body if isinstance(answer.body, dict) else {}
    code = "" if answer.code == str(answer.status) else f" {answer.code}"
    message = body.get("message") or ("" if body else answer.raw[: 4 * SHOWN].decode("utf-8", "replace"))
    words = one_line(message) if isinstance(message, str) else ""
    return f"{answer.status}{code}{f': {words}' if words else ''}"


def one_line(text: str) -> str:
    """A server's words without what a terminal would obey."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"


def content(answer: Answer) -> Body:
    """The body of a good answer. Raises CatalogRefused for another, CatalogUnreachable for one that is not Port's."""
    if not answer.good:
        raise refused(answer)
    if not isinstance(answer.body, dict):
        raise strange(answer, "with something that is not a JSON object")
    return answer.body


def member(answer: Answer, keys: Sequence[str]) -> JSON:
    """What stands under the first of the keys that is there."""
    body = content(answer)
    for key in keys:
        if key in body:
            return body[key]
    raise strange(answer, f"without '{keys[0]}'")


def strange(answer: Answer, how: str) -> CatalogUnreachable:
    return CatalogUnreachable(f"{answer.what} was answered {answer.status} {how}; is this address Port's API?")


def listed(answer: Answer, kind: Kind, document: JSON) -> Resource:
    """One of many documents, in normal form. Raises CatalogUnreachable for one that a plan cannot stand on."""
    found = resource(answer, kind, document)
    if not has_form(kind, found.body):
        raise _formless(answer, kind, document)
    return found


def resource(answer: Answer, kind: Kind, document: JSON) -> Resource:
    """A document in normal form. Raises CatalogUnreachable for one that has none."""
    try:
        found = Resource.of(kind, document)
        if isinstance(found.ref.identifier, str):
            return found
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        pass
    raise _formless(answer, kind, document)


def _formless(answer: Answer, kind: Kind, document: JSON) -> CatalogUnreachable:
    named = document.get("identifier") if isinstance(document, dict) else None
    which = f"{kind} '{one_line(named)}'" if isinstance(named, str) else f"a {kind} without an identifier"
    return CatalogUnreachable(f"{answer.what} gives {which}, which does not have the form of a {kind}")


def unwelcome(answer: Answer, candidates: Sequence[str]) -> tuple[str, ...]:
    """Which of these keys a 422 says it does not take; a complaint that names none can only mean the only one."""
    said = answer.raw.decode("utf-8", "replace")
    if answer.status != 422 or not re.search(r"additional ?propert|un(known|recogni[sz]ed) (key|propert)", said, re.I):
        return ()
    named = tuple(key for key in candidates if re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", said))
    return named or (tuple(candidates) if len(candidates) == 1 else ())
