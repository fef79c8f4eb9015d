"""Runs a target's C compiler and linker; knows flags and paths, nothing about models."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from edgegen.errors import ToolchainError
from edgegen.target import Target

#: Everything that edgegen compiles, generated or its own, is free of these warnings with gcc and clang.
STRICT_FLAGS = (
    "-std=c99",
    "-pedantic",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Wcast-align",
    "-Wcast-qual",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wundef",
    "-Wdouble-promotion",
    "-Wvla",
    "-Werror",
)

#: Seconds after which a compiler is taken to hang.
COMPILE_TIMEOUT = 300.0
_COMPILERS_AT_ONCE = 4
_MESSAGE_LINES = 20


@dataclass(frozen=True)
class Unit:
    """One source to compile to one object, with macros (``NAME`` or ``NAME=VALUE``) of its own."""

    source: Path
    obj: Path
    defines: tuple[str, ...] = ()


def find_tool(name: str, package: str) -> str:
    """Absolute path of a program.

    Raises:
        ToolchainError: it is not on PATH; the message says which Debian package brings it.
    """
    found = shutil.which(name)
    if found is None:
        hint = f"install it (Debian: apt-get install {package})" if package else "install it"
        raise ToolchainError(f"{name} is not on PATH: {hint}, or correct the name in target.toml")
    return found


def run_tool(argv: Sequence[str], cwd: Path, timeout: float = COMPILE_TIMEOUT) -> str:
    """Run a tool to its end; its standard output.

    Raises:
        ToolchainError: it cannot be started, ends with another status than 0, or takes longer than `timeout` seconds.
    """
    try:
        done = subprocess.run(
            argv, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=timeout
        )
    except subprocess.TimeoutExpired as error:
        raise ToolchainError(f"{argv[0]}: no end after {timeout:.0f} s, stopped") from error
    except OSError as error:
        raise ToolchainError(f"{argv[0]}: cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        shown = "\n".join(lines[:_MESSAGE_LINES])
        raise ToolchainError(f"{' '.join(argv[:1])} failed with status {done.returncode}:\n{shown}")
    return done.stdout


def compile_units(target: Target, units: Sequence[Unit], includes: Sequence[Path]) -> None:
    """Compile every unit with the target's flags and STRICT_FLAGS, several at a time.

    Raises:
        ToolchainError: the compiler is missing or refuses a source; the first refusal in the order of `units`.
    """
    compiler = find_tool(target.toolchain.cc, target.toolchain.package)
    folders = [f"-I{folder}" for folder in includes]

    def compile_one(unit: Unit) -> None:
        defines = [f"-D{macro}" for macro in unit.defines]
        strict = STRICT_FLAGS if unit.source.suffix == ".c" else ()
        flags = [*target.toolchain.cflags, *strict, *defines, *folders]
        run_tool([compiler, *flags, "-c", str(unit.source), "-o", str(unit.obj)], unit.obj.parent)

    with ThreadPoolExecutor(_COMPILERS_AT_ONCE) as pool:
        for _ in pool.map(compile_one, units):
            pass


def link(target: Target, objects: Sequence[Path], elf: Path, map_file: Path) -> None:
    """Link to an ELF file and write the linker's map.

    A port's ``link.ld`` gets each memory region as symbols ``EG_<REGION>_ORIGIN`` and ``EG_<REGION>_SIZE``.

    Raises:
        ToolchainError: the compiler driver is missing or the program does not link, e.g. because a memory is too small.
    """
    driver = find_tool(target.toolchain.cc, target.toolchain.package)
    script = target.port / "link.ld"
    layout = ["-T", str(script)] if script.is_file() else []
    for name, region in target.memory.items():
        layout.append(f"-Wl,--defsym=EG_{name.upper()}_ORIGIN={region.origin:#x}")
        layout.append(f"-Wl,--defsym=EG_{name.upper()}_SIZE={region.size:#x}")
    flags = [*target.toolchain.cflags, *layout, "-Xlinker", f"-Map={map_file}"]
    names = [str(obj) for obj in objects]
    run_tool([driver, *flags, *names, *target.toolchain.ldflags, "-o", str(elf)], elf.parent)
