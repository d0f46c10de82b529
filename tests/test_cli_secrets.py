"""A secret stays where it is: in the one file that somebody wrote it into, or in the environment."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from console import HOOK, catalog, environment, portside, tree, write
from planted import holding

WRITTEN = 'written "in" the clear é \\ 4711'
GIVEN = 'given "by" the environment ß \\ 0815'
SECRETS = (WRITTEN, GIVEN)
SECURITY = {
    "signatureHeaderName": "x-signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1=",
}
BODY = b'{"id": "x", "tier": "gold"}'
EVERYTHING = (
    ("validate",),
    *(("validate", "--format", name) for name in ("json", "github", "sarif")),
    ("plan", "--output", "plan.json", "--format", "markdown=plan.md", "--format", "json=plan.report.json", "--verbose"),
    ("apply", "plan.json"),
    ("send", "written", "body.json", "--store", "--header", "X-Signature: {written}"),
    ("send", "given", "body.json", "--store", "--header", "X-Signature: {given}", "--format", "json"),
    ("send", "given", "body.json", "--store", "--header", "X-Signature: v1=0000"),
    ("test", "--accept"),
    ("test", "--format", "json", "--format", "junit=junit.xml"),
    ("pull",),
    ("plan", "--detailed-exitcode", "--format", "json"),
    ("entities", "--format", "json"),
    ("runs", "show", "--format", "json"),
)


def signature(secret: str) -> str:
    return f"v1={hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()}"


def test_no_file_and_no_word_holds_a_secret(tmp_path: Path):
    written = {**HOOK, "identifier": "written", "security": {**SECURITY, "secret": WRITTEN}}
    given = {**HOOK, "identifier": "given", "security": {**SECURITY, "secret": "${GIVEN}"}}
    catalog(tmp_path, hook=written)
    catalog(tmp_path, hook=given)
    source = "mappings/written/webhook.json"
    for hook in ("written", "given"):
        write(tmp_path / f"mappings/{hook}/cases/one.json", BODY.decode())
    write(tmp_path / "body.json", BODY.decode())
    env = environment(PORTSIDE_SECRET_WRITTEN=WRITTEN, GIVEN=GIVEN)
    signed = {"written": signature(WRITTEN), "given": signature(GIVEN)}

    said = [portside(tmp_path, *(word.format(**signed) for word in words), env=env) for words in EVERYTHING]

    assert [one.code for one in said] == [0] * 8 + [3] + [0] * 6
    assert "[literal-secret]" in said[0].out
    assert [holding((one.out + one.err).encode(), SECRETS) for one in said] == [[]] * len(said)
    assert {path: found for path, data in tree(tmp_path).items() if data and (found := holding(data, SECRETS))} == {
        source: holding((tmp_path / source).read_bytes(), SECRETS)
    }
    assert holding((tmp_path / source).read_bytes(), SECRETS)


def test_a_secret_that_is_not_a_text_is_not_shown_either(tmp_path: Path):
    for number, secret in enumerate((47110815, [WRITTEN], {"key": WRITTEN}, WRITTEN + "\n")):
        catalog(tmp_path, hook={**HOOK, "security": {**SECURITY, "secret": secret}})

        said = [portside(tmp_path, *words) for words in (("validate",), ("validate", "--format", "sarif"), ("plan",))]

        assert [holding((one.out + one.err).encode(), SECRETS) for one in said] == [[]] * 3, number
        assert not any("47110815" in one.out + one.err for one in said)
