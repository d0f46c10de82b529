"""Was a delivery sent by who it says?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portside.mappings.signature import sign, verify
from portside.model.webhook import Security

PAYLOADS = Path(__file__).parent / "payloads"
VECTORS = json.loads((PAYLOADS / "signature_vectors.json").read_text("utf-8"))
SIGNED = sorted((PAYLOADS / "webhooks").glob("*.headers.json"))
PAGERDUTY = Security("${SECRET}", "X-PagerDuty-Signature", "sha256", "v1=")
BODY = b'{"a":1}'


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, str]):
    raw = (PAYLOADS / vector["file"]).read_bytes() if "file" in vector else vector["body"].encode()

    reason = verify(PAGERDUTY, vector["secret"], {"x-pagerduty-signature": vector["header"]}, raw)

    assert (reason is None) == vector["valid"]


@pytest.mark.parametrize("path", SIGNED, ids=lambda path: path.name)
def test_deliveries_with_their_headers_as_sent(path: Path):
    raw = path.with_name(path.name.replace(".headers.json", ".json")).read_bytes()

    assert verify(PAGERDUTY, "WEBHOOK_SECRET", json.loads(path.read_text("utf-8")), raw) is None


@pytest.mark.parametrize(("algorithm", "prefix"), [("sha1", "sha1="), ("sha256", ""), ("plain", ""), ("plain", "t=")])
def test_what_is_signed_is_genuine(algorithm: str, prefix: str):
    security = Security("${S}", "x-signature", algorithm, prefix)

    assert verify(security, "a,secret", {"X-SIGNATURE": sign(security, "a,secret", BODY)}, BODY) is None


def test_a_digest_is_lower_case_hexadecimal_behind_its_prefix():
    signed = sign(Security(None, "h", "sha1", "sha1="), "key", b"The quick brown fox jumps over the lazy dog")

    assert signed == "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"


def test_without_security_nothing_is_asked():
    assert verify(Security(), "", {}, BODY) is None


@pytest.mark.parametrize(
    ("security", "headers", "raw", "reason"),
    [
        (PAGERDUTY, {}, BODY, "the header 'X-PagerDuty-Signature' is missing"),
        (PAGERDUTY, {"x-pagerduty-signature": "v1=aa"}, b"", "the body is empty"),
        (
            PAGERDUTY,
            {"x-pagerduty-signature": "v2=aa,v1="},
            BODY,
            "the header 'X-PagerDuty-Signature' holds no signature that begins with 'v1='",
        ),
        (
            PAGERDUTY,
            {"x-pagerduty-signature": "v1=é😀"},
            BODY,
            "the signature in 'X-PagerDuty-Signature' is not that of this body and secret",
        ),
        (
            Security("${S}", "h"),
            {},
            BODY,
            "the webhook's security has no signatureAlgorithm, so nothing can be verified",
        ),
        (
            Security("${S}", None, "sha256"),
            {},
            BODY,
            "the webhook's security has no signatureHeaderName, so nothing can be verified",
        ),
        (
            Security("${S}", "h", "md5"),
            {"h": "x"},
            BODY,
            "the webhook's signatureAlgorithm 'md5' is none of plain, sha1, sha256",
        ),
    ],
)
def test_what_cannot_be_trusted_says_why(security: Security, headers: dict[str, str], raw: bytes, reason: str):
    assert verify(security, "secret", headers, raw) == reason


def test_a_plain_secret_is_compared_whole():
    security = Security("${S}", "x-token", "plain")

    assert verify(security, "one", {"x-token": "one,two"}, BODY) is not None
