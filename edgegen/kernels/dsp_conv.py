"""conv2d on cores with the DSP extension: blocks of 4 positions, widened once, against all output channels."""

from __future__ import annotations

from math import prod

from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int16_params, int32_params, too_large
from edgegen.kernels.dsp_gemm import (
    BITS,
    CORE_GROUP,
    WIDEN_GROUP,
    checked_pack,
    core_function,
    core_instructions,
    last_instructions,
    layer_forms,
    loop_entry,
    reason_without_form,
    stream_table,
    widen_function,
    widen_instructions,
)
from edgegen.ops.conv2d import Conv2D
from edgegen.target import Target


def _is_pointwise(node: Conv2D) -> bool:
    window = node.window
    return window.kernel == (1, 1) and window.stride == (1, 1) and not any(window.padding)


class Conv2DDspPointwise(Kernel):
    """1x1, stride 1: a matrix product over positions; any channel counts, any number of positions and batch."""

    name = "dsp_pointwise"
    op = Conv2D
    formats = ("int8", "int16")

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        if not _is_pointwise(node):
            return "only 1x1 convolutions of stride 1 without padding"
        return reason_without_form(node, target) or too_large(node.w.type.shape)

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        bits = BITS[weight_format]
        out_c, _, _, in_c = node.w.type.shape
        positions = prod(node.type.shape[:3])
        gemm = checked_pack(constant(node.w).reshape(out_c, in_c), constant(node.b), layer_forms(node, bits), bits)
        core, widen = core_function(gemm), widen_function(bits)
        run = 4 * gemm.groups
        odd, copy, pairs = out_c % 2 == 1, in_c % 4 != 0, out_c > 1
        blocks = positions if positions < 4 else -(-positions // 4)
        per_block = widen_instructions(run, 1) + core_instructions(gemm) + last_instructions(gemm) + 24
        name = "_odd" * odd + "_copy" * copy + "_one" * (not pairs)
        return Lowered(
            Function(
                f"conv2d_s8_dsp_pointwise_{weight_format}_{core.symbol}{name}",
                "dsp_pointwise.c.j2",
                {"core": core.symbol, "widen": widen.symbol, "odd": odd, "copy": copy, "pairs": pairs},
                code_bytes=150 + 60 * odd + 50 * copy,
            ),
            int32_params(positions=positions, words=gemm.words)
            + int16_params(
                in_c=in_c,
                out_c=out_c,
                run=run,
                core_entry=loop_entry(gemm.groups, CORE_GROUP[bits]),
                widen_entry=loop_entry(gemm.groups, WIDEN_GROUP),
                last_words=gemm.last_words,
            ),
            (stream_table(gemm),),
            workspace=8 * run + 8 + (4 * in_c + 3 + 7) // 8 * 8,
            helpers=(core, widen),
            runtime=("eg_dsp.h",),
            instructions=20 + blocks * per_block + 400 * copy,
            weight_bytes=gemm.weight_bytes,
        )


KERNELS: tuple[Kernel, ...] = (Conv2DDspPointwise(),)
