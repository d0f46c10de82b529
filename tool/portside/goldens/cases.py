"""The cases on disk: payloads, the goldens that say what becomes of them, and what each case says about itself.

The rule: names pair the files. `x.json` is a payload, `x.golden.yaml` its golden, `x.case.yaml` its intent; a folder is
a sequence of payloads with one `golden.yaml` and, if it needs one, a `case.yaml`. One broken file stops no other case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portside.errors import Unreadable
from portside.files import content, document
from portside.goldens import golden, intents
from portside.goldens.golden import Golden
from portside.goldens.intents import NOTHING, Intent
from portside.mappings import delivery
from portside.model.webhook import DELIVERY_LIMIT, Delivery
from portside.problems import Place, Problem, Severity, in_order

PAYLOAD, GOLDEN, CASE = ".json", ".golden.yaml", ".case.yaml"


@dataclass(frozen=True)
class Step:
    """One payload, and what is said about it alone."""

    name: str
    path: Path
    delivery: Delivery
    intent: Intent = NOTHING


@dataclass(frozen=True)
class Case:
    """One payload, or a sequence of them, sent to one webhook.

    `intent` is what is said about the whole sequence (of a single payload its step says everything). `golden` is where
    the golden is or will be, `accepted` what it holds: None when there is none yet. No steps: the golden has lost its
    payload.
    """

    webhook: str
    name: str
    golden: Path
    steps: tuple[Step, ...] = ()
    accepted: Golden | None = None
    sequence: bool = False
    intent: Intent = NOTHING

    @property
    def identifier(self) -> str:
        """pagerdutyMapper/incident.triggered."""
        return f"{self.webhook}/{self.name}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file of the case under which somebody might call it."""
        return (self.golden, *(step.path for step in self.steps))


def discover(root: Path) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """Every case under `mappings/*/cases/`, by webhook and name, and what is wrong with the others."""
    reading = _Reading(root)
    folders = [entry / "cases" for entry in reading.entries(root / "mappings")]
    found = tuple(case for folder in folders if reading.is_folder(folder) for case in _cases(folder, reading))
    return found, in_order(reading.problems)


def at(path: Path) -> tuple[Step | None, tuple[Problem, ...]]:
    """One payload anywhere on disk, with the headers its `.case.yaml` beside it gives: what `send` delivers."""
    reading = _Reading()
    return _step(path, reading), in_order(reading.problems)


@dataclass
class _Reading:
    """The one place that touches the disk: what cannot be read becomes a problem of that file.

    `within`: a link that leads out of this folder is not followed.
    """

    within: Path | None = None
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place, code, Severity.ERROR, message, hint))

    def entries(self, folder: Path) -> list[Path]:
        """What is in a folder, hidden files aside; nothing in one that is not there."""
        try:
            return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = (error.strerror or "").lower()
            self.problem(Place(str(folder)), "unreadable", f"this folder cannot be read: {reason}")
            return []

    def is_folder(self, path: Path) -> bool:
        """Whether there is a folder; in one that may not be looked into there is none (a problem)."""
        try:
            return path.is_dir()
        except OSError as error:
            reason = (error.strerror or "").lower()
            self.problem(Place(str(path.parent)), "unreadable", f"this folder cannot be read: {reason}")
            return False

    def bytes(self, path: Path, limit: int) -> bytes | None:
        """None for a file that is not there, and for one that cannot be read (a problem)."""
        try:
            return content.content(path, within=self.within, limit=limit)
        except content.Refused as refused:
            self.refused(path, refused)
            return None

    def text(self, path: Path) -> str | None:
        """As `bytes`."""
        try:
            return content.text(path, within=self.within)
        except content.Refused as refused:
            self.refused(path, refused)
            return None

    def refused(self, path: Path, refused: content.Refused) -> None:
        if refused.code == "missing-file":
            return
        hint = "Port takes no delivery of more than 512 KiB" if refused.code == "too-big" else refused.hint
        self.problem(Place(str(path), *refused.at), refused.code, f"this {refused.message}", hint)


def _cases(folder: Path, reading: _Reading) -> Iterator[Case]:
    entries = reading.entries(folder)
    files = [entry for entry in entries if not entry.is_dir()]
    _tell_strays(files, reading)
    for name in sorted({*_names(files, PAYLOAD), *_names(files, GOLDEN)}):
        yield from _single(folder, name, reading)
    for entry in entries:
        if entry.is_dir():
            yield from _sequence(entry, reading)


def _names(files: Iterable[Path], suffix: str) -> Iterator[str]:
    return (file.name.removesuffix(suffix) for file in files if file.name.endswith(suffix))


def _single(folder: Path, name: str, reading: _Reading) -> Iterator[Case]:
    kept = folder / f"{name}{GOLDEN}"
    before = len(reading.problems)
    step, accepted = _step(folder / f"{name}{PAYLOAD}", reading), _golden(kept, reading)
    if len(reading.problems) == before:
        yield Case(folder.parent.name, name, kept, (step,) if step else (), accepted)


def _sequence(folder: Path, reading: _Reading) -> Iterator[Case]:
    files = reading.entries(folder)
    kept = folder / "golden.yaml"
    before = len(reading.problems)
    _tell_strays(files, reading, kept.name, "case.yaml")
    payloads = [file for file in files if file.name.endswith(PAYLOAD)]
    if not payloads and kept not in files:
        reading.problem(Place(str(folder)), "case-unpaired", "this folder of a sequence holds no payload", "delete it")
    steps = tuple(step for payload in payloads if (step := _step(payload, reading)))
    accepted, intent = _golden(kept, reading), _intent(folder / "case.yaml", reading)
    if len(reading.problems) == before:
        yield Case(folder.parent.parent.name, folder.name, kept, steps, accepted, True, intent)


def _tell_strays(files: Iterable[Path], reading: _Reading, *also: str) -> None:
    """A file that no name pairs would be passed over in silence; a README is meant to be."""
    names = {file.name for file in files}
    for file in files:
        if file.name in also or file.name.endswith(PAYLOAD) or file.suffix == ".md" or _paired(file, names, also):
            continue
        if file.name.endswith(CASE):
            hint = f"there is no {file.name.removesuffix(CASE)}{PAYLOAD} beside it"
            reading.problem(Place(str(file)), "case-unpaired", "this case has lost its payload", hint)
        else:
            hint = f"a payload ends in {PAYLOAD}, a golden in {GOLDEN}, a case in {CASE}"
            reading.problem(Place(str(file)), "case-unpaired", "this file belongs to no case", hint)


def _paired(file: Path, names: set[str], also: tuple[str, ...]) -> bool:
    """A golden alone is an orphan and told as one; inside a sequence it has no meaning."""
    if file.name.endswith(GOLDEN):
        return not also
    return file.name.endswith(CASE) and f"{file.name.removesuffix(CASE)}{PAYLOAD}" in names


def _golden(path: Path, reading: _Reading) -> Golden | None:
    text = reading.text(path)
    if text is None:
        return None
    found, problems = golden.read(text, str(path))
    reading.problems.extend(problems)
    if found is None and not problems:
        hint = "delete it and accept the case again"
        reading.problem(Place(str(path)), "case-golden", "this golden does not say what a delivery does", hint)
    return found


def _intent(path: Path, reading: _Reading) -> Intent:
    text = reading.text(path)
    if text is None:
        return NOTHING
    documents, problems = document.documents(text, str(path))
    reading.problems.extend(problems)
    if problems or not documents:
        return NOTHING
    found, wrong = intents.of(documents[0].value, documents[0].source)
    reading.problems.extend(wrong)
    return found


def _step(path: Path, reading: _Reading) -> Step | None:
    raw = reading.bytes(path, DELIVERY_LIMIT)
    if raw is None:
        return None
    name = path.name.removesuffix(PAYLOAD)
    intent = _intent(path.with_name(f"{name}{CASE}"), reading)
    try:
        return Step(name, path, delivery.kept(raw, intent.headers, intent.query), intent)
    except Unreadable as error:
        _tell_broken(path, error, reading)
        return None


def _tell_broken(path: Path, error: Unreadable, reading: _Reading) -> None:
    """In the words of the reader of catalogs, which says where and what would help."""
    before = len(reading.problems)
    if (text := reading.text(path)) is not None:
        reading.problems.extend(document.documents(text, str(path))[1])
    if len(reading.problems) == before:
        reading.problem(Place(str(path)), "json-syntax", str(error))
