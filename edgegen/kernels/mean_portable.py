"""mean over rows and columns in portable C."""

from __future__ import annotations

from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import estimate, int16_params, int32_params, requantize_function
from edgegen.ops.mean import Mean
from edgegen.target import Target


class MeanPortable(Kernel):
    """One sum per channel."""

    name = "portable"
    op = Mean

    def lower(self, node: Mean, weight_format: str, target: Target) -> Lowered:
        batch, height, width, channels = node.x.type.shape
        q = node.requant
        return Lowered(
            Function(
                f"mean_s8_portable_{q.rounding}",
                "mean_portable.c.j2",
                {"requantize": requantize_function(q)},
                code_bytes=140,
            ),
            int32_params(
                batch=batch,
                count=height * width,
                channels=channels,
                offset=-node.zero_point * height * width,
                multiplier=q.multiplier[0],
            )
            + int16_params(shift=q.shift[0], zero_point=q.zero_point, lo=q.lo, hi=q.hi),
            runtime=("eg_requant.h",),
            instructions=estimate(target, mean_tap=node.x.type.size, mean_output=node.type.size),
        )


KERNELS = (MeanPortable(),)
