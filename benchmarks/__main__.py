"""Runs every benchmark and prints one table; exits 1 when a limit does not hold.

`python -m benchmarks [NAME…] [--corpus PATH]`: for `corpus` a folder of blueprint files to validate instead of
generated ones, for `types` a JSON list of jq expressions.
"""

from __future__ import annotations

import compileall
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import catalogs, entities, ingest, live, mappings, search
from benchmarks.timing import BIN, Command, Result, medians, peak, seconds

PROJECT = Path(__file__).parent.parent
PORTSIDE = str(BIN / "portside")


def start(_corpus: Path | None) -> Iterator[Result]:
    """Start-up, against a bare interpreter; compiled before, as an installed package is."""
    compileall.compile_dir(PROJECT / "tool" / "portside", quiet=1)
    bare = Command([sys.executable, "-c", "pass"])
    for arguments, limit in ((["--version"], 3.0), (["validate"], 10.0)):
        ours, theirs = medians(Command([PORTSIDE, *arguments], PROJECT), bare, 21)
        detail = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms for python -c pass"
        yield Result(f"portside {arguments[0]}", ours / theirs, limit, detail)


def corpus(given: Path | None) -> Iterator[Result]:
    """Validating 400 files, against check-jsonschema with the same schema."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = _copied(given, root) if given else catalogs.write_singly(root, 400)
        schema = PROJECT / "tool" / "portside" / "schemas" / "blueprint.json"
        peer = Command([str(BIN / "check-jsonschema"), "--schemafile", str(schema), *map(str, files)], codes=(0, 1))
        ours, theirs = medians(Command([PORTSIDE, "validate", "--root", str(root)], codes=(0, 1)), peer, 5)
        detail = f"{len(files)} files: {ours:.2f} s against {theirs:.2f} s for check-jsonschema"
        yield Result("validate", ours / theirs, 3.0, detail)


def _copied(given: Path, root: Path) -> list[Path]:
    target = root / "catalog" / "blueprints"
    shutil.copytree(given, target)
    return sorted(target.rglob("*.json"))


def plan(_corpus: Path | None) -> Iterator[Result]:
    """Planning 1,000 blueprints against octoDNS planning 10,000 records; then ten times as many."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lines = _changed(root / "one", 1_000)
        peer = _octodns(root / "dns")
        one = _plan(root / "one")
        ours, theirs = medians(one, peer, 5)
        detail = f"1,000 blueprints, {lines:,} lines: {ours:.2f} s against {theirs:.2f} s for octoDNS, 10,000 records"
        yield Result("plan", ours / theirs, 1 / 3, detail)
        yield from _grown(root, one, lines)


def _grown(root: Path, one: Command, lines: int) -> Iterator[Result]:
    more = _changed(root / "ten", 10_000)
    ten = _plan(root / "ten")
    longer, ours = medians(ten, one, 3)
    yield Result("plan, ten times", longer / ours, 11.0, f"10,000 blueprints: {longer:.2f} s against {ours:.2f} s")
    memory = peak(ten) / peak(one)
    yield Result("plan, memory", memory, more / lines, f"{peak(ten) >> 20} MiB against {peak(one) >> 20} MiB")


def _plan(root: Path) -> Command:
    return Command([PORTSIDE, "plan", "--root", str(root), "--detailed-exitcode"], codes=(2,))


def _changed(root: Path, count: int) -> int:
    """A root whose blueprints are applied and of which one in a hundred has changed since; gives its lines."""
    lines = catalogs.write(root, count)
    seconds(Command([PORTSIDE, "apply", "--yes", "--root", str(root)]))
    catalogs.change(root)
    return lines


def _octodns(root: Path) -> Command:
    catalogs.write_zone(root / "wanted", 10_000, 0)
    catalogs.write_zone(root / "there", 10_000, 100)
    (root / "config.yaml").write_text(
        "providers:\n"
        "  wanted: {class: octodns.provider.yaml.YamlProvider, directory: ./wanted, enforce_order: false}\n"
        "  there: {class: octodns.provider.yaml.YamlProvider, directory: ./there, enforce_order: false}\n"
        "zones:\n  example.com.: {sources: [wanted], targets: [there]}\n"
    )
    return Command([str(BIN / "octodns-sync"), "--config-file", "config.yaml"], root)


BENCHMARKS: dict[str, Callable[[Path | None], Iterator[Result]]] = {
    "start": start,
    "corpus": corpus,
    "plan": plan,
    "evaluate": mappings.evaluating,
    "deliveries": mappings.deliveries,
    "types": mappings.checking,
    "ingest": ingest.ingesting,
    "live": live.applying,
    "search": search.searching,
    "bulk": entities.writing,
    "entity": entities.reading,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option(
    "--corpus", "given", type=click.Path(exists=True, path_type=Path), help="What to check instead of our own."
)
def main(names: tuple[str, ...], given: Path | None) -> None:
    """Run the benchmarks and print one line each."""
    held = True
    for name in names or BENCHMARKS:
        for result in BENCHMARKS[name](given):
            held = held and result.holds
            verdict = "holds" if result.holds else "FAILS"
            click.echo(f"{verdict}  {result.name:24} {result.ratio:7.3f} ≤ {result.limit:6.3f}   {result.detail}")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
