"""The front door: one thin module a command; the one place where errors become lines and exit codes."""
