"""depthwise_conv2d with any window, stride and dilation for the DSP extension."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.ir import Array
from edgegen.kernels.base import Function, Lowered, Param
from edgegen.kernels.common import constant, int16_params, too_large, window_params
from edgegen.kernels.dsp_depthwise_blocks import BlockKernel, Place, in_blocks
from edgegen.kernels.dsp_requant import Sequence, depthwise_sequence, fused_bias, halves
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target


def pack(w: Array, bias: Array, sequence: Sequence) -> Array:
    """w: (taps, channels) int8 -> int32 words: per block of four channels biases, pairs of taps, requantization.

    The last block ends with the last channel, and repeats channels of the one before when there are not 4 n of them.
    """
    taps, channels = w.shape
    scaled = np.zeros((taps + taps % 2, channels), dtype=np.int64)
    scaled[:taps] = w.astype(np.int64) << sequence.pre_scale
    start = fused_bias(sequence, bias)
    words = halves(scaled[0::2], scaled[1::2])
    found = []
    for block in range(0, channels, 4):
        part = slice(min(block, channels - 4), min(block, channels - 4) + 4)
        found.append(np.zeros(4, dtype=np.int32) if start is None else start[part])
        found.append(words[:, part].ravel())
        found.append(np.stack([column[part] for column in sequence.words], axis=1).ravel())
    return np.concatenate(found).astype(np.int32)


class DepthwiseTapsDsp(BlockKernel):
    """Weights as int16 pairs of taps; addresses of the taps are gathered once per output position."""

    name = "dsp_taps"
    most = 64
    overlaps = True
    formats = ("int8",)

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        if not target.has("dsp"):
            return "the target has no DSP extension"
        if node.x.type.shape[0] != 1 or node.multiplier != 1 or node.x.type.shape[3] < 4:
            return "it takes one image, one output per channel, and at least 4 channels"
        if depthwise_sequence(node) is None:
            return "no short requantization is exact for this layer"
        return too_large(node.x.type.shape + node.type.shape + (node.w.type.shape[0] * node.w.type.shape[1],))

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        sequence = depthwise_sequence(node)
        assert sequence is not None, "lower() is only called on accepted nodes"
        channels = node.x.type.shape[3]
        w = constant(node.w).reshape(-1, channels)
        get_format(weight_format).checked(w)
        table = Table("weights", pack(w, constant(node.b), sequence), 8)
        weight_bytes = (w.shape[0] + 1) // 2 * 16 * ((channels + 3) // 4)
        return in_blocks(table, weight_bytes, node, self, (channels + 3) // 4 * 4)

    def block(self, node: DepthwiseConv2D, group: int) -> Lowered:
        sequence = depthwise_sequence(node)
        assert sequence is not None, "block() is only called on accepted nodes"
        channels = node.x.type.shape[3]
        pairs = (node.w.type.shape[0] * node.w.type.shape[1] + 1) // 2
        return Lowered(
            Function(
                f"dsp_depthwise_taps_{sequence.name}",
                "dsp_depthwise_taps.c.j2",
                {"q": sequence},
                code_bytes=520 + 16 * (sequence.instructions - 2),
            ),
            _params(node, group, 1 + pairs + len(sequence.words)),
            # addresses are those of the machine that runs it: at most 8 bytes
            workspace=16 * pairs + (min(group, channels) + 3) // 4 * 4,
            runtime=("eg_dsp.h",),
            instructions=predict(node, sequence, group),
        )

    def place(self, node: DepthwiseConv2D) -> Place:
        pairs = (node.w.type.shape[0] * node.w.type.shape[1] + 1) // 2
        return Place("dsp_depthwise_taps_place", "dsp_depthwise_taps_place.c.j2", 250, 83.0 + 12.0 * pairs)


def _params(node: DepthwiseConv2D, group: int, record: int) -> tuple[Param, ...]:
    _, in_h, in_w, channels = node.x.type.shape
    _, out_h, out_w, _ = node.type.shape
    return (
        *int16_params(in_h=in_h, in_w=in_w, channels=channels, out_h=out_h, out_w=out_w, group=group, record=record),
        *window_params(node.window),
        *int16_params(taps=node.w.type.shape[0] * node.w.type.shape[1], pad_words=_pad_words(node, group)),
        Param("pad_value", "int8_t", node.pad_value),
    )


def _pad_words(node: DepthwiseConv2D, group: int) -> int:
    """Words of padding that some tap can read."""
    return (min(group, node.x.type.shape[3]) + 3) // 4 if any(node.window.padding) else 0


def predict(node: DepthwiseConv2D, sequence: Sequence, group: int) -> float:
    """Instructions of one inference with so many channels at a time, from the listings of the template."""
    _, out_h, out_w, channels = node.type.shape
    kernel_h, kernel_w = node.window.kernel
    taps = kernel_h * kernel_w
    pairs = (taps + 1) // 2
    groups = -(-channels // group)
    blocks = (channels + 3) // 4
    block = 12 + 16 * pairs + (pairs & 1) + 4 * (2 + sequence.instructions)
    position = (33 + 9 * taps + 10 * kernel_h) * groups + blocks * block
    return float(out_h * out_w * position + groups * (out_h * 12 + 6 * _pad_words(node, group) + 60))


KERNELS = (DepthwiseTapsDsp(),)
