"""fully_connected with weights as compressed sparse rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored, widths
from edgegen.target import Target


class FullyConnectedCsr(CompressedFullyConnected):
    """One multiplication per non-zero, four per round."""

    name = "sparse"
    formats = ("csr",)
    template = "fc_csr.c.j2"
    code_bytes = 332
    costs: ClassVar[Mapping[str, float]] = {"entry": 4.5, "row": 24.5}
    portable = 1.27

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("csr", w)
        tables = named(encoded, "values", "columns", "pointers")
        columns, pointers = tables[1].values, tables[2].values
        return Packed(
            tables,
            work={"entry": columns.size, "row": w.shape[0]},
            context={"column_type": f"{columns.dtype}_t", "column_bits": 8 * columns.dtype.itemsize},
            suffix=widths(columns, pointers),
        )


KERNELS = (FullyConnectedCsr(),)
