"""A real browser for tests: Debian's Chromium, headless, that notes whatever it complains of and asks for elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Window(NamedTuple):
    """A page of the browser; `complaints` has the errors of its console, `strangers` requests to anywhere else."""

    page: Any
    complaints: list[str]
    strangers: list[str]


class Browser(NamedTuple):
    """A running browser and the one address that it should ask."""

    running: Any
    base: str

    @contextmanager
    def window(self, **options: Any) -> Iterator[Window]:
        """A window without a past; `options` as playwright's new_context. Whatever was complained of fails the test."""
        context = self.running.new_context(base_url=self.base, **options)
        window = Window(context.new_page(), [], [])
        window.page.on(
            "console", lambda said: said.type in ("error", "warning") and window.complaints.append(said.text)
        )
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", lambda asked: asked.url.startswith(self.base) or window.strangers.append(asked.url))
        try:
            yield window
            assert (window.complaints, window.strangers) == ([], [])
        finally:
            context.close()


@contextmanager
def browsing(base: str) -> Iterator[Browser]:
    """A browser for the pages at an address. Without Chromium: a failure where CI is set, elsewhere a skip."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no chromium; install Debian's package of that name")
        pytest.skip("there is no chromium; install Debian's package of that name")
    from playwright.sync_api import sync_playwright

    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        try:
            yield Browser(running, base)
        finally:
            running.close()
