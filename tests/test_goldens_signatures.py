"""Whether a sample is signed as its case says."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from portside.goldens import intents
from portside.goldens.intents import Intent
from portside.model.webhook import Delivery, Security

SECURITY = Security("${SECRET}", "X-Signature", "sha256", "v1=")
RAW = b'{"id":1}'
GENUINE = "v1=" + hmac.new(b"sample", RAW, hashlib.sha256).hexdigest()
FORGED = "v1=" + "0" * 64


def said(expected, header=None, *, security=SECURITY, raw=RAW):
    headers = {} if header is None else {"x-signature": header}
    return list(
        intents.against_signature(Intent(signature=expected, secret="sample"), security, Delivery({}, headers, {}, raw))
    )


@pytest.mark.parametrize(
    ("expected", "header"),
    [
        ("valid", GENUINE),
        ("valid", f"{FORGED},{GENUINE}"),
        ("invalid", FORGED),
        ("missing", None),
        ("", FORGED),
    ],
)
def test_a_sample_that_is_signed_as_meant_is_not_mentioned(expected, header):
    assert said(expected, header) == []


@pytest.mark.parametrize(
    ("expected", "header", "found"),
    [
        ("valid", FORGED, "invalid"),
        ("valid", None, "missing"),
        ("invalid", GENUINE, "valid"),
        ("missing", GENUINE, "valid"),
    ],
)
def test_a_sample_that_is_signed_otherwise_says_how(expected, header, found):
    (objection,) = said(expected, header)

    assert objection.startswith(f"is meant to have a {expected} signature, and it is {found}")


def test_one_byte_more_makes_a_signature_invalid():
    (objection,) = said("valid", GENUINE, raw=RAW + b"\n")

    assert objection.startswith("is meant to have a valid signature, and it is invalid")


def test_a_webhook_without_security_has_no_signature_to_check():
    assert said("valid", GENUINE, security=Security()) == [
        "is meant to have a valid signature, and the webhook's security names no header for one"
    ]
