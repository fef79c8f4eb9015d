"""fully_connected with weights as compressed sparse rows."""

from __future__ import annotations

from edgegen.ir import Array
from edgegen.kernels.fc_common import CompressedFullyConnected, Packed, named, stored, widths
from edgegen.target import Target


class FullyConnectedCsr(CompressedFullyConnected):
    """One multiplication per non-zero, four per round."""

    name = "sparse"
    formats = ("csr",)
    template = "fc_csr.c.j2"
    code_bytes = 250

    def pack(self, w: Array, target: Target) -> Packed:
        encoded = stored("csr", w)
        tables = named(encoded, "values", "columns", "pointers")
        columns, pointers = tables[1].values, tables[2].values
        return Packed(
            tables,
            instructions=4.75 * tables[0].values.size + 15.0 * w.shape[0],
            context={"column_type": f"{columns.dtype}_t"},
            suffix=widths(columns, pointers),
        )


KERNELS = (FullyConnectedCsr(),)
