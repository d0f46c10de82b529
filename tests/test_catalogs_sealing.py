"""Secrets in the store: encrypted, opened with the same keys, and with no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from portside.catalogs.sealing import KEY, Secrets
from portside.errors import CatalogRefused, CatalogUnreachable


def test_a_secret_is_opened_again_and_is_not_seen(tmp_path: Path) -> None:
    secrets = Secrets({}, tmp_path / "key")

    sealed = secrets.sealed("hunter2")

    assert sealed.startswith("${sealed:")
    assert "hunter2" not in sealed
    assert secrets.value(sealed) == "hunter2"


def test_another_process_finds_the_same_key(tmp_path: Path) -> None:
    sealed = Secrets({}, tmp_path / "key").sealed("hunter2")

    assert Secrets({}, tmp_path / "key").value(sealed) == "hunter2"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_name_is_looked_up(tmp_path: Path) -> None:
    secrets = Secrets({"A": "hunter2", "EMPTY": ""}, tmp_path / "key")

    assert (secrets.value("${A}"), secrets.value("${B}"), secrets.value("${EMPTY}")) == ("hunter2", None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_s_keys_go_first_and_the_older_ones_open_still(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Secrets({KEY: old}, tmp_path / "key").sealed("hunter2")

    rotated = Secrets({KEY: f"{new}, {old}"}, tmp_path / "key")

    assert rotated.value(sealed) == "hunter2"
    assert Secrets({KEY: new}, None).value(rotated.sealed("other")) == "other"
    assert list(tmp_path.iterdir()) == []


def test_another_key_opens_nothing_and_says_what_would(tmp_path: Path) -> None:
    sealed = Secrets({}, tmp_path / "one").sealed("hunter2")

    with pytest.raises(CatalogRefused, match=f"encrypted with another key; set {KEY} to that key") as refused:
        Secrets({}, tmp_path / "two").value(sealed)

    assert refused.value.reason == "secret_sealed"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Secrets({}, tmp_path / "key").sealed("hunter2")
    (tmp_path / "key").chmod(0o644)

    with pytest.raises(CatalogUnreachable, match=r"can be read by others \(mode 0644\); chmod 600 it"):
        Secrets({}, tmp_path / "key").sealed("hunter2")


def test_without_a_file_the_environment_must_have_the_key() -> None:
    with pytest.raises(CatalogUnreachable, match=f"{KEY} is not set"):
        Secrets({}, None).sealed("hunter2")


@pytest.mark.parametrize("text", ["not a key", "", ",", "x" * 44])
def test_what_is_no_key_is_said_without_showing_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    (tmp_path / "key").chmod(0o600)

    with pytest.raises(CatalogUnreachable, match="what should be a key of Fernet is none"):
        Secrets({}, tmp_path / "key").sealed("hunter2")


def test_a_folder_that_cannot_hold_a_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogUnreachable, match="cannot be made: No such file or directory"):
        Secrets({}, tmp_path / "nowhere" / "key").sealed("hunter2")
