"""edgegen targets: what can be compiled for."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table

from edgegen.commands.common import console
from edgegen.target import list_targets, load_target


class TargetsCommand:
    """List the built-in targets."""

    name = "targets"
    help = "list the built-in targets"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """None but --json."""

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Schema edgegen.targets/1."""
        found = [load_target(name) for name in list_targets()]
        if not args.json:
            table = Table("target", "description", "compiler", "emulator", "features")
            for t in found:
                runner = t.emulator.argv[0] if t.emulator else "-"
                table.add_row(t.name, t.description, t.toolchain.cc, runner, " ".join(t.isa.features))
            console().print(table)
        targets = [
            {
                "name": t.name,
                "description": t.description,
                "compiler": t.toolchain.cc,
                "cflags": list(t.toolchain.cflags),
                "emulator": t.emulator.argv[0] if t.emulator else None,
                "features": list(t.isa.features),
            }
            for t in found
        ]
        return {"schema": "edgegen.targets/1", "targets": targets}, 0
