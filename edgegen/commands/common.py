"""Options and steps that several commands share."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from edgegen.build import Build
from edgegen.errors import UsageError
from edgegen.formats.base import canonical_name
from edgegen.frontends import load
from edgegen.frontends.tflite.context import Runtime
from edgegen.ir import Graph
from edgegen.kernels.base import registry as kernels
from edgegen.pipeline import Dump, compile_model
from edgegen.printer import print_graph
from edgegen.quantization import load_calibrated
from edgegen.selection.candidates import Options
from edgegen.target import Target, load_target

_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line: a reader that has seen enough is no error."""
        raise BrokenPipeError


def console() -> Console:
    """For tables on stdout: as wide as the terminal, 120 columns when there is none."""
    return _Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def count(text: str) -> int:
    """A whole number, 1 or more."""
    if not re.fullmatch(r"\d+", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a count; write a whole number, 1 or more")
    return int(text)


def byte_size(text: str) -> int:
    """65536, 64K, 1M, with or without a trailing B."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmM]?)i?[bB]?", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; write 65536, 64K or 1M")
    return int(Fraction(match.group(1)) * _UNITS[match.group(2).lower()])


def latency(text: str) -> int:
    """20ms@80MHz -> cycles."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s)@(\d+(?:\.\d+)?)\s*([kM]?)Hz", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a latency; write 20ms@80MHz")
    seconds = Fraction(match.group(1)) / {"us": 10**6, "ms": 1000, "s": 1}[match.group(2)]
    return int(seconds * Fraction(match.group(3)) * {"": 1, "k": 1000, "M": 10**6}[match.group(4)])


def pair(text: str) -> tuple[str, str]:
    """NODE=NAME."""
    node, sign, name = text.partition("=")
    if not sign or not node or not name:
        raise argparse.ArgumentTypeError(f"'{text}' must be NODE=NAME, e.g. n03_conv2d=int8")
    return node, name


def add_compile_options(parser: argparse.ArgumentParser, default_target: str | None = "cortex-m4") -> None:
    """The options that decide what is generated."""
    parser.add_argument("--target", "-t", default=default_target, help="name (edgegen targets) or path of a .toml file")
    parser.add_argument("--prefix", help="prefix of all C names; default: from the model's file name")
    parser.add_argument("--optimize", choices=("size", "speed", "balanced"), default="balanced")
    parser.add_argument("--flash", type=byte_size, metavar="BYTES", help="budget for constants and kernels, e.g. 64K")
    parser.add_argument("--ram", type=byte_size, metavar="BYTES", help="budget for the arena with workspaces")
    parser.add_argument("--cycles", type=count, metavar="N", help="budget for one inference, cycles")
    parser.add_argument("--latency", type=latency, metavar="TIME@CLOCK", help="the same as a time, e.g. 20ms@80MHz")
    parser.add_argument("--format", type=pair, action="append", default=[], metavar="NODE=NAME", dest="formats")
    parser.add_argument("--kernel", type=pair, action="append", default=[], metavar="NODE=NAME", dest="kernels")
    parser.add_argument(
        "--weights", choices=("c", "bin"), default="c", help="C arrays, or one external file for <prefix>_open()"
    )
    parser.add_argument(
        "--calibrate", metavar="F.npz", help="quantise a float or hybrid model by these inputs (floats, model's units)"
    )
    parser.add_argument("--rounding", choices=("litert", "tflm"), default="litert", help="fully connected rounding")


def options_of(args: argparse.Namespace) -> Options:
    """Selection options from the command line; a name that no format or kernel has is a usage error."""
    formats = [(node, canonical_name(name)) for node, name in args.formats]
    _check_names("--format", formats, {name for kernel in kernels() for name in kernel.formats})
    _check_names("--kernel", args.kernels, {kernel.name for kernel in kernels()})
    cycles = [c for c in (args.cycles, args.latency) if c is not None]
    return Options(
        args.optimize, args.flash, args.ram, min(cycles) if cycles else None, tuple(formats), tuple(args.kernels)
    )


def _check_names(option: str, pairs: list[tuple[str, str]], known: set[str]) -> None:
    for node, name in pairs:
        if name not in known:
            raise UsageError(f"{option} {node}={name}: there is no '{name}'; there are: {', '.join(sorted(known))}")


def load_model(path: str, rounding: str = "litert", calibrate: str | None = None) -> Graph:
    """Read a model, quantised by the inputs in `calibrate` if given; a folder is a usage error."""
    file = Path(path)
    if file.is_dir():
        raise UsageError(f"{path} is a folder; give a model file")
    runtime: Runtime = "tflm" if rounding == "tflm" else "litert"
    return load(file, runtime) if calibrate is None else load_calibrated(file, calibrate, runtime)


def compile_from(args: argparse.Namespace, *, amalgamate: bool = False, dump: Dump | None = None) -> Build:
    """Load and compile what the arguments name."""
    target: Target = load_target(args.target)
    graph = load_model(args.model, args.rounding, args.calibrate)
    return compile_model(
        graph,
        target,
        options_of(args),
        prefix=args.prefix,
        amalgamate=amalgamate,
        external=args.weights == "bin",
        dump=dump,
    )


def dumper(wanted: str | None) -> Dump | None:
    """Print the graph after the named pass to stderr."""
    if wanted is None:
        return None
    known = ["import", *(name for name, _ in _passes())]
    if wanted not in known:
        raise UsageError(f"--dump-after {wanted}: there are {', '.join(known)}")

    def dump(name: str, graph: Graph) -> None:
        if name == wanted:
            sys.stderr.write(print_graph(graph))

    return dump


def _passes() -> tuple[tuple[str, object], ...]:
    from edgegen.passes import PASSES

    return PASSES


@contextmanager
def progress_bar(title: str, total: int) -> Iterator[Progress]:
    """A bar on stderr, only on a terminal; the caller advances task 0."""
    err = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        bar.add_task(title, total=total)
        yield bar
