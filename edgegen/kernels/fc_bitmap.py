"""fully_connected with weights as a bitmap and the non-zeros, or as blocks of four columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored, widths
from edgegen.target import Target


class FullyConnectedBitmap(CompressedFullyConnected):
    """The next non-zero by counting leading zeros, 32 columns at a time."""

    name = "bits"
    formats = ("bitmap",)
    template = "fc_bitmap.c.j2"
    code_bytes = 482
    portable = 1.25
    costs: ClassVar[Mapping[str, float]] = {"entry": 7.0, "word": 7.2, "row": 41.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("bitmap", w)
        words = w.shape[0] * ((w.shape[1] + 31) // 32)
        return Packed(
            named(encoded, "bitmap", "values"),
            work={"entry": encoded.table("values").size, "word": words, "row": w.shape[0]},
        )


class FullyConnectedBlock1x4(CompressedFullyConnected):
    """Four products per stored block."""

    name = "blocks"
    formats = ("block_1x4",)
    template = "fc_block_1x4.c.j2"
    code_bytes = 460
    portable = 1.8
    costs: ClassVar[Mapping[str, float]] = {"block": 13.0, "odd": 5.6, "tail": 10.0, "row": 41.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("block_1x4", w)
        counts, tail = encoded.table("counts"), w.shape[1] % 4
        return Packed(
            named(encoded, "counts", "gaps", "blocks", *(("tail",) if tail else ())),
            work={
                "block": float(counts.sum()),
                "odd": float((counts % 2).sum()),
                "tail": tail * w.shape[0],
                "row": w.shape[0],
            },
            context={"tail": tail > 0},
            suffix=f"{widths(counts)}{'t' if tail else ''}",
        )


KERNELS = (FullyConnectedBitmap(), FullyConnectedBlock1x4())
