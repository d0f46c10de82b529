"""The one thing in a mapping that is never the same twice: jq's `now`. Pure."""

from __future__ import annotations

from portside.jq.quotes import rewrite
from portside.jq.tokens import Kind, lex
from portside.model.webhook import Webhook


def reads(webhook: Webhook) -> bool:
    """Whether a mapping asks what time it is."""
    return any(_asks(text) for mapping in webhook.mappings for _, text in mapping.expressions() if "now" in text)


def _asks(text: str) -> bool:
    """`now` as a word of jq: no text, no field, and not the key in {now: …}."""
    tokens = lex(rewrite(text)).tokens
    following = [token.text for token in tokens[1:]] + [""]
    return any(
        token.kind is Kind.NAME and token.text == "now" and after != ":"
        for token, after in zip(tokens, following, strict=True)
    )


def seconds(instant: str) -> float | None:
    """An instant in ISO 8601 as jq's clock shows it, in seconds since 1970; None for none."""
    from datetime import datetime  # late: only few cases set a clock

    return datetime.fromisoformat(instant).timestamp() if instant else None
