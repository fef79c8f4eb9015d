"""conv2d with few non-zero weights on cores with the DSP extension: only they are stored, and only they cost time.

8 positions at a time are laid out by column of the reduction: 4 words per column, each ``(x0 + 128) + 2**24 x1`` of
two positions, so that one SMLAL multiplies a weight with both. The low sum starts at ``-255 sum(negative weights)`` and
stays within 24 bits while ``255 sum|w| < 2**24``; so the sums never mix and both are exact. 1 to 4 positions that are
left over take a core of 4.

Entries: two bytes per non-zero weight, columns since the one before (the first: since column 0) and the weight; where
that is more than 255 columns, entries of weight 0 stand in between. Channels: bytes of its entries, where to enter the
unrolled loops of both cores, the 64-bit start value, the correction of the low sum, the constants of requantization.
"""

from __future__ import annotations

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int16_params, int32_params, too_large, window_params
from edgegen.kernels.dsp_gemm import form_context, form_symbol, layer_forms, reason_without_form
from edgegen.ops.conv2d import Conv2D
from edgegen.requant_forms import Forms
from edgegen.target import Target

#: entries per turn of the inner loop
UNROLL = 8
#: positions of a core -> bytes of code per entry
_STEP_BYTES = {8: 36, 4: 24}
#: a bound on workspace: 16 bytes per column
_MAX_COLUMNS = 4095
_MOST_GAP = 255
_LANE = 1 << 24
_BLOCK = 8


def entries_of(row: Array) -> list[int]:
    """Entries of one channel, (gap, weight) by (gap, weight). row: (columns,) integers."""
    found: list[int] = []
    before = 0
    for column in np.flatnonzero(row).tolist():
        while column - before > _MOST_GAP:
            found += [_MOST_GAP, 0]
            before += _MOST_GAP
        found += [column - before, int(row[column]) & 255]
        before = column
    return found


def sparse_tables(w: Array, bias: Array, forms: Forms) -> tuple[Array, Array]:
    """(entries uint8, channels int32) as the module says. w: (rows, columns) int8; bias: (rows,) int32."""
    entries: list[int] = []
    words: list[int] = []
    wide = w.astype(np.int64)
    negative = np.minimum(wide, 0).sum(axis=1)
    start = -255 * negative + (bias.astype(np.int64) << 24)
    correction = (bias.astype(np.int64) - 128 * wide.sum(axis=1) + 255 * negative) << 8
    for row in range(w.shape[0]):
        own = entries_of(wide[row])
        count = len(own) // 2
        skipped = (-count % UNROLL) if count else UNROLL
        # bit 0: Thumb code
        enter = (skipped * _STEP_BYTES[8] + 1) | (skipped * _STEP_BYTES[4] + 1) << 16
        words += [len(own), enter, int(start[row]) & 0xFFFFFFFF, int(start[row] >> 32)]
        words += [int(correction[row]), int(forms.multiplier[row]), int(forms.constant[row])]
        if forms.third is not None:
            words.append(int(forms.third[row]))
        entries += own
    channels = (np.array(words, dtype=np.int64) & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    return np.array(entries or [0], dtype=np.uint8), channels


def decoded(entries: Array, lengths: Array, columns: int) -> Array:
    """The weights, (rows, columns) int64, that entries stand for. lengths: bytes of entries of each channel."""
    w = np.zeros((len(lengths), columns), dtype=np.int64)
    at = 0
    for row, length in enumerate(lengths.tolist()):
        pairs = entries[at : at + length].astype(np.int64).reshape(-1, 2)
        where = np.cumsum(pairs[:, 0])
        w[row, where[pairs[:, 1] != 0]] = pairs[pairs[:, 1] != 0, 1]
        at += length
    return (w ^ 128) - 128


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
        sizes = (8, 4) if 0 < positions % _BLOCK <= 4 else (8,)
        cores = {size: _core(forms, size) for size in sizes}
        entries, channels = sparse_tables(w, constant(node.b), forms)
        record = channels.size // out_c
        if not np.array_equal(decoded(entries, channels[::record], w.shape[1]), w):
            raise FormatError(f"the {w.shape[0]}x{w.shape[1]} weights do not come back from their entries")
        symbol = f"conv2d_s8_dsp_sparse_csr_{form_symbol(forms)}{'_tail' if len(sizes) > 1 else ''}"
        return Lowered(
            Function(
                symbol + ("_direct" if direct else ""),
                "dsp_sparse.c.j2",
                {"cores": {size: core.symbol for size, core in cores.items()}, "direct": direct},
                code_bytes=(140 if direct else 300) + 30 * (len(sizes) - 1),
            ),
            int32_params(positions=positions, words=channels.size)
            + int16_params(in_h=in_h, in_w=in_w, in_c=in_c, out_w=node.type.shape[2], out_c=out_c)
            + window_params(window)
            + int16_params(pad_value=node.pad_value, groups=groups),
            (Table("entries", entries), Table("channels", channels, 8)),
            workspace=64 * groups + (0 if direct else 32 * groups),
            helpers=(_PLANES, *cores.values()),
            runtime=("eg_dsp.h",),
            instructions=_instructions(node, forms, channels[::record] // 2, direct),
            weight_bytes=entries.size + 16 * out_c,
        )


_PLANES = Function("dsp_sparse_planes", "dsp_sparse_planes.c.j2", code_bytes=132)


def _core(forms: Forms, positions: int) -> Function:
    """All channels of 8 or 4 positions."""
    return Function(
        f"dsp_sparse_{form_symbol(forms)}_{positions}",
        "dsp_sparse_core.c.j2",
        {"form": form_context(forms), "unroll": UNROLL, "positions": positions},
        code_bytes=UNROLL * _STEP_BYTES[positions] + 120 + positions * (12 + 4 * forms.instructions),
    )


def _instructions(node: Conv2D, forms: Forms, counts: Array, direct: bool) -> float:
    """counts: entries of each channel."""
    out_c, kernel_h, kernel_w, in_c = node.w.type.shape
    positions = node.type.shape[1] * node.type.shape[2]
    groups = -(-kernel_h * kernel_w * in_c // 4)
    full, rest = divmod(positions, _BLOCK)
    blocks = {8: full + (rest > 4), 4: 0 < rest <= 4}
    turns = float(np.ceil(counts / UNROLL).sum())
    total = 40.0
    for size, count in blocks.items():
        gather = 0.0 if direct else size * (76 + kernel_h * (40 + 5 * kernel_w * in_c / 4))
        pairs = size // 2
        channel = 22 + (7.0 + 2 * forms.instructions) * pairs
        each = 60 + 21 * pairs * groups + gather + out_c * channel + 3 * turns
        total += count * (each + (9.0 if size == 8 else 6.0) * float(counts.sum()))
    return total


KERNELS: tuple[Kernel, ...] = (Conv2DDspSparse(),)
