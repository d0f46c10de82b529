"""Everything a command needs to know before it decides: settings, declared resources, and what is wrong with them.

Its one rule: every command that looks at the files looks at them through here, so all see the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portside.checks import expressions, references, shape
from portside.cli.interrupts import held_back
from portside.errors import Usage
from portside.files import cache, folder, settings
from portside.files.folder import Declared
from portside.files.settings import Settings
from portside.goldens import payloads
from portside.model.blueprint import Blueprint, blueprints
from portside.model.resource import JSON, Kind, Ref, Resource, State
from portside.model.secrets import withheld
from portside.model.webhook import Webhook
from portside.problems import Problem, Route, Severity, in_order


@dataclass(frozen=True)
class Gathered:
    """What the files say. `problems` are sorted; `state` holds every resource whose shape is right."""

    settings: Settings
    state: State
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return errors(self.problems)

    @property
    def blueprints(self) -> Mapping[str, Blueprint]:
        return blueprints(self.state)

    def webhook(self, identifier: str) -> Webhook:
        """Raises Usage for a webhook that is not declared, naming those that are."""
        for resource in self.state.of_kind(Kind.WEBHOOK):
            if resource.ref.identifier == identifier:
                return Webhook(resource)
        known = ", ".join(r.ref.identifier for r in self.state.of_kind(Kind.WEBHOOK)) or "none"
        raise Usage(f"there is no webhook '{identifier}' in mappings/; there is {known}")


def gather(root: Path) -> Gathered:
    """Read and check everything below the root. Raises Unreadable when there is nothing to read."""
    configured, problems = settings.read(root)
    found = folder.read(root, shown(root))
    if found.declared:
        _load()
    shaped = [(declared, shape.check(declared.kind, declared.body, declared.source)) for declared in found.declared]
    resources = [
        Resource.of(declared.kind, withheld(declared.kind, declared.body), declared.source)
        for declared, wrong in shaped
        if not errors(wrong)
    ]
    misshapen = [declared for declared, wrong in shaped if errors(wrong)]
    wrong = (*problems, *found.problems, *(problem for _, some in shaped for problem in some))
    there = [*found.unread, *(ref for declared in misshapen for ref in _perhaps(declared))]
    return Gathered(configured, State(resources), in_order((*wrong, *_deeper(resources, there, root))))


def _load() -> None:
    """What the checks import late, in their place: they know nothing of Ctrl-C."""
    with held_back():
        import jsonschema_rs  # noqa: F401


def shown(root: Path) -> str:
    """How paths below the root begin when they are shown: as the user typed it, "" for the current folder."""
    return "" if root == Path() else str(root)


def _perhaps(declared: Declared) -> Iterator[Ref]:
    """What a misshapen document may be: by its identifier or, where that key is misspelt, by any text it has."""
    body = declared.body if isinstance(declared.body, dict) else {}
    named = [body["identifier"]] if isinstance(body.get("identifier"), str) else body.values()
    yield from (Ref(declared.kind, text) for text in named if isinstance(text, str))


def _deeper(resources: Sequence[Resource], there: Sequence[Ref], root: Path) -> Iterator[Problem]:
    """What following names and reading jq finds. What is misshapen is there all the same: no fault to point at it."""
    yield from references.check(resources, live=there)
    told = expressions.told(resources)
    yield from told.problems
    known = blueprints(State(resources))
    for resource in resources:
        if resource.ref.kind is Kind.WEBHOOK:
            yield from expressions.placed(resource, _shown(resource, known, told.routes[resource.ref], root))


def _shown(resource: Resource, known: Mapping[str, Blueprint], silent: frozenset[Route], root: Path) -> list[JSON]:
    """What the deliveries that are known show of a webhook, worked out once for as long as nothing changes."""
    webhook = Webhook(resource)
    folder = Path(resource.source.path).parent
    bodies = {one.blueprint: known[one.blueprint].resource.body for one in webhook.mappings if one.blueprint in known}
    about = [resource.body, bodies, sorted(map(str, silent)), payloads.stamps(folder), str(folder), str(root.resolve())]

    def found() -> list[JSON]:
        texts = " ".join(text for _, text in webhook.expressions())
        cases = payloads.payloads(folder, within=root, whole=".headers" in texts or ".queryParams" in texts)
        return expressions.shows(resource, known, tuple(cases), silent)

    return cache.recalled(about, found, lasting=expressions.lasting)


def errors(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Those that keep the work from going on."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
