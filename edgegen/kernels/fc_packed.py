"""fully_connected with dense weights of few bits: int4, int2, palette, binary and ternary planes."""

from __future__ import annotations

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

    def __init__(self, bits: int) -> None:
        self.formats = (f"int{bits}",)  # type: ignore[misc]
        self.bits = bits
        self.code_bytes = 360 if bits == 4 else 460  # type: ignore[misc]

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored(self.formats[0], w)
        fields = 8 // self.bits
        group = 4 * fields
        # |sum| <= chunk * group * 2**(bits - 1) * 128, times 2**(16 - bits), stays below 2**31
        chunk = ((1 << 15 + self.bits) - 1) // (group << self.bits + 6)
        whole = w.shape[1] // group
        pairs = (w.shape[0] + 1) // 2
        per_group = (4.0 + 11.0 * fields) if target.has("dsp") else 16.0 * group
        tail = 16.0 * (w.shape[1] % group)
        mask = ((1 << self.bits) - 1) << (16 - self.bits)
        return Packed(
            named(encoded, "weights"),
            instructions=pairs * (whole * per_group + tail + 20.0 * (1 + whole // chunk)),
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
    code_bytes = 300

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("palette", w)
        bits = encoded.scalar("bits")
        if not bits:
            raise FormatError("the matrix holds a single value and has no indices; format binary holds it")
        per_load = 25 // bits
        return Packed(
            named(encoded, "codebook", "indices"),
            instructions=w.size * (4.3 + 11.0 / per_load) + 20.0 * w.shape[0],
            params={"stride": (w.shape[1] * bits + 7) // 8},
            context={"bits": bits, "per_load": per_load},
            suffix=f"{bits}",
        )


class FullyConnectedBinary(CompressedFullyConnected):
    """Two values: the sum of the inputs once, and per row the sum of those whose bit is 1."""

    name = "plane"
    formats = ("binary",)
    template = "fc_binary.c.j2"
    code_bytes = 330

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("binary", w)
        zero, one = encoded.scalar("zero"), encoded.scalar("one")
        if zero == one:
            plane = np.zeros(w.shape[0] * ((w.shape[1] + 7) // 8), dtype=np.uint8)
            encoded = type(encoded)(encoded.format, encoded.shape, (type(encoded.tables[0])("plane", plane),))
        require_exact("binary", w, zero)
        return Packed(
            named(encoded, "plane"),
            instructions=4.6 * w.size + 4.0 * w.shape[1] + 12.0 * w.shape[0],
            params={"zero": zero, "difference": one - zero},
        )


class FullyConnectedTernary(CompressedFullyConnected):
    """-a, 0 and a: additions and subtractions of the inputs whose bit is 1, one multiplication per row."""

    name = "planes"
    formats = ("ternary",)
    template = "fc_ternary.c.j2"
    code_bytes = 400

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("ternary", w)
        words = 2 * w.shape[0] * ((w.shape[1] + 31) // 32)
        return Packed(
            named(encoded, "plus", "minus"),
            instructions=9.0 * float(np.count_nonzero(w)) + 10.0 * words + 15.0 * w.shape[0],
            params={"magnitude": encoded.scalar("magnitude")},
        )


KERNELS = (
    FullyConnectedPacked(4),
    FullyConnectedPacked(2),
    FullyConnectedPalette(),
    FullyConnectedBinary(),
    FullyConnectedTernary(),
)
