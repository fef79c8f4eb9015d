"""average_pool2d, max_pool2d and mean for the DSP extension."""

from __future__ import annotations

from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import inside_taps, int16_params, int32_params, requantize_function
from edgegen.kernels.pool_portable import average_function, average_params, batch_reason, even_cost, pool_params
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.target import Target

#: sums of so many int8 values fit an int16
LARGEST_WINDOW = 256


def words_of(channels: int) -> int:
    """Words of four channels that a block takes: as many as the channels fill, at most 4."""
    return 4 if channels >= 16 else 2 if channels >= 8 else 1


def sums_of(words: int) -> Function:
    """The helper that sums a window."""
    return Function(f"dsp_window_sums{words}", "dsp_window_sums.c.j2", {"words": words}, code_bytes=60 + 36 * words)


def _context(words: int) -> dict[str, object]:
    return {"words": words, "sums": sums_of(words).symbol}


def refuse(channels: int, target: Target) -> str | None:
    """Why no pool kernel takes these channels, or None."""
    if not target.has("dsp"):
        return "the target has no DSP extension"
    return "it takes at least 4 channels" if channels < 4 else None


def _walk(node: AveragePool2D | MaxPool2D, per_block: float) -> float:
    """Instructions of all positions and blocks of channels; per_block: beside those of the window. Fitted to QEMU."""
    _, height, width, channels = node.x.type.shape
    words = words_of(channels)
    blocks = -(-channels // (4 * words))
    positions = node.type.size // channels
    elements = inside_taps(node.window, height, width)
    lines = elements / node.window.kernel[1]
    window = elements * (3.1 * words + 2.7) + lines * 7
    return blocks * (window + positions * per_block) + positions * 38 + 20


class AveragePoolDsp(Kernel):
    """Sums of bytes in halfwords, one division per output."""

    name = "dsp"
    op = AveragePool2D

    def accepts(self, node: AveragePool2D, target: Target) -> str | None:
        if node.window.kernel[0] * node.window.kernel[1] > LARGEST_WINDOW:
            return f"the window {node.window.kernel} has more than {LARGEST_WINDOW} elements"
        return refuse(node.x.type.shape[3], target) or batch_reason(node)

    def lower(self, node: AveragePool2D, weight_format: str, target: Target) -> Lowered:
        words = words_of(node.x.type.shape[3])
        return Lowered(
            average_function(node, f"average_pool2d_s8_dsp{words}", "dsp_average_pool2d.c.j2", _context(words), 420),
            average_params(node),
            helpers=(sums_of(words),),
            runtime=("eg_requant.h", "eg_lanes.h"),
            instructions=_walk(node, 72 * words + 17) + even_cost(node, 9.5),
        )


class MaxPoolDsp(Kernel):
    """Four bytes compared at once."""

    name = "dsp"
    op = MaxPool2D

    def accepts(self, node: MaxPool2D, target: Target) -> str | None:
        return refuse(node.x.type.shape[3], target) or batch_reason(node)

    def lower(self, node: MaxPool2D, weight_format: str, target: Target) -> Lowered:
        words = words_of(node.x.type.shape[3])
        return Lowered(
            Function(f"max_pool2d_s8_dsp{words}", "dsp_max_pool2d.c.j2", {"words": words}, 240 + 40 * words),
            pool_params(node),
            runtime=("eg_lanes.h",),
            instructions=_walk(node, 7.3 * words + 25.5),
        )


class MeanDsp(Kernel):
    """Sums of bytes in halfwords, one requantization per channel."""

    name = "dsp"
    op = Mean

    def accepts(self, node: Mean, target: Target) -> str | None:
        batch, height, width, channels = node.x.type.shape
        if batch != 1 or height * width > LARGEST_WINDOW:
            return f"it takes one image of at most {LARGEST_WINDOW} positions, x is {node.x.type}"
        return refuse(channels, target)

    def lower(self, node: Mean, weight_format: str, target: Target) -> Lowered:
        _, height, width, channels = node.x.type.shape
        words, q = words_of(channels), node.requant
        positions = height * width
        blocks = -(-channels // (4 * words))
        return Lowered(
            Function(
                f"mean_s8_dsp{words}_{q.rounding}",
                "dsp_mean.c.j2",
                {**_context(words), "requantize": requantize_function(q)},
                code_bytes=230,
            ),
            int32_params(multiplier=q.multiplier[0], offset=positions * node.zero_point)
            + int16_params(
                channels=channels, positions=positions, shift=q.shift[0], zero_point=q.zero_point, lo=q.lo, hi=q.hi
            ),
            helpers=(sums_of(words),),
            runtime=("eg_requant.h", "eg_lanes.h"),
            instructions=blocks * (positions * (3 * words + 3) + 150 * words + 60) + 40,
        )


KERNELS = (AveragePoolDsp(), MaxPoolDsp(), MeanDsp())
