"""The command `portside`: finds the command's module, and turns every error into one line and an exit code.

Its one rule: nothing a command needs is imported before that command is asked for.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import cast

import click

from portside import __version__
from portside.cli.interrupts import held_back
from portside.cli.streams import Unheard
from portside.errors import Interrupted, PortsideError, Unwritable, Usage

COMMANDS: Mapping[str, str] = {
    "init": "Make a repository that validates, tests and plans at once.",
    "validate": "Check the files: shapes, names, jq.",
    "plan": "Show what apply would do to a catalog.",
    "apply": "Make a catalog hold what the files, or a saved plan, say.",
    "test": "Run every case through its mapping and compare with its golden.",
    "send": "Send one payload through a webhook and explain every expression.",
    "explain": "Show each expression of a webhook as a tree of values and types.",
    "graph": "Draw blueprints, relations and feeds, and what a plan changes.",
    "pull": "Write what a catalog holds into files.",
    "fmt": "Put files in one spelling, comments kept.",
    "entities": "Show the entities of the embedded catalog.",
    "deliveries": "Show what came to the webhooks of the embedded catalog, or replay it.",
    "serve": "Serve the embedded catalog over HTTP, as Port's API answers.",
    "runs": "Show what earlier applies did.",
}
"""Every command and its line in the help, so that showing the help imports none of them."""


class _Commands(click.Group):
    """A group whose commands are modules of this folder, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if name not in COMMANDS:
            return None
        with held_back():
            return cast(click.Command, importlib.import_module(f"portside.cli.{name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="portside %(version)s")
def portside() -> None:
    """GitOps for Port software catalogs: validate, plan, apply, and test every webhook mapping."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit code. What a user can cause ends in one sentence, never in a traceback."""
    color = False if os.environ.get("NO_COLOR") or "--no-color" in arguments else None
    code, message = _ended(list(arguments), color)
    if message:
        click.echo(f"{click.style('Error', fg='red')}: {message}", err=True, color=color)
    return code


def _ended(arguments: list[str], color: bool | None) -> tuple[int, str]:
    """The exit code of a command line, and why it stopped; "" where there is nothing to say."""
    try:
        result = portside.main(arguments, prog_name="portside", standalone_mode=False, color=color)
        sys.stdout.flush()
        return (result if isinstance(result, int) else 0), ""
    except Unheard as error:
        return error.exit_code, "" if error.reader_gone else str(error)
    except PortsideError as error:
        return error.exit_code, str(error)
    except click.UsageError as error:
        hint = f"; '{error.ctx.command_path} --help' shows what it takes" if error.ctx else ""
        return Usage.exit_code, f"{error.format_message().rstrip('.')}{hint}"
    except click.ClickException as error:
        return Unwritable.exit_code, error.format_message()
    except (click.Abort, KeyboardInterrupt) as error:
        if isinstance(error.__cause__, EOFError):  # click takes the end of any file for Ctrl-D at a question
            raise error.__cause__ from None
        return Interrupted.exit_code, "interrupted"
