"""What a plan would lose, by name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from portside.model.resource import Ref


class Loss(NamedTuple):
    """What the live catalog says is at stake: `values` of `entities` entities."""

    values: int
    entities: int


@dataclass(frozen=True, order=True)
class Danger:
    """A loss with a name. `member` is the property or relation it is about; `loss` None: the catalog could not say."""

    name: str
    ref: Ref | None
    member: str | None = None
    detail: str = ""
    loss: Loss | None = None


@dataclass(frozen=True, order=True)
class Allowance:
    """`--allow NAME[:REF]`: REF is blueprint/service or blueprint/service.tier; `loss` is what was reviewed."""

    name: str
    ref: str | None = None
    loss: Loss | None = None
