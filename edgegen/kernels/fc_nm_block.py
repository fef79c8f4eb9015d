"""fully_connected with N:M sparse weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from edgegen.errors import FormatError
from edgegen.formats.nm_block import pattern_of
from edgegen.ir import Array
from edgegen.kernels.base import Lowered
from edgegen.kernels.common import constant
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored
from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import Target


class FullyConnectedNmPlaces(CompressedFullyConnected):
    """Each stored weight picks its input: an address by UXTAB with rotation, a load, a product."""

    name = "places"
    formats = ("nm_block",)
    template = "fc_nm_block.c.j2"
    code_bytes = 700
    portable = 1.2
    costs: ClassVar[Mapping[str, float]] = {
        "word": 3.0, "field": 2.0, "stored": 3.75, "unit": 22.0, "rest": 6.0, "tail": 6.0, "row": 20.0, "call": 22.0,
    }  # fmt: skip

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("nm_block", w)
        rows, columns = w.shape
        n, m, bits = pattern_of(encoded)
        count = columns // m * n
        per_word = 32 // bits
        return Packed(
            named(encoded, "places", "values", *(("tail",) if columns % m else ())),
            work={
                "word": rows * (count // per_word),
                "field": rows * (count // per_word) * 8 // bits,
                "stored": rows * (count // per_word * per_word),
                "unit": rows * (count % per_word // 4),
                "rest": rows * (count % 4),
                "tail": rows * (columns % m),
                "call": rows * (count >= per_word),
                "row": rows,
            },
            params={"stored": count},
            context={"n": n, "m": m, "bits": bits, "tail": columns % m > 0},
            suffix=f"{n}of{m}{'t' if columns % m else ''}",
        )


class FullyConnectedNmPairs(CompressedFullyConnected):
    """1:4 and 2:4: two stored weights take a pair of inputs, which lies ready in RAM for all rows, by one SMLAD."""

    name = "pairs"
    formats = ("nm_block",)
    template = "fc_nm_pairs.c.j2"
    code_bytes = 600
    portable = 2.0
    costs: ClassVar[Mapping[str, float]] = {
        "word": 41.0, "unit": 14.3, "tail": 8.0, "row": 20.0, "call": 22.0, "slot": 3.3,
    }  # fmt: skip

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("nm_block", w)
        rows, columns = w.shape
        n, m, _ = pattern_of(encoded)
        units = columns * n // 8
        if m != 4 or units * 8 // n != columns // 4 * 4:
            raise FormatError(f"it takes 1:4 and 2:4 and whole pairs of weights, this is {n}:{m} of {columns} columns")
        pairs = _pairs(n)
        return Packed(
            named(encoded, "places", "values", *(("tail",) if columns % m else ())),
            work={
                "word": rows * (units // 8),
                "unit": rows * (units % 8),
                "tail": rows * (columns % m),
                "row": rows,
                "slot": units * len(pairs),
                "call": rows * (units >= 8),
            },
            params={"units": units},
            context={"n": n, "m": m, "tail": columns % m > 0, "pairs": pairs, "pitch": PITCH[n]},
            suffix=f"{n}of{m}{'t' if columns % m else ''}",
        )

    def lower(self, node: FullyConnected, weight_format: str, target: Target) -> Lowered:
        lowered = super().lower(node, weight_format, target)
        n = pattern_of(stored("nm_block", constant(node.w))).n
        words = PITCH[n] * (node.w.type.shape[1] * n // 8) + len(_pairs(n))
        return replace(lowered, workspace=4 * words, runtime=(*lowered.runtime, "eg_dsp.h"))


#: n -> words from the pairs of some inputs to those of the next. 2:4: the six names of pairs, 4, 8, 9, 12, 13 and 14,
#: leave room for those of the neighbours when they are 7 apart.
PITCH: Mapping[int, int] = {1: 16, 2: 7}


def _pairs(n: int) -> tuple[tuple[int, int, int], ...]:
    """(first input, second input, name) of every pair that the places of two stored weights can mean."""
    if n == 1:
        return tuple((i, 4 + j, i + 4 * j) for j in range(4) for i in range(4))
    return tuple((i, j, i + 4 * j) for j in range(4) for i in range(j))


KERNELS = (FullyConnectedNmPlaces(), FullyConnectedNmPairs())
