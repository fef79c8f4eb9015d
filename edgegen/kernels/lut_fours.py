"""lut, four elements a turn: for cores that load a byte at a register's offset in one instruction."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Table
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import int32_params
from edgegen.ops.lut import Lut
from edgegen.target import Target


class LutFours(Kernel):
    """One table look-up per element, the loop's cost shared by four."""

    name = "fours"
    op = Lut

    def accepts(self, node: Lut, target: Target) -> str | None:
        return None if target.has("thumb2") else "its cost is only known for Thumb-2"

    def lower(self, node: Lut, weight_format: str, target: Target) -> Lowered:
        count = node.type.size
        return Lowered(
            Function("lut_s8_fours", "lut_fours.c.j2", code_bytes=96),
            int32_params(count=count),
            (Table("table", np.array(node.table, dtype=np.int8)),),
            instructions=16.0 * (count // 4) + 6 * (count % 4) + 24,
        )

    def in_place(self, node: Lut) -> tuple[int, ...]:
        """Four elements are read before their outputs are written."""
        return (0,)


KERNELS = (LutFours(),)
