"""depthwise_conv2d along one axis (over time, or along a line) with stride 1 for the DSP extension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.formats.base import Table
from edgegen.formats.base import get as get_format
from edgegen.ir import Array
from edgegen.kernels.base import Function, Lowered, Param
from edgegen.kernels.common import constant, int16_params, too_large
from edgegen.kernels.dsp_depthwise_blocks import BlockKernel, Place, in_blocks
from edgegen.kernels.dsp_requant import Sequence, depthwise_sequence, fused_bias, halves
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target

TIME_PAIRS = Function("dsp_time_pairs", "dsp_time_pairs.c.j2", code_bytes=60)
BLOCK = Function("dsp_depthwise1d_block", "dsp_depthwise1d_block.c.j2", code_bytes=430)


@dataclass(frozen=True)
class Line:
    """The layer as one axis: elements in, elements out, taps, padding before the first element."""

    in_length: int
    out_length: int
    taps: int
    pad: int

    @property
    def steps(self) -> int:
        """Words of two taps that outputs at even and odd places need."""
        return self.taps // 2 + 1

    @property
    def groups(self) -> int:
        """Groups of four outputs, the last one perhaps of fewer."""
        return (self.out_length + 3) // 4

    @property
    def pairs(self) -> int:
        """Pairs of elements that the groups read."""
        return 2 * self.groups - 1 + self.steps


def line_of(node: DepthwiseConv2D) -> Line | None:
    """The layer as one axis, or None when it has two."""
    window, x, y = node.window, node.x.type.shape, node.type.shape
    if window.stride != (1, 1) or window.dilation != (1, 1):
        return None
    for axis in (0, 1):
        other = 1 - axis
        flat = window.kernel[other] == x[1 + other] == y[1 + other] == 1
        if flat and not any(window.padding[2 * other : 2 * other + 2]):
            return Line(x[1 + axis], y[1 + axis], window.kernel[axis], window.padding[2 * axis])
    return None


def pack(w: Array, bias: Array, sequence: Sequence) -> Array:
    """w: (taps, channels) int8 -> int32 records, one per channel, as the tile reads them."""
    taps, channels = w.shape
    scaled = np.zeros((taps + 3, channels), dtype=np.int64)
    scaled[1 : taps + 1] = w.astype(np.int64) << sequence.pre_scale
    start = fused_bias(sequence, bias)
    columns = [np.zeros(channels, dtype=np.int32) if start is None else start] * 2
    for step in range(taps // 2 + 1):
        columns.append(halves(scaled[2 * step + 1], scaled[2 * step + 2]))
        columns.append(halves(scaled[2 * step], scaled[2 * step + 1]))
    return np.stack([*columns, *sequence.words], axis=1).astype(np.int32).ravel()


class Depthwise1dDsp(BlockKernel):
    """Weights as int16 pairs for outputs at even and at odd places, four channels and four outputs at a time."""

    name = "dsp_1d"
    formats = ("int8",)

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        if not target.has("dsp"):
            return "the target has no DSP extension"
        line = line_of(node)
        if line is None or line.taps < 2:
            return f"it takes one axis, stride 1 and at least 2 taps, this is {node.window} on {node.x.type}"
        if node.x.type.shape[0] != 1 or node.multiplier != 1 or node.x.type.shape[3] < 4:
            return "it takes one image, one output per channel, and at least 4 channels"
        if depthwise_sequence(node) is None:
            return "no short requantization is exact for this layer"
        return too_large(node.x.type.shape + node.type.shape + (line.pairs * 16,))

    def in_place(self, node: DepthwiseConv2D) -> tuple[int, ...]:
        """All of a channel's inputs are in the buffer before its first output is written."""
        return (0,) if node.x.type.shape == node.type.shape else ()

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        sequence, line = depthwise_sequence(node), line_of(node)
        assert sequence is not None and line is not None, "lower() is only called on accepted nodes"
        channels = node.x.type.shape[3]
        w = constant(node.w).reshape(line.taps, channels)
        get_format(weight_format).checked(w)
        table = Table("weights", pack(w, constant(node.b), sequence), 8)
        return in_blocks(table, 8 * line.steps * channels, node, self, 4)

    def block(self, node: DepthwiseConv2D, group: int) -> Lowered:
        sequence, line = depthwise_sequence(node), line_of(node)
        assert sequence is not None and line is not None, "block() is only called on accepted nodes"
        tile = _tile(line, sequence)
        return Lowered(
            BLOCK,
            (Param("tile", "eg_line_tile", tile.symbol), *_params(node, line, _record(sequence, line))),
            workspace=16 * line.pairs,
            helpers=(TIME_PAIRS, tile),
            runtime=("eg_dsp.h",),
            instructions=predict(line, node.x.type.shape[3], sequence),
        )

    def place(self, node: DepthwiseConv2D) -> Place:
        taps = node.w.type.size // node.w.type.shape[2]
        return Place("dsp_depthwise1d_place", "dsp_depthwise1d_place.c.j2", 248, 75.0 + 18.0 * (taps // 2 + 1))


def _record(sequence: Sequence, line: Line) -> int:
    """Words per channel that the tile reads."""
    return 2 + 2 * line.steps + len(sequence.words)


def _params(node: DepthwiseConv2D, line: Line, record: int) -> tuple[Param, ...]:
    return int16_params(
        channels=node.x.type.shape[3],
        in_length=line.in_length,
        out_length=line.out_length,
        pad=line.pad,
        pad_value=node.pad_value,
        pairs=line.pairs,
        rewind=16 * (line.steps - 1),
        taps_bytes=8 * line.steps,
        record=record,
    )


def _tile(line: Line, sequence: Sequence) -> Function:
    odd = line.steps & 1
    return Function(
        f"dsp_depthwise1d_line_{'odd' if odd else 'even'}_{sequence.name}",
        "dsp_depthwise1d_line.c.j2",
        {"q": sequence, "odd": odd},
        code_bytes=230 + 16 * (sequence.instructions - 2),
    )


def predict(line: Line, channels: int, sequence: Sequence) -> float:
    """Instructions of one inference, from the listings of the templates."""
    blocks = (channels + 3) // 4
    inside = max((line.in_length + line.pad) // 2 - (line.pad + 1) // 2, 0)
    edges = max(line.pairs - inside, 0)
    group = 16 + 6 * line.steps + 2 * ((line.steps + 1) // 2) + (line.steps & 1) + 4 * sequence.instructions
    per_channel = 25 + 3 * int(line.out_length % 4 != 0 and line.out_length > 4) + group * line.groups
    return float(channels * per_channel + blocks * (12 * inside + 75 * edges + 75) + 80)


KERNELS = (Depthwise1dDsp(),)
