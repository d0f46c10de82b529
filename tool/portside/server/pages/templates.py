"""Templates to HTML.

The rule: everything is escaped, and a template that names what is not there fails.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from portside.problems import dotted
from portside.report import deliveries
from portside.server.pages import addresses, static, values
from portside.server.pages.asked import Page
from portside.server.pages.blueprints import how

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


def html(page: Page) -> str:
    """The whole page."""
    return _environment().get_template(page.template).render(page.values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # late: a request for a page needs it, no other

    found = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals |= {"static": static.address, "to": addresses, "counted": values.counted}
    found.filters |= {
        "did": deliveries.did,
        "dotted": dotted,
        "how": how,
        "line": values.line,
        "moment": values.moment,
        "sentence": values.sentence,
        "shown": values.shown,
        "spelled": values.as_json,
    }
    return found
