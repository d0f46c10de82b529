"""What a plan would lose, by name: counted by the catalog, allowed by name. Pure.

The rule: unknown is a danger, and so is more than was reviewed; only a count of nothing makes a loss harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Protocol

from portside.errors import Usage
from portside.model.resource import JSON, Body, Kind, Ref

DANGERS: Mapping[str, str] = {
    "deletes-blueprint": "a blueprint goes, and its entities with it; counted: its entities",
    "deletes-webhook": "a webhook goes, and its URL stops working for whoever sends to it; not counted",
    "removes-property": "a property goes, and its values with it; counted: entities with a value",
    "removes-relation": "a relation goes; counted: entities that have something in it",
    "removes-aggregation": "an aggregation goes, and the history of its numbers; counted: entities, for each shows it",
    "changes-type": "a property gets another type, so its values go; counted: entities with a value",
    "changes-format": "a property gets another format, so its values go; counted: entities with a value",
    "narrows-enum": "values of an enum are no longer allowed; counted: entities whose value no longer fits",
    "narrows-values": "a pattern or a bound gets stricter; counted: entities whose value no longer fits",
    "new-required-property": "a property becomes required; counted: entities that lack it",
    "new-required-relation": "a relation becomes required; counted: entities that have nothing in it",
    "many-to-one": "a relation that held many holds one; counted: entities that have several in it",
    "retargets-relation": "a relation points at another blueprint; counted: entities that have something in it",
    "empties-scope": "nothing would be left of a kind in scope, as after a broken checkout; not counted",
}
"""Every danger: what happens, and which entities the catalog counts."""


class Counted(StrEnum):
    """Which entities of a blueprint a catalog counts; `member` is the danger's property or relation."""

    ALL = "all"
    WITH_VALUE = "with a value"
    WITHOUT_VALUE = "without a value"
    UNFITTING = "with a value that is no longer allowed"
    RELATED = "with something in the relation"
    UNRELATED = "with nothing in the relation"
    SEVERAL = "with several in the relation"


COUNTED: Mapping[str, Counted] = {
    "deletes-blueprint": Counted.ALL,
    "removes-property": Counted.WITH_VALUE,
    "changes-type": Counted.WITH_VALUE,
    "changes-format": Counted.WITH_VALUE,
    "narrows-values": Counted.UNFITTING,
    "narrows-enum": Counted.UNFITTING,
    "new-required-property": Counted.WITHOUT_VALUE,
    "removes-aggregation": Counted.ALL,
    "removes-relation": Counted.RELATED,
    "retargets-relation": Counted.RELATED,
    "new-required-relation": Counted.UNRELATED,
    "many-to-one": Counted.SEVERAL,
}
"""How each danger is counted. An aggregation is computed on reading, so every entity of its blueprint shows it."""

UNCOUNTED: Mapping[str, str] = {
    "deletes-webhook": "its URL stops working for whoever sends to it",
    "empties-scope": "a broken checkout looks just like it",
}
"""Dangers that stay dangers, whatever the entities are, and what is at stake."""

NAMED_AT_MOST = 3
"""So many dangers are named in one sentence; the others are counted."""


class Loss(NamedTuple):
    """What the live catalog says is at stake: `values` of `entities` entities."""

    values: int
    entities: int


@dataclass(frozen=True, order=True)
class Danger:
    """A loss with a name. `member` is the property or relation it is about; `loss` None: the catalog could not say.

    `values` are the enum values that are no longer allowed, `definition` is what a value has to fit from now on;
    without either, any value may be concerned.
    """

    name: str
    ref: Ref | None
    member: str | None = None
    detail: str = ""
    loss: Loss | None = None
    values: tuple[JSON, ...] = field(default=(), compare=False)
    definition: Body | None = field(default=None, compare=False)


@dataclass(frozen=True, order=True)
class Allowance:
    """`--allow NAME[:REF]`: REF is blueprint/service or blueprint/service.tier; `loss` is what was reviewed."""

    name: str
    ref: str | None = None
    loss: Loss | None = None

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """`removes-property:blueprint/service.tier`. Raises Usage for a danger or a kind that does not exist."""
        name, colon, ref = text.partition(":")
        if name not in DANGERS:
            raise Usage(f"--allow {text}: there is no danger '{name}'{_nearest(name)}; they are {', '.join(DANGERS)}")
        kind, slash, identifier = ref.partition("/")
        if colon and not (kind in tuple(Kind) and (identifier or (not slash and name == "empties-scope"))):
            raise Usage(f"--allow {text}: '{ref}' is not KIND/IDENTIFIER, such as blueprint/service")
        return cls(name, ref or None)

    def __str__(self) -> str:
        return f"{self.name}:{self.ref}" if self.ref else self.name


Count = Callable[[Danger], Loss | None]


class _Weighed(Protocol):
    """A plan, as far as its dangers go."""

    @property
    def dangers(self) -> tuple[Danger, ...]: ...

    @property
    def allowed(self) -> tuple[Allowance, ...]: ...


def counted(found: Iterable[Danger], count: Count) -> tuple[tuple[Danger, ...], tuple[Danger, ...]]:
    """Dangers with what the catalog says is at stake; then those of no entity at all, which are harmless."""
    weighed = [danger if danger.name in UNCOUNTED else replace(danger, loss=count(danger)) for danger in found]
    harmless = tuple(danger for danger in weighed if danger.loss and danger.loss.values == 0)
    return tuple(danger for danger in weighed if danger not in harmless), harmless


def subject(danger: Danger) -> str:
    """`blueprint/service.tier`: what the danger is about, and what an allowance names."""
    return ".".join(filter(None, (str(danger.ref) if danger.ref else "", danger.member)))


def covers(allowance: Allowance, danger: Danger) -> bool:
    """Whether it allows this danger, and no more than was reviewed.

    The identifier `service.tier` and the property `tier` of `service` are written alike, and both are allowed.
    """
    named = allowance.name == danger.name and allowance.ref in (None, str(danger.ref), subject(danger))
    return named and (allowance.loss is None or (danger.loss is not None and _within(danger.loss, allowance.loss)))


def refusals(plan: _Weighed) -> tuple[Danger, ...]:
    """The dangers of a plan that nobody allowed."""
    return tuple(danger for danger in plan.dangers if not any(covers(one, danger) for one in plan.allowed))


def reviewed(allowed: Iterable[Allowance], found: Iterable[Danger]) -> tuple[Allowance, ...]:
    """The allowances that a plan carries: one for each danger that is covered, with its subject and its count."""
    given = tuple(allowed)
    covered = (danger for danger in found if any(covers(one, danger) for one in given))
    return tuple(sorted(Allowance(one.name, subject(one) or None, one.loss) for one in covered))


def at_stake(danger: Danger) -> str:
    """What would be lost, after what the danger says of itself: `string → number; 212 of 300 entities have a value`."""
    return "; ".join(filter(None, (danger.detail, UNCOUNTED.get(danger.name) or _lost(danger))))


def allow(danger: Danger) -> str:
    """The narrowest allowance that covers the danger: `removes-property:blueprint/service.tier`."""
    return str(Allowance(danger.name, subject(danger)))


def refusal(refused: Sequence[Danger]) -> str:
    """Why a plan with dangers that nobody allowed goes no further, in one sentence."""
    told = [f"{danger.name} {subject(danger)}, {at_stake(danger)}" for danger in refused[:1]]
    ways = " ".join(f"--allow {allow(danger)}" for danger in refused[:NAMED_AT_MOST])
    dots = " …" if len(refused) > NAMED_AT_MOST else ""
    return f"this plan is refused: {_counting(told, len(refused))}; to go on: {ways}{dots}"


def growth(grown: Sequence[Danger], reviewed: Iterable[Danger]) -> str:
    """What is more than it was when the plan was made, in one sentence; `reviewed` are the plan's own dangers."""
    then = {(danger.name, danger.ref, danger.member): danger for danger in reviewed}
    told = [
        f"{now.name} {subject(now)} (then {_lost(then[now.name, now.ref, now.member])}; now {_lost(now)})"
        for now in grown[:NAMED_AT_MOST]
    ]
    return f"more is at stake than when this plan was made: {_counting(told, len(grown))}; plan again"


def _counting(told: Sequence[str], all_of_them: int) -> str:
    more = all_of_them - len(told)
    return ", ".join(told) + (f" (and {more} more)" if more else "")


def _lost(danger: Danger) -> str:
    """`212 of 300 entities have a value`, `no entity has a value`."""
    if danger.loss is None:
        return "the catalog cannot say how many entities it touches"
    values, entities = danger.loss
    if danger.name == "deletes-blueprint":
        return f"{_number(entities)} {'goes' if entities == 1 else 'go'} with it" if entities else "it has no entities"
    one, many, what = _COUNTED.get(danger.name, ("has", "have", "a value"))
    if not values:
        return f"no entity {one} {what}"
    return f"{values} of {_number(entities)} {one if values == 1 else many} {what}"


def _number(entities: int) -> str:
    return f"{entities} {'entity' if entities == 1 else 'entities'}"


_COUNTED: Mapping[str, tuple[str, str, str]] = {
    "removes-aggregation": ("shows", "show", "it"),
    "narrows-enum": ("has", "have", "a value that no longer fits"),
    "narrows-values": ("has", "have", "a value that no longer fits"),
    "new-required-property": ("lacks", "lack", "it"),
    "new-required-relation": ("lacks", "lack", "it"),
    "removes-relation": ("uses", "use", "it"),
    "retargets-relation": ("uses", "use", "it"),
    "many-to-one": ("has", "have", "several in it"),
}
"""What the catalog counts, in words; of any other danger it counts values."""


def _within(now: Loss, then: Loss) -> bool:
    return now.values <= then.values


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # late: only for a name that is wrong

    found = get_close_matches(name, DANGERS, n=1)
    return f"; did you mean '{found[0]}'" if found else ""
