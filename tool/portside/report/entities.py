"""Entities as a terminal shows them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from portside.model.resource import JSON, Body
from portside.report.problems import Paint


def text(entities: Sequence[Body], paint: Paint) -> str:
    """Each entity with what it has; then how many there are."""
    blocks = ["\n".join(_entity(entity, paint)) for entity in entities]
    count = f"{len(entities)} {'entity' if len(entities) == 1 else 'entities'}."
    return "\n".join([*blocks, count])


def _entity(entity: Body, paint: Paint) -> Iterator[str]:
    yield f"{paint(entity['blueprint'] + '/' + entity['identifier'], 'strong')}  {entity.get('title') or ''}".rstrip()
    for section in ("properties", "relations"):
        present = {key: value for key, value in entity.get(section, {}).items() if value not in (None, [])}
        arrow = " → " if section == "relations" else ": "
        yield from (f"    {key}{arrow}{_value(value)}" for key, value in present.items())


def _value(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_json(entities: Sequence[Body]) -> str:
    """The stable form for programs: `entities/1`, each as Port's API gives it."""
    return json.dumps({"portside": "entities/1", "entities": list(entities)}, indent=2, ensure_ascii=False)
