"""Commands and their options; the logic is elsewhere.

Exit codes: 0 ok, 1 a check or a budget failed or the output cannot be written, 2 usage, 3 unsupported or invalid model,
4 toolchain or emulator missing, 130 interrupted. With --json stdout holds one JSON object and nothing else; messages
and progress go to stderr.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from typing import Any, NoReturn

import edgegen
from edgegen.errors import EdgegenError, OutputError, UsageError

ERROR_SCHEMA = "edgegen.error/1"
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """argparse that reports through EdgegenError, so that --json holds for usage errors too; options in full only."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    from edgegen.commands import COMMANDS  # a second of imports, which an interrupt may hit: not before main()

    top = Parser(
        prog="edgegen",
        description="Compile quantized neural networks to verified fixed-point C for microcontrollers.",
        epilog="Exit codes: 0 ok, 1 check or budget failed, 2 usage, 3 unsupported or invalid model, 4 tool missing,"
        " 130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"edgegen {edgegen.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        command.add_options(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else there")
        sub.set_defaults(run=command.run)
    return top


def fail(error: EdgegenError, as_json: bool) -> int:
    """Say what went wrong, in the form that was asked for."""
    if as_json:
        refusals = [dict(vars(r)) for r in getattr(error, "refusals", ())]
        with suppress(OutputError):  # what stderr says below is the more important
            print_json(error_json(type(error).__name__, str(error), error.exit_code, refusals))
    print(f"edgegen: error: {error}", file=sys.stderr)
    return error.exit_code


def error_json(name: str, message: str, exit_code: int, refusals: list[dict[str, Any]]) -> dict[str, Any]:
    """The object of schema edgegen.error/1."""
    return {"schema": ERROR_SCHEMA, "error": name, "message": message, "exit_code": exit_code, "refusals": refusals}


def print_json(report: dict[str, Any]) -> None:
    """One object on stdout."""
    emit(json.dumps(report, indent=1) + "\n")


def emit(text: str) -> None:
    """Write to stdout, whole. Raises OutputError where it takes nothing, as a full disk does."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_stdout()
        raise OutputError(f"stdout cannot be written: {error.strerror}") from error


def _drop_stdout() -> None:
    """Let go of what cannot be written, or Python complains once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(argv: Sequence[str]) -> int:
    args, unknown = parser().parse_known_args(argv)
    if unknown:
        raise UsageError(f"unrecognized arguments: {' '.join(unknown)} (see edgegen {args.command} --help)")
    if sys.stdout.isatty():
        report, status = args.run(args)
    else:
        with redirect_stdout(io.StringIO()) as text:
            report, status = args.run(args)
        emit(text.getvalue())
    if args.json:
        print_json(report)
    return int(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    as_json = "--json" in arguments
    # A closed stream is None. Opening the null device takes its number, which no other file must get.
    sys.stdout, sys.stderr = (s or open(os.devnull, "w") for s in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names in models may hold what the terminal cannot show
    try:
        return _run(arguments)
    except EdgegenError as error:
        return fail(error, as_json)
    except KeyboardInterrupt:
        if as_json:
            print_json(error_json("KeyboardInterrupt", "interrupted", INTERRUPTED, []))
        print("edgegen: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()  # its reader has gone; what it wanted, it has
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return fail(OutputError(f"{where}{error.strerror or error}"), as_json)
    except MemoryError:
        return fail(OutputError("not enough memory for this model"), as_json)


if __name__ == "__main__":
    raise SystemExit(main())
