"""`python -m benchmarks.senders`: PagerDuty's events, signed, over connections that are kept; prints one JSON line.

A process of its own, so that what it takes to send is not what it takes to answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click

PAYLOADS = Path(__file__).parent.parent / "tests" / "payloads" / "webhooks"
SECRET = "WEBHOOK_SECRET"
INCIDENTS = 500
"""So many incidents tell of themselves, over and over."""


def requests(path: str, count: int, run: str) -> list[bytes]:
    """Deliveries with an id each, as they go over the wire; `run` makes the ids others than those of another run."""
    files = [one for one in sorted(PAYLOADS.glob("*.json")) if not one.name.endswith(".headers.json")]
    events = [json.loads(one.read_bytes()) for one in files]
    return [_request(path, events[number % len(events)], f"{run}-{number}", number) for number in range(count)]


def _request(path: str, event: dict[str, dict[str, object]], identifier: str, number: int) -> bytes:
    event["event"]["id"] = identifier
    subject = event["event"]["data"]
    if isinstance(subject, dict) and subject.get("type") == "incident":
        subject["id"] = f"Q{number % INCIDENTS}"
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"User-Agent: PagerDuty-Webhook/V3.0\r\nX-PagerDuty-Signature: v1={signature}\r\nX-Webhook-Id: {identifier}\r\n"
        f"X-Webhook-Subscription: PABCDEF\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """What was sent, and how long each took to be answered, in seconds."""

    def __init__(self, port: int, prepared: list[bytes]) -> None:
        self._port = port
        self._left: Iterator[bytes] = iter(prepared)
        self.latencies: list[float] = []

    async def run(self, connections: int, seconds: float, rate: float | None) -> float:
        """Send for so many seconds, or until nothing is left: as fast as it is answered, or at a rate. Gives the time
        it took."""
        began = time.perf_counter()
        gap = connections / rate if rate else 0.0
        senders = (
            self._send(began + seconds, began + gap * number / connections, gap) for number in range(connections)
        )
        await asyncio.gather(*senders)
        return time.perf_counter() - began

    async def _send(self, end: float, due: float, gap: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while (now := time.perf_counter()) < end and (request := next(self._left, None)):
            if gap and due > now:
                await asyncio.sleep(due - now)
            began = max(due, now) if gap else now  # at a rate, who has to wait for a late answer waits too
            due += gap
            writer.write(request)
            await _acknowledged(reader)
            self.latencies.append(time.perf_counter() - began)
        writer.close()


async def _acknowledged(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 202 " not in head[:20]:
        raise click.ClickException(f"not acknowledged: {head.decode()}")
    await reader.readuntil(b"}")


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--path", required=True)
@click.option("--run", required=True)
@click.option("--count", type=int, default=30_000)
@click.option("--seconds", type=float, default=5.0)
@click.option("--connections", type=int, default=64)
@click.option("--rate", type=float, default=None)
def main(port: int, path: str, run: str, count: int, seconds: float, connections: int, rate: float | None) -> None:
    """Prepare the deliveries, then send them."""
    load = Load(port, requests(path, count, run))
    took = asyncio.run(load.run(connections, seconds, rate))
    cuts = statistics.quantiles(load.latencies, n=100)
    found = {
        "count": len(load.latencies),
        "rate": len(load.latencies) / took,
        "p50": cuts[49],
        "p99": cuts[98],
        "most": max(load.latencies),
    }
    click.echo(json.dumps(found))


if __name__ == "__main__":
    main()
