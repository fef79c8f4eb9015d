"""fully_connected with dense weights of few bits: int4, int2, palette, binary and ternary planes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.errors import FormatError
from edgegen.ir import Array
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
    """Two values: the sum of the inputs once, and per row the sum of those whose bit is 1."""

    name = "plane"
    formats = ("binary",)
    template = "fc_binary.c.j2"
    code_bytes = 522
    costs: ClassVar[Mapping[str, float]] = {"byte": 37.8, "rest": 17.4, "input": 4.0, "row": 0.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("binary", w)
        zero, one = encoded.scalar("zero"), encoded.scalar("one")
        if zero == one:
            plane = np.zeros(w.shape[0] * ((w.shape[1] + 7) // 8), dtype=np.uint8)
            encoded = type(encoded)(encoded.format, encoded.shape, (type(encoded.tables[0])("plane", plane),))
        require_exact("binary", w, zero)
        return Packed(
            named(encoded, "plane"),
            work={
                "byte": w.shape[0] * (w.shape[1] // 8),
                "rest": w.shape[0] * (w.shape[1] % 8),
                "input": w.shape[1],
                "row": w.shape[0],
            },
            params={"zero": zero, "difference": one - zero},
        )


class FullyConnectedTernary(CompressedFullyConnected):
    """-a, 0 and a: additions and subtractions of the inputs whose bit is 1, one multiplication per row."""

    name = "planes"
    formats = ("ternary",)
    template = "fc_ternary.c.j2"
    code_bytes = 608
    costs: ClassVar[Mapping[str, float]] = {"entry": 5.9, "word": 9.6, "row": 74.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("ternary", w)
        words = 2 * w.shape[0] * ((w.shape[1] + 31) // 32)
        return Packed(
            named(encoded, "plus", "minus"),
            work={"entry": float(np.count_nonzero(w)), "word": words, "row": w.shape[0]},
            params={"magnitude": encoded.scalar("magnitude")},
        )


KERNELS = (
    FullyConnectedPacked(4),
    FullyConnectedPacked(2),
    FullyConnectedPalette(),
    FullyConnectedBinary(),
    FullyConnectedTernary(),
)
