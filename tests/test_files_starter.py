"""What `portside init` hands out: this repository's own files, in every package, over nothing of yours."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console import catalog, environment, portside, tree, write
from portside.errors import Unwritable
from portside.files import starter
from test_cli_disks import at_most

ROOT = Path(__file__).parent.parent
COPIES = [path for path in starter.pagerduty() if path.startswith(("catalog/", "mappings/"))]
INSTALL = "pip install --constraint constraints.txt ."
INSTALL_ANYWHERE = 'pip install "${PORTSIDE:?set the repository variable PORTSIDE to what pip should install}"'
CATALOG = "  CATALOG: ${{ vars.PORTSIDE_CATALOG || 'local' }}\n"
PACKAGE = (
    "  PORTSIDE: ${{ vars.PORTSIDE }} # what pip installs: a release, a wheel's address, or git+https://…@<commit>\n"
)


def ours(path: str) -> bytes:
    """A file of the starter as this repository has it; the workflow installs portside from elsewhere."""
    text = (ROOT / path).read_bytes()
    if path != starter.WORKFLOW:
        return text
    return text.replace(INSTALL.encode(), INSTALL_ANYWHERE.encode()).replace(
        CATALOG.encode(), f"{CATALOG}{PACKAGE}".encode()
    )


@pytest.mark.parametrize("path", [*COPIES, starter.WORKFLOW])
def test_the_starter_is_a_copy_of_what_is_tested_here(path: str, request: pytest.FixtureRequest):
    if request.config.getoption("--accept"):
        (starter.FOLDER / path).write_bytes(ours(path))

    assert (starter.FOLDER / path).read_bytes() == ours(path)


def test_a_package_brings_all_of_it(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    command = [sys.executable, "-m", "portside", "init", str(tmp_path / "new")]
    subprocess.run(command, check=True, capture_output=True, env=environment(PYTHONPATH=str(tmp_path / "installed")))

    files = {path: data for path, data in tree(tmp_path / "new").items() if data is not None}

    assert files == starter.pagerduty()


def test_what_is_there_already_is_not_written_again(tmp_path: Path):
    write(tmp_path / "a", "A")

    assert starter.lacking(tmp_path, {"a": b"A", "b": b"B"}) == {tmp_path / "b": b"B"}


def test_every_file_that_differs_is_named(tmp_path: Path):
    for name in ("a", "b", "c"):
        write(tmp_path / name, name)

    with pytest.raises(Unwritable) as refused:
        starter.lacking(tmp_path, {"a": b"A", "b": b"B", "c": b"c", "d": b"D"})

    assert str(refused.value) == (f"nothing is written: '{tmp_path}/a', '{tmp_path}/b' are there already and differ")


@pytest.mark.parametrize(
    ("there", "after"),
    [
        ("", ".portside/\n"),
        ("dist/\n", "dist/\n.portside/\n"),
        ("dist/", "dist/\n.portside/\n"),
        ("dist/\r\n.portside/\r\n*.log", None),
    ],
)
def test_a_list_of_lines_gets_those_it_lacks(tmp_path: Path, there: str, after: str | None):
    (tmp_path / ".gitignore").write_bytes(there.encode())

    found = starter.lacking(tmp_path, {".gitignore": b".portside/\n"})

    assert found == ({tmp_path / ".gitignore": after.encode()} if after else {})


def test_a_part_that_another_file_declares_is_not_declared_twice(tmp_path: Path):
    catalog(tmp_path, {"identifier": "pagerdutyService", "title": "Mine", "schema": {"properties": {}}}, hook=None)
    before = tree(tmp_path)

    said = portside(tmp_path, "init")

    path = "catalog/blueprints/pagerdutyService.json"
    assert said == (64, "", f"Error: nothing is written: '{path}' declares blueprint/pagerdutyService already\n")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("path", "first"),
    [("mappings/pagerdutyMapper/cases", "incident.acknowledged.case.yaml"), (".github", "workflows/catalog.yml")],
)
def test_a_file_where_a_folder_should_be_stops_all_of_it(tmp_path: Path, path: str, first: str):
    write(tmp_path / path, "a file")
    before = tree(tmp_path)

    said = portside(tmp_path, "init")

    assert said == (1, "", f"Error: '{path}/{first}' cannot be written: not a directory\n")
    assert tree(tmp_path) == before


def test_a_folder_where_a_file_should_be_stops_all_of_it(tmp_path: Path):
    (tmp_path / "portside.yaml").mkdir()
    before = tree(tmp_path)

    said = portside(tmp_path, "init")

    assert said == (
        1,
        "",
        "Error: nothing is written: 'portside.yaml' is a folder, where a file should be\n",
    )
    assert tree(tmp_path) == before


def test_nothing_is_written_through_a_link_that_leads_elsewhere(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new/catalog").symlink_to("../elsewhere")
    before = tree(tmp_path)

    said = portside(tmp_path, "init", "new")

    path = "new/catalog/blueprints/pagerdutyIncident.yaml"
    assert said == (1, "", f"Error: nothing is written: '{path}' is behind a link that leads out of the folder\n")
    assert tree(tmp_path) == before


def test_a_repository_that_does_not_fit_is_not_begun(tmp_path: Path):
    said = portside(tmp_path, "init", "new/one", **at_most(3_000))

    assert said == (1, "", "Error: 'new/one/.github/workflows/catalog.yml' cannot be written: file too large\n")
    assert tree(tmp_path) == {}
