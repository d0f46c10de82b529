"""The payloads of cases, as the checks get them."""

from __future__ import annotations

import json
from pathlib import Path

from portside.goldens.payloads import payloads


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def found(root: Path, *, whole: bool = False) -> list[tuple[str, object]]:
    folder = root / "mappings" / "hook"
    return [
        (str(Path(name).relative_to(folder / "cases")), given)
        for name, given in payloads(folder, within=root, whole=whole)
    ]


def delivery(body: object, **headers: str) -> dict[str, object]:
    return {"body": body, "headers": headers, "queryParams": {}}


def test_payloads_alone_and_in_sequences_are_deliveries(tmp_path: Path):
    cases = tmp_path / "mappings/hook/cases"
    write(cases / "b.json", '{"x": 1}')
    write(cases / "a.json", json.dumps({"body": [], "headers": {"X-Id": "7"}}))
    write(cases / "life/01.json", "2")
    write(cases / "b.golden.yaml", "dropped: x\n")

    assert found(tmp_path) == [
        ("a.json", {"body": [], "headers": {"x-id": "7"}, "queryParams": {}}),
        ("b.json", delivery({"x": 1})),
        ("life/01.json", delivery(2)),
    ]


def test_the_headers_of_a_case_are_read_only_when_they_are_asked_for(tmp_path: Path):
    cases = tmp_path / "mappings/hook/cases"
    write(cases / "a.json", "1")
    write(cases / "a.case.yaml", "headers:\n  X-Event: push\n")

    assert found(tmp_path) == [("a.json", delivery(1))]
    assert found(tmp_path, whole=True) == [("a.json", delivery(1, **{"x-event": "push"}))]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path):
    cases = tmp_path / "mappings/hook/cases"
    write(cases / "a.json", "{")
    write(cases / "b.json", "1")
    write(tmp_path.parent / "secret.json", '"secret"')
    (cases / "c.json").symlink_to(tmp_path.parent / "secret.json")
    (cases / "d.json").mkdir()

    assert found(tmp_path) == [("b.json", delivery(1))]
    assert found(tmp_path / "nowhere") == []
