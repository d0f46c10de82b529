"""One spelling for each meaning."""

from __future__ import annotations

from typing import Any

import pytest

from builders import webhook

CREATES = {"type": "create"}
DELETES = {"type": "delete", "deleteDependents": True}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, CREATES),
        ("create", CREATES),
        ({"type": "create"}, CREATES),
        ({"type": "create", "deleteDependents": None}, CREATES),
        ("delete", DELETES),
        ({"type": "delete"}, DELETES),
        ({"type": "delete", "deleteDependents": None}, DELETES),
        ({"type": "delete", "deleteDependents": False}, {"type": "delete", "deleteDependents": False}),
    ],
)
def test_an_operation_has_one_spelling(written: Any, meant: Any):
    assert operation(written) == meant


@pytest.mark.parametrize("kind", ["create", "delete"])
def test_what_nobody_knows_in_an_operation_is_kept(kind: str):
    grown = {"type": kind, "futureKey": {"deep": [1, None]}}

    assert operation(grown)["futureKey"] == {"deep": [1, None]}
    assert operation(operation(grown)) == operation(grown)


def operation(written: Any) -> Any:
    mapping = {"blueprint": "a", "operation": written, "entity": {"identifier": ".body.id"}}
    return webhook("w", mappings=[mapping]).body["mappings"][0]["operation"]
