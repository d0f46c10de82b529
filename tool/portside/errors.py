"""Why the work stopped. `str(error)` is the whole message: one sentence, what was found and what would help."""

from __future__ import annotations

from collections.abc import Mapping


class PortsideError(Exception):
    """The work cannot go on, for a reason a user can do something about.

    `code` is stable; `exit_code` goes to the shell.
    """

    code = "stopped"
    exit_code = 1


class Usage(PortsideError):
    """The command line, or the settings, ask for something that cannot be."""

    code = "usage"
    exit_code = 64


class Unreadable(PortsideError):
    """A file that is needed is missing, or is not what it should be."""

    code = "unreadable"
    exit_code = 64


class Unwritable(PortsideError):
    """A file could not be written; what stood there before still stands there."""

    code = "unwritable"
    exit_code = 1


class PlanRefused(PortsideError):
    """The plan has dangers that nobody allowed, or asks for something the catalog will never accept."""

    code = "plan-refused"
    exit_code = 1


class StalePlan(PortsideError):
    """The catalog has changed since the plan was made."""

    code = "stale-plan"
    exit_code = 1


class AcceptRefused(PortsideError):
    """A golden would say what its case is not meant to do, or what its blueprint cannot hold."""

    code = "accept-refused"
    exit_code = 1


class Interrupted(PortsideError):
    """Somebody pressed Ctrl-C while something was being written."""

    code = "interrupted"
    exit_code = 130


class CatalogUnreachable(PortsideError):
    """The catalog does not answer, or is not one."""

    code = "catalog-unreachable"
    exit_code = 3


class CatalogHeld(CatalogUnreachable):
    """Another process is applying to this catalog."""

    code = "catalog-held"


class CatalogRefused(PortsideError):
    """The catalog refused a write; `reason` is its own code (Port's `error` field), such as `has_dependents`.

    `details` is what Port adds for programs, such as the property that is meant.
    """

    code = "catalog-refused"
    exit_code = 3

    def __init__(self, message: str, *, reason: str = "", details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.details = details
