"""The options that commands share: same name, same meaning everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Output(NamedTuple):
    """One `--format NAME[=FILE]`: `path` None is standard output."""

    format: str
    path: Path | None = None


class _Format(click.ParamType[Output]):
    """NAME or NAME=FILE, with NAME one of those that the command knows."""

    name = "format"

    def __init__(self, *names: str) -> None:
        self.names = names

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002
        return f"{'|'.join(self.names)}[=FILE]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        if isinstance(value, Output):
            return value
        name, equals, path = str(value).partition("=")
        if name not in self.names:
            self.fail(f"'{name}' is not a format of this command; it has {', '.join(self.names)}", param, ctx)
        if equals and not path:
            self.fail(f"'{value}' names no file", param, ctx)
        return Output(name, Path(path) if path else None)


def root(command: Command) -> Command:
    """`--root DIR`: where catalog/, mappings/ and portside.yaml are."""
    return click.option(
        "--root",
        type=click.Path(path_type=Path, readable=False),
        default=Path(),
        metavar="DIR",
        help="Where catalog/, mappings/ and portside.yaml are; the current folder unless given.",
    )(command)


def catalog(command: Command) -> Command:
    """`--catalog NAME`: which catalog of portside.yaml; the default one unless given."""
    return click.option(
        "--catalog", metavar="NAME", default=None, help="A catalog of portside.yaml; the embedded one unless it says."
    )(command)


def handed_on(ctx: click.Context, group: click.Group, given: Mapping[str, Any]) -> None:
    """Let the options of a group be those of its commands too: what is not said after a command was said before it."""
    ctx.default_map = {name: dict(given) for name in group.commands}


def formats(*names: str) -> Callable[[Command], Command]:
    """`--format NAME[=FILE]`, repeatable; the first name is the default, on standard output."""
    return click.option(
        "--format",
        "outputs",
        type=_Format(*names),
        multiple=True,
        help="How to show it, and where; may be given several times.",
    )


def quiet(command: Command) -> Command:
    """`-q`: only what is wrong, and the last line."""
    return click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong, and the last line.")(command)


def verbose(command: Command) -> Command:
    """`-v`: everything there is to say."""
    return click.option("-v", "--verbose", is_flag=True, help="Say more.")(command)


def color(command: Command) -> Command:
    """`--no-color`; what it does is done in main.py, for errors too."""
    help_text = "Plain text; so do NO_COLOR and anything that is no terminal."
    return click.option("--no-color", is_flag=True, expose_value=False, help=help_text)(command)


def answers_questions() -> bool:
    """Whether somebody sits at the terminal who could answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
