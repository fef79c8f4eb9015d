"""edgegen formats: the catalogue, and what each format makes of a matrix."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table

from edgegen.commands.common import console
from edgegen.formats.base import registry


class FormatsCommand:
    """List the weight formats."""

    name = "formats"
    help = "list the weight formats, or measure them on a matrix"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """None but --json."""

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Schema edgegen.formats/1."""
        found = [{"name": f.name, "layout": f.layout, "coding": f.coding} for f in registry().values()]
        if not args.json:
            table = Table("format", "layout", "coding")
            for entry in found:
                table.add_row(entry["name"], entry["layout"], entry["coding"])
            console().print(table)
        return {"schema": "edgegen.formats/1", "formats": found}, 0
