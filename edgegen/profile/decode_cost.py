"""What decoding a matrix into RAM costs a convolution, apart from the convolution itself, counted in the emulator."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.emit.artefacts import write
from edgegen.errors import EdgegenError
from edgegen.fixedpoint import Requant
from edgegen.formats.measure import Profiler
from edgegen.ir import Array, Const, Graph, Input, Origin, TensorType
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.pipeline import compile_model
from edgegen.profile.measure import profile_firmware
from edgegen.profile.regions import Entry, Regions, functions
from edgegen.selection.candidates import Options
from edgegen.target import Target
from edgegen.verify.check import interface_of, random_vectors, verify_build
from edgegen.verify.harness import build_firmware

#: C functions that make lookup tables, once per inference
_TABLES = r"eg_huffman_(open|rows_open|single|wide|multi)"
_PREFIX = "layer"


def layer(w: Array) -> Graph:
    """A pointwise convolution of four positions with the matrix as its weights."""
    rows, columns = w.shape
    x = Input(name="x", tensor=TensorType((1, 2, 2, columns)), origin=Origin("", "INPUT", 0, "x"))
    y = Conv2D(
        x=x,
        w=Const(value=w.astype(np.int8).reshape(rows, 1, 1, columns)),
        b=Const(value=np.zeros(rows, dtype=np.int32)),
        window=Window((1, 1)),
        pad_value=0,
        requant=Requant.from_scales([2.0**-10], 0),
        origin=Origin("", "CONV_2D", 0, "layer"),
    )
    return Graph("layer", (x,), (y,), ("y",), sha256="", source="matrix")


def regions_of(elf: Path, kernel: str) -> Regions:
    """The wrapper that decodes as what runs; what makes tables as node 0, what the rows are decoded for as node 1."""
    spans = {re.sub(r"\..*", "", name): span for name, span in functions(elf).items()}
    outer = (kernel, f"{_PREFIX}_n00_conv2d", f"{_PREFIX}_run")
    inner = [name for name in spans if name.startswith(f"{_PREFIX}_") and name not in outer]
    tables = [name for name in spans if re.fullmatch(_TABLES, name)]
    entries = [Entry(i, name, spans[name].start) for i, names in enumerate((tables, inner)) for name in names]
    return Regions(spans[kernel], spans["eg_harness_run"], tuple(sorted(entries, key=lambda e: e.start)))


def profiler(target: Target) -> Profiler:
    """A function (matrix, format name) -> what decoding the matrix row by row costs the kernel unpack of convolutions.

    decode_instructions_per_weight, decode_cycles_per_weight: its loop over the rows. decode_setup_instructions: lookup
    tables made in RAM, once per inference. Nothing where no such kernel takes the matrix.
    """

    def run(w: Array, name: str) -> dict[str, Any]:
        options = Options(formats=(("n00_conv2d", name),), kernels=(("n00_conv2d", "unpack"),))
        try:
            build = compile_model(layer(w), target, options, prefix=_PREFIX, selftest=False)
            if not verify_build(build, random_vectors(build.graph, 1, 0)).bit_exact:
                return {}
            kernel = f"{_PREFIX}_{build.choices[0].chosen.lowered.function.symbol}"
            with tempfile.TemporaryDirectory(prefix="edgegen-decode-") as folder:
                write(Path(folder) / _PREFIX, build.files)
                firmware = build_firmware(Path(folder) / _PREFIX, target, Path(folder) / "build", interface_of(build))
                found = profile_firmware(firmware, regions=regions_of(firmware.elf, kernel))
        except EdgegenError:
            return {}
        rows, tables = found.overhead, [node.instructions for node in found.nodes if node.index == 0]
        return {
            "decode_instructions_per_weight": round(rows.instructions / w.size, 4),
            "decode_cycles_per_weight": None if rows.cycles is None else round(rows.cycles / w.size, 4),
            "decode_setup_instructions": sum(tables),
        }

    return run
