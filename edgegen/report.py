"""What the commands say: JSON objects with stable keys, and tables for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from rich.table import Table

import edgegen
from edgegen.build import Build
from edgegen.ir import Array, Const, Graph, Op
from edgegen.quantization.report import calibration_json
from edgegen.selection.candidates import Group
from edgegen.selection.problem import NODE_CODE, totals

BUILD_SCHEMA = "edgegen.build/1"
INSPECT_SCHEMA = "edgegen.inspect/1"


def dense_bytes(op: Op) -> int:
    """Bytes of the op's weights stored one byte each."""
    weights = getattr(op, "w", None)
    return int(weights.value.size) if isinstance(weights, Const) else 0


def entropy_bits(values: Array) -> float:
    """Zero-order entropy in bits per element."""
    _, counts = np.unique(values, return_counts=True)
    shares = counts / values.size
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def code_bytes(build: Build) -> int:
    """Predicted machine code of the build: its kernels, each once, and the nodes' own functions and calls."""
    return totals([choice.chosen for choice in build.choices]).code + NODE_CODE * len(build.choices)


def build_json(build: Build) -> dict[str, Any]:
    """Schema edgegen.build/1. flash.code is the predicted size of the code; verify and profile measure the linked ELF.

    A layer's flash and weight_bytes are what it adds to the layers before it: a table that several layers read counts
    in the first of them, so that the flash of all layers is flash.weights.
    """
    layers = [
        {
            "name": step.name,
            "op": step.op.op_name,
            "origin": str(step.op.origin),
            "shape": list(step.op.type.shape),
            "kernel": step.choice.chosen.kernel.name,
            "format": step.choice.chosen.format,
            "code": code_json(step.choice.chosen.group),
            "macs": step.op.macs(),
            "weight_bytes": build.plan.sharing.weight_bytes(step.name, step.choice.chosen.lowered),
            "dense_bytes": dense_bytes(step.op),
            "flash": build.plan.sharing.flash(step.name, step.choice.chosen.lowered),
            "workspace": step.choice.chosen.lowered.workspace,
            "instructions": round(step.choice.chosen.lowered.instructions),
        }
        for step in build.plan.steps
    ]
    return {
        "schema": BUILD_SCHEMA,
        "version": edgegen.__version__,
        "model": {"file": build.graph.source, "sha256": build.graph.sha256},
        "notes": list(build.graph.notes),
        "calibration": calibration_json(build.graph.calibration),
        "prefix": build.prefix,
        "target": build.target.name,
        "optimize": build.options.optimize,
        "files": sorted(build.files),
        "flash": {
            "weights": sum(layer["flash"] for layer in layers),
            "code": code_bytes(build),
        },
        "ram": {
            "arena": build.plan.arena,
            "workspace": build.plan.workspace,
            "state": 0,
            "lower_bound": build.plan.lower_bound,
            "method": build.plan.method,
        },
        "instructions": sum(layer["instructions"] for layer in layers),
        "layers": layers,
        "shared": shared_json(build),
    }


def code_json(group: Group | None) -> dict[str, Any] | None:
    """A code that was made for several layers: its number and theirs; None for a code of a layer's own."""
    return {"group": group.number, "layers": list(group.members)} if group else None


def shared_json(build: Build) -> list[dict[str, Any]]:
    """Tables that several layers read. They are stored once, and counted in the flash of the first of the layers."""
    return [
        {"name": found.name, "bytes": found.table.stored_bytes, "layers": list(found.users)}
        for found in build.plan.sharing.tables
    ]


def layer_table(build: Build) -> Table:
    """One row per layer: op, shape, kernel, format, MACs, weight bytes."""
    table = Table(title=f"{build.prefix} for {build.target.name}")
    for name in ("layer", "op", "output", "kernel", "format"):
        table.add_column(name)
    for name in ("MACs", "weight bytes", "dense bytes"):
        table.add_column(name, justify="right")
    for layer in build_json(build)["layers"]:
        table.add_row(
            layer["name"],
            layer["op"],
            "x".join(map(str, layer["shape"])),
            layer["kernel"],
            layer["format"],
            f"{layer['macs']:,}",
            f"{layer['weight_bytes']:,}",
            f"{layer['dense_bytes']:,}",
        )
    return table


def _quant_json(op_type: Any) -> dict[str, Any] | None:
    quant = op_type.quant
    if quant is None:
        return None
    return {"scale": list(quant.scale), "zero_point": list(quant.zero_point), "axis": quant.axis}


def weights_json(op: Op) -> dict[str, Any] | None:
    """Distinct values, zeros and entropy of an op's weights."""
    weights = getattr(op, "w", None)
    if not isinstance(weights, Const):
        return None
    values = weights.value
    counts = Counter(np.ravel(values).tolist())
    return {
        "shape": list(values.shape),
        "count": int(values.size),
        "distinct": len(counts),
        "zeros": counts.get(0, 0),
        "entropy_bits": round(entropy_bits(values), 4),
        "entropy_bytes": round(entropy_bits(values) * values.size / 8, 1),
    }


def inspect_json(graph: Graph) -> dict[str, Any]:
    """Schema edgegen.inspect/1: the graph with shapes, quantization parameters, MACs and weight statistics."""
    return {
        "schema": INSPECT_SCHEMA,
        "version": edgegen.__version__,
        "model": {"file": graph.source, "sha256": graph.sha256, "name": graph.name},
        "notes": list(graph.notes),
        "calibration": calibration_json(graph.calibration),
        "inputs": [
            {"name": n.name, "shape": list(n.type.shape), "dtype": n.type.dtype, "quant": _quant_json(n.type)}
            for n in graph.inputs
        ],
        "outputs": [
            {"shape": list(n.type.shape), "dtype": n.type.dtype, "quant": _quant_json(n.type)} for n in graph.outputs
        ],
        "macs": sum(op.macs() for op in graph.ops),
        "nodes": [
            {
                "op": op.op_name,
                "origin": str(op.origin),
                "shape": list(op.type.shape),
                "dtype": op.type.dtype,
                "quant": _quant_json(op.type),
                "macs": op.macs(),
                "weights": weights_json(op),
            }
            for op in graph.ops
        ],
    }


def inspect_table(graph: Graph) -> Table:
    """The same for people."""
    table = Table(title=f"{graph.source}: {sum(op.macs() for op in graph.ops):,} MACs")
    for name in ("op", "output", "scale, zero point"):
        table.add_column(name)
    for name in ("MACs", "weights", "distinct", "zeros", "entropy (bits)"):
        table.add_column(name, justify="right")
    for op in graph.ops:
        quant, stats = op.type.quant, weights_json(op)
        table.add_row(
            op.op_name,
            str(op.type),
            f"{quant.scale[0]:.6g}, {quant.zero_point[0]}" if quant else "",
            f"{op.macs():,}",
            *(
                (
                    f"{stats['count']:,}",
                    str(stats["distinct"]),
                    f"{stats['zeros'] / stats['count']:.1%}",
                    f"{stats['entropy_bits']:.3f}",
                )
                if stats
                else ("", "", "", "")
            ),
        )
    return table
