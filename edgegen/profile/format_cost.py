"""What a format's fully connected kernel costs on a target: one layer compiled and run under the profile plugin."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.emit.artefacts import write
from edgegen.errors import EdgegenError
from edgegen.fixedpoint import Requant
from edgegen.formats.measure import Profiler
from edgegen.ir import Array, Const, Graph, Input, Origin, TensorType
from edgegen.kernels.base import registry
from edgegen.ops.fully_connected import FullyConnected
from edgegen.pipeline import compile_model
from edgegen.profile import decode_cost
from edgegen.profile.measure import profile
from edgegen.selection.candidates import Options
from edgegen.target import Target
from edgegen.verify.check import interface_of, random_vectors, verify_build


def layer(w: Array) -> Graph:
    """One fully connected layer with the matrix as its weights."""
    rows, columns = w.shape
    x = Input(name="x", tensor=TensorType((1, columns)), origin=Origin("", "INPUT", 0, "x"))
    scale = 60.0 / (74.0 * max(float(np.sqrt((w.astype(np.float64) ** 2).sum(axis=1).max())), 1.0))
    y = FullyConnected(
        x=x,
        w=Const(value=w.astype(np.int8)),
        b=Const(value=np.zeros(rows, dtype=np.int32)),
        requant=Requant.from_scales([min(scale, 0.5)], 0),
        origin=Origin("", "FULLY_CONNECTED", 0, "layer"),
    )
    return Graph("layer", (x,), (y,), ("y",), sha256="", source="matrix")


def profiler(target: Target) -> Profiler:
    """A function (matrix, format name) -> instructions and cycles per weight, or the reason why there are none.

    Of the fully connected kernel, and what decoding costs a convolution.
    """
    decoding = decode_cost.profiler(target)

    def run(w: Array, name: str) -> dict[str, Any]:
        return multiplied(w, name) | decoding(w, name)

    def multiplied(w: Array, name: str) -> dict[str, Any]:
        if not any(k.op is FullyConnected and name in k.formats for k in registry()):
            return {"kernel": None}
        options = Options(optimize="speed", formats=(("n00_fully_connected", name),))
        try:
            build = compile_model(layer(w), target, options, prefix="layer", selftest=False)
            report = verify_build(build, random_vectors(build.graph, 2, 0))
            with tempfile.TemporaryDirectory(prefix="edgegen-formats-") as folder:
                write(Path(folder) / "layer", build.files)
                node = profile(Path(folder) / "layer", target, interface_of(build)).nodes[0]
        except EdgegenError as error:
            return {"kernel": None, "reason": str(error)}
        return {
            "kernel": build.choices[0].chosen.kernel.name,
            "bit_exact": report.bit_exact,
            "instructions_per_weight": round(node.instructions / w.size, 4),
            "cycles_per_weight": None if node.cycles is None else round(node.cycles / w.size, 4),
        }

    return run
