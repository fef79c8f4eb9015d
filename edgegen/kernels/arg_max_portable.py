"""arg_max in portable C."""

from __future__ import annotations

from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import int32_params
from edgegen.ops.arg_max import ArgMax
from edgegen.target import Target


class ArgMaxPortable(Kernel):
    """One comparison per element."""

    name = "portable"
    op = ArgMax

    def lower(self, node: ArgMax, weight_format: str, target: Target) -> Lowered:
        rows, columns = node.x.type.shape
        c_type = node.x.type.c_type
        symbol = f"arg_max_{'s8' if c_type == 'int8_t' else 's32'}_portable"
        return Lowered(
            Function(symbol, "arg_max_portable.c.j2", {"c_type": c_type}, code_bytes=60),
            int32_params(rows=rows, columns=columns),
            instructions=rows * (10.0 + 7.0 * columns),
        )


KERNELS = (ArgMaxPortable(),)
