"""fully_connected with dense weights of few bits: int4, int2, palette, binary and ternary planes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored
from edgegen.kernels.fc_cser import require_exact
from edgegen.target import Target


class FullyConnectedPacked(CompressedFullyConnected):
    """int4 or int2: masked fields go into SMLAD as they are, two rows share the widened inputs."""

    name = "packed"
    template = "fc_packed.c.j2"
    portable = 4.0

    def __init__(self, bits: int) -> None:
        self.formats = (f"int{bits}",)  # type: ignore[misc]
        self.bits = bits
        self.code_bytes = 550 if bits == 4 else 640  # type: ignore[misc]
        group = 26.0 if bits == 4 else 47.7
        self.costs = {"group": group, "tail": 17.0, "chunk": 20.0, "row": 44.0}  # type: ignore[misc]

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored(self.formats[0], w)
        fields = 8 // self.bits
        group = 4 * fields
        # |sum| <= chunk * group * 2**(bits - 1) * 128, times 2**(16 - bits), stays below 2**31
        chunk = ((1 << 15 + self.bits) - 1) // (group << self.bits + 6)
        whole = w.shape[1] // group
        pairs = (w.shape[0] + 1) // 2
        mask = ((1 << self.bits) - 1) << (16 - self.bits)
        return Packed(
            named(encoded, "weights"),
            work={
                "group": pairs * whole,
                "tail": pairs * (w.shape[1] % group),
                "chunk": pairs * -(-whole // chunk),
                "row": w.shape[0],
            },
            params={"stride": (w.shape[1] + fields - 1) // fields},
            context={
                "bits": self.bits,
                "fields": fields,
                "group": group,
                "chunk": chunk,
                "mask": f"0x{mask << 16 | mask:08X}U",
            },
        )


class FullyConnectedPalette(CompressedFullyConnected):
    """As many indices per load as 25 bits hold."""

    name = "codebook"
    formats = ("palette",)
    template = "fc_palette.c.j2"
    code_bytes = 510
    costs: ClassVar[Mapping[str, float]] = {"weight": 3.8, "load": 8.8, "rest": 14.3, "row": 12.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("palette", w)
        bits = encoded.scalar("bits")
        if not bits:
            raise FormatError("the matrix holds a single value and has no indices; format binary holds it")
        per_load = 25 // bits
        return Packed(
            named(encoded, "codebook", "indices"),
            work={
                "weight": w.size - w.shape[0] * (w.shape[1] % per_load),
                "load": w.shape[0] * (w.shape[1] // per_load),
                "rest": w.shape[0] * (w.shape[1] % per_load),
                "row": w.shape[0],
            },
            params={"stride": (w.shape[1] * bits + 7) // 8},
            context={"bits": bits, "per_load": per_load},
            suffix=f"{bits}",
        )


class FullyConnectedBinary(CompressedFullyConnected):
    """Two values: the sum of the inputs once, and per row the sum of those whose bit is 1; four rows at a time."""

    name = "plane"
    formats = ("binary",)
    template = "fc_binary.c.j2"
    code_bytes = 420
    costs: ClassVar[Mapping[str, float]] = {"group": 112.0, "four": 82.0, "input": 3.1, "rest": 310.0}
    portable = 2.75

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("binary", w)
        zero, one = encoded.scalar("zero"), encoded.scalar("one")
        stride = (w.shape[1] + 7) // 8
        plane = encoded.table("plane") if zero != one else np.zeros(w.shape[0] * stride, dtype=np.uint8)
        require_exact("binary", w, zero)
        # the core sums x + 128
        ones = (w == one).sum(axis=1, dtype=np.int64) if zero != one else np.zeros(w.shape[0], dtype=np.int64)
        return _in_fours(
            w,
            target,
            plane,
            32,
            {"zero": zero, "difference": one - zero, "stride": stride},
            _BINARY_ROWS,
            -128 * (one - zero) * ones,
        )


class FullyConnectedTernary(CompressedFullyConnected):
    """-a, 0 and a: the sum of the inputs once, and per row their products with 0, 1 or 2; four rows at a time."""

    name = "planes"
    formats = ("ternary",)
    template = "fc_ternary.c.j2"
    code_bytes = 420
    costs: ClassVar[Mapping[str, float]] = {"group": 80.0, "four": 82.0, "input": 4.9, "rest": 200.0}
    portable = 2.85

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("ternary", w)
        params = {"magnitude": encoded.scalar("magnitude"), "stride": (w.shape[1] + 3) // 4}
        return _in_fours(w, target, encoded.table("fields"), 16, params, _TERNARY_ROWS)


def _in_fours(
    w: Array,
    target: Target,
    rows: Array,
    group: int,
    params: Mapping[str, int],
    core: Function,
    bias: Array | None = None,
) -> Packed:
    """rows: bytes of the weights, to be read in words of `group` columns by `core`, four rows at a time."""
    groups = -(-w.shape[1] // group)
    fours = -(-w.shape[0] // 4) if target.has("dsp") and w.shape[0] >= 4 else w.shape[0]
    # portable code does each row alone
    part = 1.0 if target.has("dsp") else 0.25
    # the last word of the last row may reach beyond it
    over = max(0, 4 * groups - params["stride"])
    table = np.concatenate((rows, np.zeros(over, dtype=np.uint8)))
    return Packed(
        (Table("weights", table, 4),),
        work={
            "group": part * fours * groups,
            "four": fours,
            "input": w.shape[1],
            "rest": 1.0 if w.shape[1] % group else 0.0,
        },
        params=params,
        context={"core": core.symbol},
        bias=bias,
        workspace=32 * groups,
        helpers=(core,),
        runtime=("eg_planes.h",),
    )


_BINARY_ROWS = Function("fc_binary_rows", "fc_binary_rows.c.j2", code_bytes=500)
_TERNARY_ROWS = Function("fc_ternary_rows", "fc_ternary_rows.c.j2", code_bytes=350)

KERNELS = (
    FullyConnectedPacked(4),
    FullyConnectedPacked(2),
    FullyConnectedPalette(),
    FullyConnectedBinary(),
    FullyConnectedTernary(),
)
