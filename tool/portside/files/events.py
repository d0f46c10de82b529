"""YAML text to events, by libyaml where PyYAML has it, else by PyYAML itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.scanner import ScannerError

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def next_event(text: str) -> Callable[[], Any]:
    """A function that gives the next event each time, and None after the last; both parsers give the same events.

    It raises yaml.YAMLError where the text is not YAML.
    """
    if yaml.__with_libyaml__:
        get_event: Callable[[], Any] = yaml.CBaseLoader(text).get_event
        return get_event
    return _checked(yaml.BaseLoader(text).get_event)


def _checked(get_event: Callable[[], Any]) -> Callable[[], Any]:
    """PyYAML itself takes escapes for half a character, which libyaml refuses."""

    def next_checked() -> Any:
        event = get_event()
        if isinstance(event, yaml.ScalarEvent) and _HALF_CHARACTER.search(event.value):
            raise ScannerError(None, None, "found invalid Unicode character escape code", event.start_mark)  # type: ignore[arg-type]
        return event

    return next_checked
