"""fully_connected with tANS-coded weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.tans import StateTable, bits_of
from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored
from edgegen.target import Target


class FullyConnectedTans(CompressedFullyConnected):
    """Two weights per load of the stream; a state table of 4 << bits bytes."""

    name = "states"
    formats = ("tans",)
    template = "fc_tans.c.j2"
    code_bytes = 442
    costs: ClassVar[Mapping[str, float]] = {"weight": 14.5, "row": 45.0}

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("tans", w)
        table = StateTable.for_shares(encoded.table("shares").astype(np.int64), bits_of(encoded))
        symbols = encoded.table("symbols").astype(np.int64)[table.symbol] & 255
        states = (table.base << 16 | table.used << 8 | symbols).astype(np.uint32)
        return Packed(
            (Table("states", states), *named(encoded, "stream")),
            work={"weight": w.size, "row": w.shape[0]},
            params={"state": encoded.scalar("state")},
        )


KERNELS = (FullyConnectedTans(),)
