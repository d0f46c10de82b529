"""Making what the mappings do today what the goldens say."""

from __future__ import annotations

import pytest

from portside.errors import AcceptRefused, Unwritable, Usage
from portside.goldens import golden
from portside.goldens.accept import Accepted, accept
from portside.goldens.cases import Case, Step
from portside.goldens.verdicts import Kind, Verdict
from portside.model.webhook import Delivery

SAID = {"dropped": "every mapping filters it out", "mappings": [{"incident": "filtered"}]}


def verdict(folder, name, kind=Kind.NEW, *, objections=()):
    steps = () if kind is Kind.ORPHAN else (Step(name, folder / f"{name}.json", Delivery({})),)
    tested = Case("mapper", name, folder / f"{name}.golden.yaml", steps)
    return Verdict(tested, kind, None if kind is Kind.ORPHAN else SAID, (), objections)


def test_new_and_different_goldens_are_written_and_orphans_deleted(tmp_path):
    old, orphan = tmp_path / "b.golden.yaml", tmp_path / "c.golden.yaml"
    old.write_text("before")
    orphan.write_text("before")

    done = accept([verdict(tmp_path, "a"), verdict(tmp_path, "b", Kind.DIFFERENT), verdict(tmp_path, "c", Kind.ORPHAN)])

    assert done == Accepted((tmp_path / "a.golden.yaml", old), (orphan,))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.golden.yaml": golden.write(SAID),
        "b.golden.yaml": golden.write(SAID),
    }


def test_a_golden_that_says_the_same_is_left_as_it_is_written(tmp_path):
    kept = tmp_path / "a.golden.yaml"
    kept.write_text("# by hand")

    assert (accept([verdict(tmp_path, "a", Kind.SAME)]), kept.read_text()) == (Accepted(), "# by hand")


@pytest.mark.parametrize("name", ["mapper/b", "b", "{folder}/b.json", "{folder}/b.golden.yaml"])
def test_only_the_named_case_is_accepted(tmp_path, name):
    done = accept([verdict(tmp_path, "a"), verdict(tmp_path, "b")], [name.format(folder=tmp_path)])

    assert done == Accepted((tmp_path / "b.golden.yaml",))


def test_a_webhook_names_all_its_cases(tmp_path):
    assert len(accept([verdict(tmp_path, "a"), verdict(tmp_path, "b")], ["mapper"]).written) == 2


def test_an_orphan_is_not_deleted_when_another_case_is_named(tmp_path):
    (tmp_path / "c.golden.yaml").write_text("before")

    accept([verdict(tmp_path, "a"), verdict(tmp_path, "c", Kind.ORPHAN)], ["a"])

    assert (tmp_path / "c.golden.yaml").exists()


def test_a_name_of_no_case_is_refused_with_the_nearest_one(tmp_path):
    with pytest.raises(Usage, match=r"there is no case 'maper/a'; did you mean 'mapper/a'\?"):
        accept([verdict(tmp_path, "a")], ["maper/a"])


def test_nothing_is_accepted_under_ci(tmp_path):
    with pytest.raises(Usage, match="not accepted under CI"):
        accept([verdict(tmp_path, "a")], ci=True)


def test_a_case_that_goes_against_its_intent_keeps_all_from_being_written(tmp_path):
    bad = verdict(tmp_path, "b", objections=("is meant to be dropped, and gives 1 entity",))

    with pytest.raises(AcceptRefused) as refused:
        accept([verdict(tmp_path, "a"), bad])

    assert (str(refused.value), list(tmp_path.iterdir())) == (
        "nothing is accepted, because mapper/b is meant to be dropped, and gives 1 entity",
        [],
    )


def test_a_case_that_is_not_named_keeps_nothing_from_being_written(tmp_path):
    bad = verdict(tmp_path, "b", objections=("is meant to be dropped, and gives 1 entity",))

    assert accept([verdict(tmp_path, "a"), bad], ["a"]) == Accepted((tmp_path / "a.golden.yaml",))


@pytest.mark.parametrize("blocked", ["a", "b", "c"])
def test_what_cannot_be_written_leaves_every_golden_as_it_was(tmp_path, blocked):
    before = {}
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.golden.yaml").write_text(f"before {name}")
        before[name] = f"before {name}"
    (tmp_path / blocked / "x.golden.yaml").unlink()
    (tmp_path / blocked / "x.golden.yaml").mkdir()
    (tmp_path / blocked / "x.golden.yaml" / "in the way").write_text("")

    with pytest.raises(Unwritable):
        accept([verdict(tmp_path / name, "x", Kind.DIFFERENT) for name in "abc"])

    left = {name: tmp_path / name / "x.golden.yaml" for name in "abc" if name != blocked}
    assert {name: path.read_text() for name, path in left.items()} == {
        name: text for name, text in before.items() if name != blocked
    }
    assert sorted(entry.name for name in "abc" for entry in (tmp_path / name).iterdir()) == ["x.golden.yaml"] * 3
