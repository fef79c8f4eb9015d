"""What ``make demo`` runs: the digits model as firmware for a Cortex-M4, judged on every held-out image in QEMU.

Prints a table per layer, the accuracy on the target, whether every output is bit-exact, and flash, RAM and stack.
Ends with status 1 when an output differs from the reference.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import edgegen
from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.errors import EdgegenError
from edgegen.report import build_json
from edgegen.verify.check import Report, Vectors, load_vectors, verify_build

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
OUTPUT = Path("build") / "digits"
TARGET = "cortex-m4"


def run_all(console: Console, build: Build, vectors: Vectors) -> Report:
    """Runs the firmware on every image; a bar moves while it does, if somebody can see it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"images on {TARGET} in QEMU", total=len(vectors.inputs))
        return verify_build(build, vectors, progress=lambda done: progress.advance(task, done))


def layer_table(build: Build) -> Table:
    """What each layer computes, how, and what it costs; narrow enough for 80 columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("op", "output", "kernel", "format"):
        table.add_column(name, no_wrap=True)
    for name in ("MACs", "weight bytes"):
        table.add_column(name, justify="right", no_wrap=True)
    for layer in build_json(build)["layers"]:
        shape = "x".join(map(str, layer["shape"][1:]))
        costs = (f"{layer['macs']:,}", f"{layer['weight_bytes']:,}")
        table.add_row(layer["op"], shape, layer["kernel"], layer["format"], *costs)
    return table


def print_verdict(console: Console, report: Report) -> None:
    """Accuracy, bit-exactness and sizes, as measured on the firmware that ran."""
    count, sizes = report.vectors, report.firmware.sizes
    assert report.accuracy is not None
    right = round(report.accuracy * count)
    console.print(f"accuracy  {report.accuracy:.1%}: {right} of {count} held-out images, on {TARGET} in QEMU")
    verdict = "bit-exact" if report.bit_exact else "NOT bit-exact"
    console.print(f"outputs   {verdict}: {count - report.mismatches} of {count} equal the reference in every bit")
    if report.first is not None:
        console.print(f"          {report.first}")
    console.print(f"flash     {sizes.flash:,} bytes: weights and tables {sizes.constants:,}, code {sizes.code:,}")
    console.print(f"RAM       {sizes.ram:,} bytes, all of it in struct digits; stack {report.stack or 0:,} bytes")


def main() -> int:
    """Build, run, compare, report."""
    console = Console(highlight=False)
    graph = edgegen.load(HERE / "digits_int8.onnx")
    build = edgegen.compile_model(graph, target=TARGET, prefix="digits")
    write(PROJECT / OUTPUT, build.files)
    report = run_all(console, build, load_vectors(HERE / "digits_test.npz", build.graph))
    console.print(layer_table(build), "", sep="\n")
    print_verdict(console, report)
    console.print(f"C source  {OUTPUT} (its README.md says how to put it into a firmware)")
    return 0 if report.bit_exact else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EdgegenError as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
