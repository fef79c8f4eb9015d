"""fully_connected with weights as (gap, value) entries of fixed width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.formats.base import Encoded, Table
from edgegen.formats.sparse import GapCsr
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored, widths
from edgegen.target import Target

#: (bits of a gap, bits of a value) -> what costs call an entry
_ENTRIES = {(4, 4): "entry", (4, 8): "nibble", (8, 8): "halfword"}


class FullyConnectedGapCsr(CompressedFullyConnected):
    """One multiplication per entry, four per round; a template for each form of the format, the smallest form."""

    name = "sparse"
    formats = ("gap_csr",)
    code_bytes = 458
    costs: ClassVar[Mapping[str, float]] = {"entry": 7.8, "nibble": 7.06, "halfword": 4.8, "row": 36.0}

    def pack(self, w: Array, target: Target) -> Packed:
        return _packed(stored("gap_csr", w), w.shape[0])


class FullyConnectedGapCsr8(CompressedFullyConnected):
    """The form of 8-bit gaps and values: no padding entries where gaps are long."""

    name = "sparse8"
    formats = ("gap_csr",)
    code_bytes = 456
    costs: ClassVar[Mapping[str, float]] = {"halfword": 4.75, "row": 24.0}
    portable = 1.55

    def pack(self, w: Array, target: Target) -> Packed:
        return _packed(GapCsr().encode_as(w, 8, 8), w.shape[0])


def _packed(encoded: Encoded, rows: int) -> Packed:
    entries, counts = encoded.table("entries"), encoded.table("counts")
    form = (encoded.scalar("gap_bits"), encoded.scalar("value_bits"))
    signed = Table("entries", entries.view(np.dtype(f"int{8 * entries.dtype.itemsize}")))
    gaps = named(encoded, "gaps") if form == (4, 8) else ()
    return Packed(
        (Table("counts", counts), *gaps, signed),
        work={_ENTRIES[form]: entries.size, "row": rows},
        suffix=f"{form[0]}_{form[1]}_{widths(counts)}",
        template=f"fc_gap_csr_{form[0]}_{form[1]}.c.j2",
    )


KERNELS = (FullyConnectedGapCsr(), FullyConnectedGapCsr8())
