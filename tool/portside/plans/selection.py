"""What `--only` asks for, and what that cannot do without. Pure.

The rule: a change is pulled in when the catalog would not accept, or a webhook not fill, what was asked for without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from portside.errors import Usage
from portside.model.resource import Body, Kind, Ref, Resource, State
from portside.model.webhook import Webhook
from portside.plans.acceptance import looking, pointing_at, refusal
from portside.plans.diff import Change


@dataclass(frozen=True)
class Selection:
    """The changes to make, in the order of a state, and what to say about them."""

    patterns: tuple[str, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    def asks_for(self, ref: Ref) -> bool:
        """Whether a reference is among what was asked for; without patterns all are."""
        return not self.patterns or any(fnmatchcase(str(ref), pattern) for pattern in self.patterns)


def selected(changes: Sequence[Change], live: State, desired: State, only: Sequence[str]) -> Selection:
    """Those of the changes that the patterns name, and those they need. Raises Usage for one that names nothing."""
    everything = Selection((), tuple(changes))
    if not only:
        return everything
    refs = {*live, *desired}
    for pattern in only:
        if not any(fnmatchcase(str(ref), pattern) for ref in refs):
            raise Usage(f"--only {pattern}: nothing of that name is in the files or in the catalog")
    asking = Selection(tuple(only), ())
    chosen = {change.ref: change for change in changes if asking.asks_for(change.ref)}
    notes = tuple(_pulled_in(chosen, {change.ref: change for change in changes}, live))
    left = len(changes) - len(chosen)
    more = (f"--only leaves {left} {'change' if left == 1 else 'changes'} out",) if left else ()
    return Selection(asking.patterns, tuple(change for change in changes if change.ref in chosen), (*notes, *more))


def _pulled_in(chosen: dict[Ref, Change], changes: Mapping[Ref, Change], live: State) -> Iterator[str]:
    """Adds to `chosen` until nothing is missing, saying what for whom."""
    asking = list(chosen)
    while asking:
        ref = asking.pop(0)
        needed = next((one for one in _needs(chosen[ref], chosen, changes, live) if one not in chosen), None)
        if needed:
            chosen[needed] = changes[needed]
            asking[:0] = [ref, needed]
            yield f"--only takes in {needed}, which {ref} needs"


def _needs(change: Change, chosen: Mapping[Ref, Change], changes: Mapping[Ref, Change], live: State) -> Iterator[Ref]:
    """Changes that this one cannot do without, likeliest first."""
    needs: Iterable[str] = ()
    if change.ref.kind is not Kind.BLUEPRINT:
        needs = _unfilled(change.after, live) if change.after else ()
    elif change.after is None:
        needs = _leaning(change.ref.identifier, changes)
    elif blocked := refusal(change.ref.identifier, change.after.body, looking(chosen, live)):
        needs = reversed(blocked.on)
    yield from (ref for ref in (Ref(Kind.BLUEPRINT, one) for one in needs) if ref in changes)


def _leaning(identifier: str, changes: Mapping[Ref, Change]) -> list[str]:
    """Blueprints that let go of one that goes."""
    found = (change.before for change in changes.values() if change.ref.kind is Kind.BLUEPRINT and change.before)
    return [one.ref.identifier for one in found if pointing_at(one.body, {identifier})]


def _unfilled(webhook: Resource, live: State) -> list[str]:
    """The blueprints that lack something that the webhook maps."""
    found = []
    for mapping in Webhook(webhook).mappings:
        held = live.get(Ref(Kind.BLUEPRINT, mapping.blueprint))
        if held is None or not _fits(held.body, mapping.entity):
            found.append(mapping.blueprint)
    return found


def _fits(blueprint: Body, entity: Body) -> bool:
    properties, relations = set(entity.get("properties") or ()), set(entity.get("relations") or ())
    return properties <= set(blueprint["schema"]["properties"]) and relations <= set(blueprint["relations"])
