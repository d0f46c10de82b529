"""Makes catalogs of any size that look like published ones: about 46 lines of YAML a blueprint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

COLOURS = ("red", "orange", "yellow", "green", "blue", "lightGray")


def blueprint(number: int, revision: int = 0) -> Mapping[str, Any]:
    """One blueprint; `revision` changes its description. Every tenth has no relation, the others point back by one."""
    properties = {
        "status": _enum("Status", ("open", "resolved")),
        "url": {"type": "string", "format": "url", "title": "URL", "icon": "Link"},
        "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}},
        "createdAt": {"type": "string", "format": "date-time", "title": "Created at"},
    }
    related = {} if number % 10 == 0 else {"parent": {"title": "Parent", "target": _name(number - 1), "many": False}}
    mirrored = {"parentStatus": {"title": "Parent status", "path": "parent.status"}} if related else {}
    return {
        "identifier": _name(number),
        "title": f"Blueprint {number}",
        "icon": "Service",
        "description": f"What team {number} keeps in its catalog, revision {revision}",
        "schema": {"properties": properties, "required": ["status"]},
        "mirrorProperties": mirrored,
        "calculationProperties": {"label": {"title": "Label", "calculation": ".identifier", "type": "string"}},
        "relations": related,
    }


def _name(number: int) -> str:
    return f"blueprint{number:05}"


def _enum(title: str, values: tuple[str, ...]) -> Mapping[str, Any]:
    colours = dict(zip(values, COLOURS, strict=False))
    return {"type": "string", "title": title, "enum": list(values), "enumColors": colours}


def write(root: Path, count: int) -> int:
    """A root with so many blueprints, a hundred a file; gives the number of lines."""
    folder = root / "catalog" / "blueprints"
    folder.mkdir(parents=True)
    lines = 0
    for start in range(0, count, 100):
        documents = [blueprint(number) for number in range(start, min(start + 100, count))]
        text = yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
        (folder / f"{start:05}.yaml").write_text(text)
        lines += text.count("\n")
    return lines


def change(root: Path) -> None:
    """Change one blueprint in a hundred: the first of each file."""
    for path in sorted((root / "catalog" / "blueprints").glob("*.yaml")):
        path.write_text(path.read_text().replace("revision 0", "revision 1", 1))


def write_singly(root: Path, count: int) -> list[Path]:
    """A root with so many blueprints, one JSON file each, none of which needs another; gives the files."""
    folder = root / "catalog" / "blueprints"
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:05}.json"
        path.write_text(json.dumps(blueprint(number), indent=2))
        paths.append(path)
    return paths


def write_zone(folder: Path, count: int, changed: int) -> None:
    """A zone for octoDNS: so many records of three lines each, of which the first `changed` differ."""
    folder.mkdir(parents=True)
    records = [
        f"r{number:05}:\n  type: A\n  value: 10.{int(number < changed)}.{number // 250}.{number % 250}\n"
        for number in range(count)
    ]
    (folder / "example.com.yaml").write_text("---\n" + "".join(records))
