"""fully_connected in portable C."""

from __future__ import annotations

from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import (
    constant,
    estimate,
    int32_params,
    requant_params,
    requant_tables,
    requantize_function,
)
from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import Target


class FullyConnectedPortable(Kernel):
    """int8 weights as [row][column]."""

    name = "portable"
    op = FullyConnected
    formats = ("int8",)

    def lower(self, node: FullyConnected, weight_format: str, target: Target) -> Lowered:
        rows, columns = node.w.type.shape
        encoded = get_format(weight_format).checked(constant(node.w))
        return Lowered(
            Function(
                f"fully_connected_s8_portable_{weight_format}_{node.requant.rounding}",
                "fully_connected_portable.c.j2",
                {"requantize": requantize_function(node.requant)},
                code_bytes=200,
            ),
            int32_params(batch=node.x.type.shape[0], rows=rows, columns=columns) + requant_params(node.requant),
            (*encoded.tables, Table("bias", constant(node.b)), *requant_tables(node.requant)),
            runtime=("eg_requant.h",),
            instructions=estimate(
                target,
                fully_connected_mac=node.macs(),
                fully_connected_output=node.type.size,
            ),
            weight_bytes=encoded.nbytes,
        )


KERNELS = (FullyConnectedPortable(),)
