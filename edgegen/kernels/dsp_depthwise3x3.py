"""depthwise_conv2d 3x3 with stride 1 or 2 for the DSP extension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.ir import Array
from edgegen.kernels.base import Function, Lowered, Param
from edgegen.kernels.common import constant, int16_params, int32_params, too_large
from edgegen.kernels.dsp_depthwise_blocks import BlockKernel, Place, in_blocks
from edgegen.kernels.dsp_requant import Sequence, depthwise_sequence, fused_bias, halves
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target

ROW_PAIRS = Function("dsp_row_pairs", "dsp_row_pairs.c.j2", code_bytes=122)
BLOCK = Function("dsp_depthwise3x3_block", "dsp_depthwise3x3_block.c.j2", code_bytes=520)


@dataclass(frozen=True)
class _Stride:
    """What differs between the strides. Instructions as counted in the templates."""

    tile: str
    rows_per_pair: int
    record: int


STRIDES = {1: _Stride("dsp_depthwise3x3_rows", 2, 8), 2: _Stride("dsp_depthwise3x3_row", 1, 7)}


def pack(w: Array, bias: Array, sequence: Sequence, stride: int) -> Array:
    """w: (3, 3, channels) int8 -> int32 records, one per channel, as the tiles read them."""
    scaled = w.astype(np.int64) << sequence.pre_scale
    upper = [halves(scaled[0, x], scaled[1, x]) for x in range(3)]
    if stride == 1:
        lower = [halves(scaled[1, x], scaled[2, x]) for x in range(3)]
    else:
        lower = [halves(scaled[2, 0], scaled[2, 1]), halves(scaled[2, 2], np.zeros_like(scaled[2, 2]))]
    start = fused_bias(sequence, bias)
    first = [] if start is None else [start]
    requant = [*first, *sequence.words] if stride == 1 else [*sequence.words[:2], *first, *sequence.words[2:]]
    columns = [*upper, *lower, *requant]
    return np.stack(columns, axis=1).astype(np.int32).ravel()


class Depthwise3x3Dsp(BlockKernel):
    """Weights as int16 pairs times 256, four channels at a time, one shared buffer of row pairs."""

    name = "dsp_3x3"
    formats = ("int8",)

    @staticmethod
    def takes(node: DepthwiseConv2D) -> bool:
        """Whether it takes the window, whatever else there is."""
        window = node.window
        return (
            window.kernel == (3, 3)
            and window.dilation == (1, 1)
            and window.stride in ((1, 1), (2, 2))
            and max(window.padding) <= 2
            and (window.stride == (2, 2) or node.type.shape[2] >= 2)
        )

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        window = node.window
        if not target.has("dsp"):
            return "the target has no DSP extension"
        if window.kernel != (3, 3) or window.dilation != (1, 1) or window.stride not in ((1, 1), (2, 2)):
            return f"it takes 3x3 windows of stride 1 or 2, this is {window}"
        if node.x.type.shape[0] != 1 or node.multiplier != 1 or node.x.type.shape[3] < 4:
            return "it takes one image, one output per channel, and at least 4 channels"
        if max(window.padding) > 2:
            return f"padding is {window.padding}; it takes at most 2"
        if window.stride == (1, 1) and node.type.shape[2] < 2:
            return "with stride 1 it takes outputs of at least 2 columns"
        if depthwise_sequence(node) is None:
            return "no short requantization is exact for this layer"
        return too_large(node.x.type.shape + node.type.shape)

    def in_place(self, node: DepthwiseConv2D) -> tuple[int, ...]:
        """Stride 1: the rows that an output row needs are in the buffer before it is written."""
        return (0,) if node.window.stride == (1, 1) and node.x.type.shape == node.type.shape else ()

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        sequence = depthwise_sequence(node)
        assert sequence is not None, "lower() is only called on accepted nodes"
        w, bias = constant(node.w), constant(node.b)
        get_format(weight_format).checked(w.reshape(9, -1))
        stride = node.window.stride[0]
        table = Table("weights", pack(w, bias, sequence, stride), 8)
        return in_blocks(table, (24 if stride == 1 else 20) * w.shape[2], node, self, 4)

    def block(self, node: DepthwiseConv2D, group: int) -> Lowered:
        sequence = depthwise_sequence(node)
        assert sequence is not None, "block() is only called on accepted nodes"
        stride = node.window.stride[0]
        tiles = tuple(_tile(stride, slot, sequence) for slot in (0, 1))
        return Lowered(
            BLOCK,
            (
                *(Param(f"tile{slot}", "eg_rows_tile", tile.symbol) for slot, tile in enumerate(tiles)),
                *_params(node, _record(sequence, stride)),
            ),
            workspace=32 * (node.x.type.shape[2] + node.window.padding[2] + node.window.padding[3]),
            helpers=(ROW_PAIRS, *tiles),
            runtime=("eg_dsp.h",),
            instructions=predict(node, sequence),
        )

    def place(self, node: DepthwiseConv2D) -> Place:
        stride = node.window.stride[0]
        symbol = f"dsp_depthwise3x3s{stride}_place"
        return Place(symbol, "dsp_depthwise3x3_place.c.j2", 250, 97.0, {"stride": stride})


def _record(sequence: Sequence, stride: int) -> int:
    """Words per channel that the tiles read."""
    return STRIDES[stride].record + int(sequence.biased) + int(sequence.tie)


def _params(node: DepthwiseConv2D, record: int) -> tuple[Param, ...]:
    _, in_h, in_w, channels = node.x.type.shape
    _, out_h, out_w, _ = node.type.shape
    top, _, left, right = node.window.padding
    rows = STRIDES[node.window.stride[0]].rows_per_pair
    columns = out_w & ~1 if node.window.stride == (1, 1) else 2 * out_w + 1
    return (
        *int32_params(
            even_bytes=32 * columns,
            advance=rows * out_w * channels,
            # 0 when the last pair of output rows has only one
            last_row_bytes=out_w * channels if out_h % rows == 0 else 0,
        ),
        # pairs: of input rows, beside the first: one per two output rows with stride 1, one per row with 2
        *int16_params(pairs=-(-out_h // rows), in_h=in_h, in_w=in_w, channels=channels, out_w=out_w, record=record),
        *(Param(name, "int8_t", v) for name, v in (("pad_top", top), ("pad_left", left), ("pad_right", right))),
        Param("pad_value", "int8_t", node.pad_value),
    )


def _tile(stride: int, slot: int, sequence: Sequence) -> Function:
    kind = STRIDES[stride]
    extra = 4 * (sequence.instructions - 2)
    return Function(
        f"{kind.tile}{slot}_{sequence.name}",
        f"{kind.tile}.c.j2",
        {
            "q": sequence,
            "first_slot": slot,
            "record": _record(sequence, stride),
            "requant": 7 if sequence.biased else 6,
        },
        code_bytes=(370 + 6 * extra if stride == 1 else 222 + 2 * extra),
    )


def predict(node: DepthwiseConv2D, sequence: Sequence) -> float:
    """Instructions of one inference, from the listings of the templates."""
    _, _, in_w, channels = node.x.type.shape
    _, out_h, out_w, _ = node.type.shape
    stride = node.window.stride[0]
    steps = (out_h + 1) // 2 if stride == 1 else out_h
    blocks = (channels + 3) // 4
    pairs = blocks * ((steps + 1) * (15 * in_w + 10) + 50)
    requant, biased, tie = sequence.instructions, int(sequence.biased), int(sequence.tie)
    if stride == 1:
        two = 39 + biased + 3 * tie + 4 * requant
        per_channel: float = 17 + two * (out_w // 2) + (out_w & 1) * (18 + biased + tie + 2 * requant)
    else:
        per_channel = 21 + 2 * (out_w & 1) + (10.5 + biased + 1.5 * tie + requant) * out_w
    return float(pairs + steps * (channels * per_channel + blocks * 44) + blocks * 40 + 24 * in_w + 190)


KERNELS = (Depthwise3x3Dsp(),)
