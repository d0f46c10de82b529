"""Every page that the links of the pages lead to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx

_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


def crawled(client: httpx.Client, start: str = "/catalog") -> Iterator[tuple[str, httpx.Response]]:
    """Each with its path, the first one first."""
    ahead = [start]
    seen = set(ahead)
    for path in ahead:
        answer = client.get(path)
        yield path, answer
        links = dict.fromkeys(html.unescape(link) for link in _LINK.findall(answer.text))
        ahead += [link for link in links if link not in seen]
        seen.update(links)
