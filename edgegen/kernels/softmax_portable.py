"""softmax in portable C: one look-up per element, one reciprocal per row."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Table
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import estimate, int32_params
from edgegen.ops.softmax import Softmax
from edgegen.target import Target


class SoftmaxPortable(Kernel):
    """The table of exponentials comes from the op."""

    name = "portable"
    op = Softmax

    def lower(self, node: Softmax, weight_format: str, target: Target) -> Lowered:
        classes = node.type.shape[-1]
        rows = node.type.size // classes
        last = max((i for i, value in enumerate(node.table) if value), default=0)
        return Lowered(
            Function("softmax_s8_portable", "softmax_portable.c.j2", code_bytes=400),
            int32_params(rows=rows, classes=classes, table_size=last + 1),
            (Table("table", np.array(node.table[: last + 1], dtype=np.int32)),),
            runtime=("eg_requant.h", "eg_softmax.h"),
            instructions=estimate(target, softmax_output=node.type.size, softmax_row=rows),
        )

    def in_place(self, node: Softmax) -> tuple[int, ...]:
        return (0,)


KERNELS = (SoftmaxPortable(),)
