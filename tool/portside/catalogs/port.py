"""Port's API as a catalog.

The rule: two requests read everything; a step is one read, one write, one read back; what is not certain is read, and
what cannot be read is said. Safe for several threads, as long as each resource is in the hands of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from portside.catalogs import clock, lock
from portside.catalogs.client import answers, bodies, emptying, unowned, weighing
from portside.catalogs.client.answers import Answer
from portside.catalogs.client.session import Session
from portside.catalogs.client.settling import Found, settled
from portside.errors import CatalogRefused
from portside.model.resource import JSON, Body, Kind, Ref, Resource, State
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Action, Step
from portside.problems import Route, dotted

ABSENT: Found = (None, None)


class PortCatalog:
    """A catalog at an address; close it, or use it in a with block. No request is sent before something is asked.

    `secrets` is where the names of webhooks' secrets are looked up. `held_at` is the file whose lock keeps two applies
    of one machine apart: Port has no lock.
    """

    parallel = 8

    def __init__(self, session: Session, name: str, *, held_at: Path, secrets: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._session = session
        self._held_at = held_at
        self._secrets = secrets or {}
        self._seen: dict[Ref, Found] = {}
        self._theirs: dict[Ref, dict[Route, JSON]] = {}

    def read(self) -> State:
        found = [one for kind in Kind for one in self._listed(kind)]
        self._seen.update((resource.ref, (document, resource)) for document, resource in found)
        return State(resource for _, resource in found)

    def reread(self, ref: Ref) -> Resource | None:
        found = self._seen[ref] = self._found(ref)
        return found[1]

    def perform(self, step: Step) -> Resource | None:
        if step.ref not in self._seen:
            self.reread(step.ref)
        if step.action is Action.DELETE:
            self._delete(step)
        else:
            self._write(step)
        with _written():
            return self.reread(step.ref)

    def count(self, danger: Danger) -> Loss | None:
        return weighing.count(self._session.send, danger)

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        with lock.held(self._held_at, catalog=self.name, who=who, since=clock.now()):
            yield

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> PortCatalog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _listed(self, kind: Kind) -> list[tuple[JSON, Resource]]:
        answer = self._session.send(bodies.listing(kind))
        documents = answers.member(answer, answers.LISTS[kind])
        if not isinstance(documents, list):
            raise answers.strange(answer, f"and its '{answers.LISTS[kind][0]}' are no list")
        return [(document, self._shown(answers.listed(answer, kind, document))) for document in documents]

    def _found(self, ref: Ref) -> Found:
        answer = self._session.send(bodies.reading(ref))
        if answer.absent:
            return ABSENT
        document = answers.member(answer, answers.ONES[ref.kind])
        found = self._shown(answers.resource(answer, ref.kind, document))
        if found.ref != ref:
            raise answers.strange(answer, f"with {found.ref}")
        return document, found

    def _shown(self, found: Resource) -> Resource:
        """With what only Port changes as it was when a plan was made."""
        theirs = self._theirs.get(found.ref)
        return Resource.of(found.ref.kind, unowned.shown_as(found.body, theirs)) if theirs else found

    def _write(self, step: Step) -> None:
        before = self._seen[step.ref]
        body, secrets = bodies.sent(step, before[1], self._secrets)
        for secret in secrets:
            self._session.hide(secret)
        while (answer := self._settled(step, body)) and not answer.good:
            refused_keys = self._refused_keys(step, body, answer)
            if not refused_keys:
                raise answers.refused(answer)
            body = unowned.left_out(body, refused_keys)

    def _settled(self, step: Step, body: Body) -> Answer | None:
        wanted = Resource.of(step.ref.kind, step.body) if step.body is not None else None
        request = bodies.writing(step, body)
        before = self._seen[step.ref]
        return settled(self._session, request, step.ref, before, wanted, lambda: self._found(step.ref))

    def _refused_keys(self, step: Step, body: Body, answer: Answer) -> list[Route]:
        """What Port gave and does not take back: its own, so from now on it is shown as it was and no longer sent."""
        before = self._seen[step.ref][1]
        given = list(unowned.unknown(step.ref.kind, before.body)) if before else []
        routes = [route for route in unowned.unknown(step.ref.kind, body) if route in given]
        named = answers.unwelcome(answer, sorted({str(route[-1]) for route in routes}))
        found = [route for route in routes if str(route[-1]) in named]
        for route in found:
            self._theirs.setdefault(step.ref, {})[route] = unowned.at(body, route)
            self._session.tell(f"{step.ref}: Port sets '{dotted(route)}' itself and does not take it back; left out")
        return found

    def _delete(self, step: Step) -> None:
        answer = self._settled(step, {})
        if answer is None or answer.good:
            return
        refused = answers.refused(answer)
        if refused.reason != emptying.HAS_DEPENDENTS or step.ref.kind is not Kind.BLUEPRINT:
            raise refused
        self._empty(step.ref, refused)

    def _empty(self, ref: Ref, refused: CatalogRefused) -> None:
        """Delete a blueprint with its entities: the plan named them, and somebody allowed it."""
        blueprints = [resource for _, resource in self._listed(Kind.BLUEPRINT)]
        if not emptying.entities_keep_it(self._session, ref, blueprints):
            raise refused
        request = bodies.emptying(ref)
        answer = settled(self._session, request, ref, self._seen[ref], None, lambda: self._found(ref))
        if answer is None:
            return
        if not answer.good:
            raise answers.refused(answer)
        with _written():
            emptying.migrated(self._session, ref, answer)


@contextmanager
def _written() -> Iterator[None]:
    """Whatever is refused from here on, something was written."""
    try:
        yield
    except CatalogRefused as error:
        error.reason = "altered"
        raise
