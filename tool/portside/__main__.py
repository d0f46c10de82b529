"""The door: `python -m portside` and the command `portside`. Its one rule: `--version` costs no import."""

import gc
import sys

YOUNG = 50_000
"""Objects made between two looks for garbage. What a command reads it keeps, so looking every 700, as Python does by
itself, finds nothing and costs a tenth of the time of a large plan."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(YOUNG, 50, 50)
    if sys.argv[1:] == ["--version"]:
        from portside import __version__

        print(f"portside {__version__}")
        return
    try:
        from portside.cli.main import run
        from portside.cli.streams import ready

        ready()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while a command was being loaded, or for the second time
        if sys.stderr:
            sys.stderr.write("Error: interrupted\n")
        code = 130
    gc.freeze()  # or the interpreter looks for garbage on its way out: 12 ms for what goes with the process anyway
    sys.exit(code)


if __name__ == "__main__":
    main()
