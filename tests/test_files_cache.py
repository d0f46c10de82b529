"""What was worked out before: recalled for as long as nothing changes, never needed, and never the repository's."""

from __future__ import annotations

import pytest

from portside.files.cache import recalled


@pytest.fixture
def worked(monkeypatch, tmp_path):
    """How often the work was done; the cache is a folder of the test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return []


def found(worked, about, *, result=("x",), lasting=True):
    def work():
        worked.append(about)
        return list(result)

    return recalled(about, work, lasting=lambda _: lasting)


def test_what_has_not_changed_is_not_worked_out_again(worked):
    assert [found(worked, {"a": 1}), found(worked, {"a": 1}), found(worked, {"a": 2})] == [["x"]] * 3
    assert worked == [{"a": 1}, {"a": 2}]


def test_what_does_not_last_is_not_kept(worked):
    assert [found(worked, "a", lasting=False), found(worked, "a")] == [["x"]] * 2
    assert worked == ["a", "a"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": 1}'])
def test_an_entry_that_cannot_be_read_is_worked_out_again(worked, tmp_path, content):
    found(worked, "a")
    (entry,) = (tmp_path / "cache/portside").iterdir()
    entry.write_bytes(content)

    assert found(worked, "a") == ["x"]
    assert worked == ["a", "a"]


def test_where_nothing_can_be_kept_it_is_worked_out_each_time(worked, tmp_path):
    (tmp_path / "cache").write_text("no folder")

    assert [found(worked, "a"), found(worked, "a")] == [["x"]] * 2
    assert worked == ["a", "a"]


def test_without_a_home_nothing_is_made(worked, monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))

    assert found(worked, "a") == ["x"]
    assert not (tmp_path / "gone").exists()


def test_the_oldest_go(worked, tmp_path):
    for number in range(230):
        found(worked, number)

    assert len([*(tmp_path / "cache/portside").iterdir()]) == 200
    assert found(worked, 229) == ["x"]
    assert len(worked) == 230
