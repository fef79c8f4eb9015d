"""Runs a linked program in a target's emulator, never longer than it may."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgegen.errors import ToolchainError, UsageError
from edgegen.target import Emulator, Target
from edgegen.verify.toolchain import find_tool

#: Seconds after which a run is taken to hang.
RUN_TIMEOUT = 600.0
_MESSAGE_CHARACTERS = 2000


@dataclass(frozen=True)
class Outcome:
    """How a program ended: exit status (negative: killed by that signal) and what it or the emulator printed."""

    status: int
    text: str


def command(emulator: Emulator, elf: Path, args: Sequence[str]) -> list[str]:
    """The emulator's argument list, with ``{elf}`` and ``{args}`` filled in (see `Emulator`)."""
    joined = ",".join(f"arg={word.replace(',', ',,')}" for word in args)
    words: list[str] = []
    for word in emulator.argv:
        if word == "{args}":
            words.extend(args)
        else:
            words.append(word.replace("{elf}", str(elf)).replace("{args}", joined))
    return words


def run_program(
    target: Target,
    elf: Path,
    args: Sequence[str],
    cwd: Path,
    timeout: float = RUN_TIMEOUT,
    options: Sequence[str] = (),
) -> Outcome:
    """Run a program to its end.

    Args:
        elf: absolute path. args: the program's arguments (no spaces). cwd: folder that relative file names mean.
        timeout: seconds. options: appended to the emulator's own.

    Raises:
        UsageError: the target has no emulator.
        ToolchainError: the emulator is missing, cannot be started or takes too long.
    """
    if target.emulator is None:
        raise UsageError(f"target {target.name} has no [emulator]: programs can be built for it, not run")
    words = command(target.emulator, elf, args)
    program = words[0] if words[0] == str(elf) else find_tool(words[0], target.emulator.package)
    try:
        done = subprocess.run(
            [program, *words[1:], *options],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        printed = _text(error.stdout)
        raise ToolchainError(f"{words[0]}: no end after {timeout:.0f} s, stopped{printed}") from error
    except OSError as error:
        raise ToolchainError(f"{words[0]}: cannot be started: {error.strerror}") from error
    return Outcome(done.returncode, _text(done.stdout).removeprefix(": "))


def _text(printed: bytes | None) -> str:
    text = (printed or b"").decode("utf-8", "replace").strip()[:_MESSAGE_CHARACTERS]
    return f": {text}" if text else ""
