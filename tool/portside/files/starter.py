"""What a new repository consists of: settings, the pull request's workflow, and the PagerDuty catalog with first cases.

The rule: nothing that stands already is overwritten. The starter's files are copies of this repository's own, so what
is handed out is what is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from portside.errors import Unwritable
from portside.files import content, folder, settings

FOLDER = Path(__file__).parents[1] / "starter"
"""The starter, laid out as the repository that it becomes."""

WORKFLOW = ".github/workflows/catalog.yml"

SETTINGS = f"""\
# What the commands work on when nobody says otherwise.
catalog: {settings.DEFAULT_NAME}
catalogs:
  # The embedded catalog: one SQLite file.
  {settings.DEFAULT_NAME}:
    path: {settings.DEFAULT_PATH}
"""

SCOPE = """\
# What this repository answers for: `plan --prune` deletes nothing outside of it.
scope:
  blueprints: ["pagerduty*"]
  webhooks: ["pagerduty*"]
"""

LINES = {
    ".gitignore": ".portside/\n",
    ".gitattributes": (
        "# Sample deliveries are exact wire bytes: signatures are over them.\nmappings/*/cases/**/*.json -text\n"
    ),
}
"""Files that are lists of lines: one that stands already gets what it lacks, at its end."""


def around() -> dict[str, bytes]:
    """What every repository has beside its catalog, by path."""
    lists = {path: lines.encode() for path, lines in LINES.items()}
    return {settings.FILE: SETTINGS.encode(), **lists, WORKFLOW: (FOLDER / WORKFLOW).read_bytes()}


def pagerduty() -> dict[str, bytes]:
    """A whole repository that holds the PagerDuty catalog: services and incidents, the webhook, first cases."""
    paths = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    starter = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}
    return {**around(), settings.FILE: (SETTINGS + SCOPE).encode(), **starter}


def declared() -> dict[tuple[str, str], str]:
    """Where the starter declares what: kind and identifier to path."""
    return {(str(one.kind), one.body["identifier"]): one.source.path for one in folder.read(FOLDER).declared}


def lacking(root: Path, files: Mapping[str, bytes]) -> dict[Path, bytes]:
    """The files that are still to be written. Raises Unwritable, naming every file that stands there and differs."""
    found = {path: _found(root, path) for path in files}
    wanted = {path: _extended(found[path], data) if path in LINES else data for path, data in files.items()}
    differing = [path for path in files if path not in LINES and found[path] not in (None, wanted[path])]
    if differing:
        names = ", ".join(f"'{root / path}'" for path in differing)
        verb = "is there already and differs" if len(differing) == 1 else "are there already and differ"
        raise Unwritable(f"nothing is written: {names} {verb}")
    return {root / path: data for path, data in wanted.items() if found[path] != data}


def _found(root: Path, name: str) -> bytes | None:
    """What stands at a path; None where nothing does."""
    path, found = root / name, None
    try:
        found = content.content(path)
    except content.Refused as refused:
        if refused.code != "missing-file":
            raise Unwritable(f"nothing is written: '{path}' {refused.message}") from refused
    if not path.resolve().is_relative_to(root.resolve()):
        raise Unwritable(f"nothing is written: '{path}' is behind a link that leads out of the folder")
    return found


def _extended(found: bytes | None, lines: bytes) -> bytes:
    """A list of lines with those of ours that it lacks."""
    have = (found or b"").splitlines()
    more = b"".join(line for line in lines.splitlines(keepends=True) if line.rstrip() not in have)
    gap = b"\n" if found and more and not found.endswith(b"\n") else b""
    return (found or b"") + gap + more
