"""What was not installed is named with the words that install it, and nobody sees a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalog_contract import create, webhook
from portside.catalogs.local import LocalCatalog
from portside.catalogs.sealing import Secrets
from portside.model.resource import Kind

SECURITY = {"signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256"}


def without(module: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and words of a command where a module is not installed."""
    program = f"import sys; sys.modules[{module!r}] = None\nfrom portside.__main__ import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("module", ["starlette", "uvicorn", "httptools", "jwt"])
def test_serve_names_what_it_lacks(tmp_path: Path, module: str) -> None:
    said = f"Error: serve needs {module}, which is not installed; pip install 'portside[serve]'\n"

    assert without(module, tmp_path, "serve", "--port", "0") == (64, said)


def test_a_secret_that_cannot_be_opened_for_lack_of_cryptography_is_said(tmp_path: Path) -> None:
    path = tmp_path / ".portside" / "catalog.db"
    with LocalCatalog.open(path) as catalog:
        sealed = Secrets({}, path.with_name("catalog.db.key"))
        catalog.prepare()
        body = webhook("pager", security={**SECURITY, "secret": sealed.sealed("hunter2")})
        catalog.perform(create(Kind.WEBHOOK, body))
    (tmp_path / "mappings" / "pager").mkdir(parents=True)
    (tmp_path / "mappings" / "pager" / "webhook.yaml").write_text("{identifier: pager, title: pager, enabled: true}\n")
    (tmp_path / "payload.json").write_text("{}")

    code, said = without("cryptography.fernet", tmp_path, "send", "pager", "payload.json", "--store")

    assert code == 64
    assert "secrets are kept encrypted, which needs cryptography: pip install 'portside[serve]'" in said
    assert "Traceback" not in said
