"""Secrets that reach the catalog over its API: encrypted when they are stored, and opened only to be used.

The rule: a secret leaves here as a value to nobody but who verifies or sends; the store has `${sealed:…}` for one that
came over the API, and `${NAME}` for one that is looked up in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

from portside.errors import CatalogRefused, CatalogUnreachable, Usage
from portside.model.secrets import name, sealed_part, sealed_text

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

KEY = "PORTSIDE_SECRETS_KEY"
"""The variable with the keys: the first encrypts, all of them open; separated by commas."""


class Secrets:
    """What the names of secrets stand for, and the keys for the others.

    `names` is the environment, say; `beside` the file with the keys where the environment has none: made when first
    needed, for its owner alone. None: there is no such file, and the environment must have them.
    """

    def __init__(self, names: Mapping[str, str], beside: Path | None) -> None:
        self._names = names
        self._beside = beside
        self._keys: MultiFernet | None = None

    def value(self, text: str) -> str | None:
        """The secret behind `${NAME}` or `${sealed:…}`; None: the name stands for nothing.

        Raises CatalogRefused for one that these keys do not open.
        """
        part = sealed_part(text)
        return self._names.get(name(text) or "") or None if part is None else self._opened(part)

    def sealed(self, value: str) -> str:
        """`${sealed:…}` for a secret. Raises CatalogUnreachable when the keys cannot be read or made."""
        return sealed_text(self._fernet().encrypt(value.encode("utf-8", "surrogatepass")).decode())

    def _opened(self, part: str) -> str:
        keys = self._fernet()  # first, for it says so where cryptography was not installed
        from cryptography.fernet import InvalidToken

        try:
            return keys.decrypt(part).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise CatalogRefused(
                f"a secret was encrypted with another key; set {KEY} to that key, or send the secret again",
                reason="secret_sealed",
            ) from None

    def _fernet(self) -> MultiFernet:
        if self._keys is None:
            self._keys = _fernet(self._names.get(KEY) or self._kept())
        return self._keys

    def _kept(self) -> str:
        if self._beside is None:
            raise CatalogUnreachable(f"{KEY} is not set, and secrets are kept encrypted; set it to a key of Fernet")
        try:
            return _read(self._beside)
        except FileNotFoundError:
            return _made(self._beside)
        except OSError as error:
            raise CatalogUnreachable(f"the key {self._beside} cannot be read: {error.strerror or error}") from error


def _cryptography() -> tuple[type[Fernet], type[MultiFernet]]:
    """Raises Usage where it was not installed: it is an extra."""
    try:
        from cryptography.fernet import Fernet, MultiFernet  # late: only who has such secrets needs it
    except ImportError:
        raise Usage("secrets are kept encrypted, which needs cryptography: pip install 'portside[serve]'") from None
    return Fernet, MultiFernet


def _fernet(text: str) -> MultiFernet:
    fernet, several = _cryptography()
    try:
        return several([fernet(one.strip()) for one in text.split(",") if one.strip()])
    except ValueError:
        raise CatalogUnreachable(f"what should be a key of Fernet is none; see {KEY}") from None


def _read(path: Path) -> str:
    mode = S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise CatalogUnreachable(f"the key {path} can be read by others (mode {mode:04o}); chmod 600 it, or renew it")
    return path.read_text()


def _made(path: Path) -> str:
    """A new key in its file; of several processes that make it at once, all get the same."""
    fernet, _ = _cryptography()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(fernet.generate_key())
            opened.flush()
            os.fsync(opened.fileno())
        _linked(fresh, path)
        return _read(path)
    except OSError as error:
        raise CatalogUnreachable(f"the key {path} cannot be made: {error.strerror or error}") from error


def _linked(fresh: Path, path: Path) -> None:
    """Give the file its name, unless another has it already."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
