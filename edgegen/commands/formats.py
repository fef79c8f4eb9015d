"""edgegen formats: the catalogue, and what each format makes of a matrix."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.table import Table

from edgegen.commands.common import console
from edgegen.errors import UsageError
from edgegen.formats.base import registry
from edgegen.formats.measure import run as measure_file
from edgegen.profile.format_cost import profiler
from edgegen.target import load_target


class FormatsCommand:
    """List the weight formats, or measure them on a matrix."""

    name = "formats"
    help = "list the weight formats, or measure them on a matrix"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """--measure and --target."""
        parser.add_argument("--measure", metavar="W.npy", help="a 2-D int8 matrix: what each format makes of it")
        parser.add_argument("--target", "-t", help="with --measure: also run each format's kernel in the emulator")

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Schema edgegen.formats/1."""
        if args.target and not args.measure:
            raise UsageError("--target goes with --measure W.npy: the kernels run on that matrix")
        if args.measure:
            report = measure_file(Path(args.measure), profiler(load_target(args.target)) if args.target else None)
            if not args.json:
                console().print(measured_table(report))
            return report, 0
        found = [
            {"name": f.name, "title": f.title or f.name, "layout": f.layout, "coding": f.coding}
            for f in registry().values()
        ]
        if not args.json:
            table = Table("format", "known as", "layout", "coding")
            for entry in found:
                table.add_row(entry["name"], entry["title"], entry["layout"], entry["coding"])
            console().print(table)
        return {"schema": "edgegen.formats/1", "formats": found}, 0


def measured_table(report: dict[str, Any]) -> Table:
    """Formats by size, smallest first; those that refuse the matrix last, with their reason.

    To decode: cycles per weight of a convolution's row decoder.
    """
    rows, columns = report["shape"]
    title = f"{rows}x{columns}: {report['entropy']:.3f} bits, {report['zeros']} zeros, {report['distinct']} values"
    table = Table(title=title)
    table.add_column("format")
    for name in ("bytes", "bits/weight", "instructions/weight", "cycles/weight", "to decode"):
        table.add_column(name, justify="right")
    table.add_column("")
    for entry in sorted(report["formats"], key=lambda e: (e.get("bytes") is None, e.get("bytes"))):
        size = entry.get("bytes")
        cells = ["" if size is None else f"{size:,}"]
        for key in ("bits_per_weight", "instructions_per_weight", "cycles_per_weight", "decode_cycles_per_weight"):
            value = entry.get(key)
            cells.append("" if value is None else f"{value:.3f}")
        table.add_row(entry["name"], *cells, str(entry.get("reason", "")))
    return table
