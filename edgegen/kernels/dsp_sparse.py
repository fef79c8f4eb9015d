"""conv2d with few non-zero weights on cores with the DSP extension: only they are stored, and only they cost time.

8 positions at a time are laid out by column of the reduction: 4 words per column, each ``(x0 + 128) + 2**24 x1`` of
two positions, so that one SMLAL multiplies a weight with both. The low sum starts at ``-255 sum(negative weights)`` and
stays within 24 bits while ``255 sum|w| < 2**24``; so the sums never mix and both are exact.

Stream per output channel: bytes of its entries, where to enter the unrolled loop, the 64-bit start value; one word per
non-zero weight, ``offset << 16 | weight & 0xffff`` (offset: bytes into the layout); the correction of the low sum and
the constants of requantization.
"""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int16_params, int32_params, too_large, window_params
from edgegen.kernels.dsp_gemm import form_context, form_symbol, layer_forms, reason_without_form
from edgegen.ops.conv2d import Conv2D
from edgegen.requant_forms import Forms
from edgegen.target import Target

#: entries per turn of the inner loop, and bytes of code per entry
UNROLL = 8
_STEP_BYTES = 36
#: offsets into the layout are 16 bits, 16 bytes per column
_MAX_COLUMNS = 4095
_LANE = 1 << 24
_BLOCK = 8


def sparse_stream(w: Array, bias: Array, forms: Forms) -> Array:
    """int32 words as the module says. w: (rows, columns) int8; bias: (rows,) int32."""
    words: list[int] = []
    wide = w.astype(np.int64)
    negative = np.minimum(wide, 0).sum(axis=1)
    start = -255 * negative + (bias.astype(np.int64) << 24)
    correction = (bias.astype(np.int64) - 128 * wide.sum(axis=1) + 255 * negative) << 8
    for row in range(w.shape[0]):
        columns = np.flatnonzero(w[row])
        entry = (-len(columns) % UNROLL) if len(columns) else UNROLL
        words += [4 * len(columns), entry * _STEP_BYTES, int(start[row]) & 0xFFFFFFFF, int(start[row] >> 32)]
        words += (((16 * columns) << 16) | (wide[row, columns] & 0xFFFF)).tolist()
        words += [int(correction[row]), int(forms.multiplier[row]), int(forms.constant[row])]
        if forms.third is not None:
            words.append(int(forms.third[row]))
    return (np.array(words, dtype=np.int64) & 0xFFFFFFFF).astype(np.uint32).view(np.int32)


_PLANES = Function("dsp_sparse_planes", "dsp_sparse_planes.c.j2", code_bytes=132)


class Conv2DDspSparse(Kernel):
    """Any window with undilated columns; batch 1; 8 positions and more."""

    name = "dsp_sparse"
    op = Conv2D
    formats = ("csr",)

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        _, out_h, out_w, _ = node.type.shape
        w = constant(node.w).reshape(node.w.type.shape[0], -1).astype(np.int64)
        if node.x.type.shape[0] != 1 or out_h * out_w < _BLOCK:
            return f"batch is {node.x.type.shape[0]}, {out_h * out_w} positions; it must be 1, and {_BLOCK} or more"
        if node.window.dilation[1] != 1 and node.window.kernel[1] > 1:
            return "columns of the window are dilated"
        if w.shape[1] > _MAX_COLUMNS:
            return f"a channel has {w.shape[1]} weights; the kernel's offsets reach {_MAX_COLUMNS}"
        if 255 * int(np.abs(w).sum(axis=1).max()) >= _LANE:
            return "the weights of a channel sum up beyond 24 bits"
        if 2 * int((w != 0).sum()) > w.size:
            return "more than half of the weights are not zero; dense kernels are faster and smaller"
        if layer_forms(node, 8) is None:
            return "no short requantization is exact over the accumulators' range"
        return reason_without_form(node, target) or too_large((*node.x.type.shape, *node.type.shape))

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        forms = layer_forms(node, 8)
        assert forms is not None
        out_c, kernel_h, kernel_w, in_c = node.w.type.shape
        _, in_h, in_w, _ = node.x.type.shape
        positions = node.type.shape[1] * node.type.shape[2]
        w = constant(node.w).reshape(out_c, -1)
        window = node.window
        direct = (kernel_h, kernel_w, *window.stride, *window.padding) == (1, 1, 1, 1, 0, 0, 0, 0) and in_c % 4 == 0
        groups = -(-w.shape[1] // 4)
        core = Function(
            f"dsp_sparse_{form_symbol(forms)}",
            "dsp_sparse_core.c.j2",
            {"form": form_context(forms), "unroll": UNROLL},
            code_bytes=UNROLL * _STEP_BYTES + 120 + 8 * (12 + 4 * forms.instructions),
        )
        stream = sparse_stream(w, constant(node.b), forms)
        nonzeros = int(np.count_nonzero(w))
        per_channel = 32 + 20 + 8 * forms.instructions + 3.0
        rows = np.count_nonzero(w, axis=1)
        turns = float(np.ceil(rows / UNROLL).sum())
        gather = 0.0 if direct else _BLOCK * (76 + kernel_h * (40 + 5 * kernel_w * in_c / 4))
        blocks = -(-positions // _BLOCK)
        return Lowered(
            Function(
                f"conv2d_s8_dsp_sparse_csr_{core.symbol}{'_direct' if direct else ''}",
                "dsp_sparse.c.j2",
                {"core": core.symbol, "direct": direct},
                code_bytes=120 if direct else 280,
            ),
            int32_params(positions=positions, words=stream.size)
            + int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_w=node.type.shape[2], out_c=out_c)
            + window_params(window)
            + int16_params(pad_value=node.pad_value, groups=groups),
            (Table("stream", stream, 8),),
            workspace=64 * groups + (0 if direct else 32 * groups),
            helpers=(_PLANES, core),
            runtime=("eg_dsp.h",),
            instructions=40 + blocks * (60 + 88 * groups + gather + out_c * per_channel + 9.0 * nonzeros + 3 * turns),
            weight_bytes=4 * nonzeros + 8 * out_c,
        )


KERNELS: tuple[Kernel, ...] = (Conv2DDspSparse(),)
