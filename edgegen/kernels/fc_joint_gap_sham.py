"""fully_connected with weights as one Huffman code over (gap, value)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.gap_sham import JointGapSham, joint_symbols, pair_code
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, widths
from edgegen.target import Target

#: marks the escape's entries in the lookup table
ESCAPE_FLAG = 0x80


class FullyConnectedJointGapSham(CompressedFullyConnected):
    """Two (gap, value) pairs per load of the stream, each from a lookup table of 4 * 2**bits bytes.

    A table entry is value << 16 (16 bits, signed) | step << 8 | code length: SMLABT multiplies by the value, UXTAB adds
    the step, and a shift by the whole entry drops the code, as it takes the lowest byte.
    """

    formats = ("joint_gap_sham",)
    template = "fc_joint_gap_sham.c.j2"
    code_bytes = 500
    portable = 1.5
    costs: ClassVar[Mapping[str, float]] = {"pair": 19.1, "pair_or_escape": 22.0, "escape": 52.5, "row": 21.0}

    def __init__(self, bits: int) -> None:
        self.name = f"joint{bits}"  # type: ignore[misc]
        self.bits = bits

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = JointGapSham(self.bits, symbol_bits=0).checked(w)
        code, escape = pair_code(encoded), encoded.scalar("escape")
        bits = max(code.longest, 1)
        index, used = code.lookup(bits)
        symbols = np.asarray(code.symbols or (0,), dtype=np.int64)
        values = (symbols >> 8 ^ 128) - 128
        entries = (values << 16 | (symbols & 255) << 8)[index] | used
        if escape >= 0:
            entries = np.where(index == escape, used | ESCAPE_FLAG, entries)
        pairs = encoded.table("pairs")
        lut = (entries & 0xFFFFFFFF).astype(np.uint32)
        escaped = ~np.isin(joint_symbols(w)[0], symbols).reshape(-1, 2)
        return Packed(
            (named(encoded, "pairs")[0], Table("pair_lut", lut), named(encoded, "stream")[0]),
            work={
                "pair" if escape < 0 else "pair_or_escape": float(pairs.sum()),
                "escape": float(escaped.any(axis=1).sum()),
                "row": w.shape[0],
            },
            context={"bits": bits, "escapes": escape >= 0},
            suffix=f"{bits}_{widths(pairs)}{'e' if escape >= 0 else ''}",
        )


KERNELS = tuple(FullyConnectedJointGapSham(bits) for bits in (8, 9, 10, 12))
