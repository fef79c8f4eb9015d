"""edgegen ops: what can be compiled, and by which kernels."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table

from edgegen.commands.common import console
from edgegen.kernels.base import registry as kernel_registry
from edgegen.ops.base import registry as op_registry


class OpsCommand:
    """List ops and their kernels."""

    name = "ops"
    help = "list the ops and the kernels that execute them"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """None but --json."""

    def run(self, args: argparse.Namespace) -> tuple[dict[str, Any], int]:
        """Schema edgegen.ops/1."""
        ops: list[dict[str, Any]] = []
        for name, op in op_registry().items():
            kernels = [{"name": k.name, "formats": list(k.formats)} for k in kernel_registry() if k.op is op]
            summary = (op.__doc__ or "").strip().splitlines()[0]
            ops.append({"name": name, "summary": summary, "view": op.is_view, "kernels": kernels})
        if not args.json:
            table = Table("op", "kernels (formats)", "meaning")
            for entry in ops:
                lines = "\n".join(f"{k['name']} ({', '.join(k['formats'])})" for k in entry["kernels"])
                table.add_row(entry["name"], "view" if entry["view"] else lines, entry["summary"])
            console().print(table, markup=False)
        return {"schema": "edgegen.ops/1", "ops": ops}, 0
