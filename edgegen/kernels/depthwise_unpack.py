"""depthwise_conv2d with compressed weights: decoded in RAM into what the dense kernels read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import constant, int16_params, int32_params
from edgegen.kernels.dsp_depthwise1d import Depthwise1dDsp, line_of
from edgegen.kernels.dsp_depthwise3x3 import Depthwise3x3Dsp
from edgegen.kernels.dsp_depthwise_blocks import BlockKernel, Place, block_words
from edgegen.kernels.dsp_depthwise_taps import DepthwiseTapsDsp
from edgegen.kernels.dsp_requant import Sequence, depthwise_sequence, fused_bias
from edgegen.kernels.fc_common import c_views, filled, stored
from edgegen.kernels.rows_decoders import DECODERS, Rows
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target

#: instructions on a Cortex-M4 beside decoding and the dense kernel, fitted to runs in QEMU
COSTS: Mapping[str, float] = {"block": 60.0, "call": 60.0}
#: of the function with its decoder, where it is not about the same
CODE_BYTES: Mapping[str, int] = {"int8": 130, "ham": 800}
#: a decoder may write so many bytes beyond a row
_ROW_SLACK = 8


class _Plain(Rows):
    """Dense bytes, read where they lie."""

    @property
    def instructions(self) -> float:
        return 3.0 * self.work["row"]


def _plain(w: Array, target: Target) -> Rows:
    return _Plain(stored("int8", w).tables, work={"row": len(w)})


#: formats that can pay on a few weights per channel
FORMATS: Mapping[str, Callable[[Array, Target], Rows]] = {
    "int8": _plain,
    **{name: DECODERS[name] for name in ("int4", "int2", "ternary", "binary", "palette", "ham", "bitmap")},
}


def channels_of(count: int, overlap: bool) -> Array:
    """The channels of all blocks of four: the last block ends with the last channel, or repeats it to be full.

    Channels that repeat, and not zeros: no format then sees a value that is not there.
    """
    channels = np.arange(-(-count // 4) * 4)
    if overlap:
        channels[-4:] = np.arange(count - 4, count)
    return np.minimum(channels, count - 1)


@dataclass(frozen=True, eq=False)
class Constants:
    """What a channel needs beside its weights.

    words: int32 (channels, n). base: when not None, words are (bias * 2**pre_scale + (constant - base), multiplier):
    the bits below the bias hold the difference to a constant of the layer. Else all words of a record behind its
    weights.
    """

    words: Array
    base: int | None

    @property
    def table(self) -> Table:
        return Table("constants", self.words.astype(np.int32).ravel())


def constants_of(node: DepthwiseConv2D, driver: BlockKernel, sequence: Sequence, order: Array) -> Constants:
    """Of these channels. Short where sums start with the bias and the constants of requantization are close."""
    start = fused_bias(sequence, constant(node.b))
    base = int(sequence.constant.min())
    if start is None or sequence.tie or int(sequence.constant.max()) - base >= 1 << sequence.pre_scale:
        return Constants(np.stack(driver.behind_weights(node, sequence, start), axis=1)[order], None)
    first = start.astype(np.int64) + sequence.constant.astype(np.int64) - base
    return Constants(np.stack((first, sequence.multiplier.astype(np.int64)), axis=1)[order], base)


def _driver(node: DepthwiseConv2D) -> BlockKernel:
    """The dense kernel that is usually the fastest for the layer's window."""
    line = line_of(node)
    if line is not None and line.taps > 1:
        return Depthwise1dDsp()
    return Depthwise3x3Dsp() if Depthwise3x3Dsp.takes(node) else DepthwiseTapsDsp()


def _group(blocks: int, most: int) -> int:
    """Blocks at a time: at most so many, shared out evenly."""
    return -(-blocks // -(-blocks // most))


class DepthwiseUnpack(Kernel):
    """Whatever a dense kernel of blocks takes. The workspace also holds the weights of a group of channels."""

    name = "unpack"
    op = DepthwiseConv2D
    formats = tuple(FORMATS)

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        return _driver(node).accepts(node, target)

    def in_place(self, node: DepthwiseConv2D) -> tuple[int, ...]:
        return _driver(node).in_place(node)

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        sequence, driver = depthwise_sequence(node), _driver(node)
        assert sequence is not None, "lower() is only called on accepted nodes"
        channels = node.x.type.shape[3]
        w = constant(node.w).reshape(-1, channels)
        order = channels_of(channels, driver.overlaps)
        rows = FORMATS[weight_format](w.T[order].reshape(-1, 4 * len(w)), target)
        found = constants_of(node, driver, sequence, order if driver.overlaps else np.arange(channels))
        group = _group(len(order) // 4, driver.most // 4)
        inner = driver.block(node, 4 * group)
        how = driver.place(node)
        place = _place(how, found, sequence)
        records_at = (inner.workspace + 7) // 8 * 8
        row_at = records_at + 4 * group * block_words(inner)
        plain = weight_format == "int8"  # read where it lies
        row_bytes = 0 if plain else 4 * len(w) + _ROW_SLACK
        tables_at = (row_at + row_bytes + 7) // 8 * 8
        return Lowered(
            Function(
                f"depthwise_conv2d_s8_unpack_{weight_format}" + (f"_{rows.suffix}" if rows.suffix else ""),
                "depthwise_unpack.c.j2",
                {"tables": c_views(rows.tables), "weight_format": weight_format, **rows.context},
                code_bytes=CODE_BYTES.get(weight_format, 230),
            ),
            (
                Param("block", "eg_channels", inner.function.symbol),
                Param("place", "eg_place", place.symbol),
                *int32_params(records_at=records_at, **({} if plain else {"row_at": row_at, "tables_at": tables_at})),
                *int32_params(scale=1 << sequence.pre_scale, base=found.base or 0),
                *int16_params(taps=len(w), channels=channels, constants=4 * found.words.shape[1]),
                *int16_params(group=group, words=block_words(inner), rest=4 if driver.overlaps else channels % 4),
                *int32_params(**rows.params),
            ),
            (*filled(rows.tables), found.table),
            workspace=tables_at + rows.lookup,
            helpers=(place,),
            runtime=("eg_dsp.h", "eg_bits.h", "eg_huffman.h"),
            instructions=inner.instructions
            + rows.instructions
            + how.instructions * channels
            + COSTS["block"] * (len(order) // 4)
            + COSTS["call"],
            weight_bytes=sum(table.nbytes for table in rows.tables),
            inner=inner,
        )


def _place(how: Place, found: Constants, sequence: Sequence) -> Function:
    """The function for these constants."""
    compact, words = found.base is not None, found.words.shape[1]
    name = "compact" if compact else f"{'bias' if sequence.biased else 'raw'}{words}"
    context = {**how.context, "compact": compact, "words": words, "biased": int(sequence.biased)}
    return Function(f"{how.symbol}_{name}", how.template, context, code_bytes=how.code_bytes)


KERNELS: tuple[Kernel, ...] = (DepthwiseUnpack(),)
