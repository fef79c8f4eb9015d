"""depthwise_conv2d with compressed weights: decoded in RAM into what the dense kernels read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import INT16_MAX, constant, int16_params, int32_params
from edgegen.kernels.dsp_depthwise1d import Depthwise1dDsp, line_of
from edgegen.kernels.dsp_depthwise3x3 import Depthwise3x3Dsp
from edgegen.kernels.dsp_depthwise_blocks import BlockKernel, block_words
from edgegen.kernels.dsp_depthwise_taps import DepthwiseTapsDsp
from edgegen.kernels.dsp_requant import LARGEST, Sequence, depthwise_sequence
from edgegen.kernels.fc_common import c_views, filled, stored
from edgegen.kernels.rows_decoders import DECODERS, Rows
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.requant_forms import accumulator_range
from edgegen.requant_shared import share
from edgegen.target import Target

#: instructions on a Cortex-M4 beside decoding and the dense kernel, fitted to runs in QEMU
COSTS: Mapping[str, float] = {"block": 60.0, "call": 60.0}
#: of the function with its decoder and the reading of constants, where it is not about 420
CODE_BYTES: Mapping[str, int] = {"int8": 330, "ham": 900}
#: a decoder may write so many bytes beyond a row
_ROW_SLACK = 8
#: factors of the sum of weights that leave a bias
_FACTORS = np.arange(-128, 129)


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
    """What a layer's channels need beside their weights, as runtime_c/eg_place.h reads it.

    table: int16, a head, the words that channels share, and the channels. head: halfwords before the first channel.
    step: halfwords of a channel.
    """

    table: Table
    head: int
    step: int


def constants_of(w: Array, bias: Array, requant: Requant, sequence: Sequence, order: Array) -> Constants:
    """w: (channels, taps); order: the channels as they are stored."""
    shared = share(requant, *accumulator_range(w, bias), sequence.forms) if sequence.biased else None
    factor, rest = _split(w, bias, sequence.pre_scale) if sequence.biased else (0, bias)
    width = 0 if not sequence.biased else 1 if int(np.abs(rest).max()) <= INT16_MAX else 2
    words = np.stack(sequence.words, axis=1) if shared is None else shared.multiplier[:, None]
    common = np.zeros(0, dtype=np.int16) if shared is None else _halves(shared.words).ravel()
    first, more = -1 if shared is None else shared.first, 2 * len(sequence.words) - 2
    head = np.array([w.shape[1], 1 << sequence.pre_scale, factor, width, more, first], dtype=np.int16)
    record = np.concatenate([_halves(rest[:, None])[:, :width], _halves(words)], axis=1)
    halves = np.concatenate([head, common, record[order].ravel()])
    return Constants(Table("constants", halves), head.size + common.size, record.shape[1])


def _split(w: Array, bias: Array, pre_scale: int) -> tuple[int, Array]:
    """(factor, bias - factor * sums of weights), the smallest rest: an input's zero point is folded into biases."""
    sums = w.astype(np.int64).sum(axis=1)
    rests = bias.astype(np.int64) - _FACTORS[:, None] * sums
    most = np.abs(rests).max(axis=1)
    best = int(most.argmin())
    if int(most[best]) << pre_scale > LARGEST:
        return 0, bias.astype(np.int64)
    return int(_FACTORS[best]), rests[best]


def _halves(words: Array) -> Array:
    """(rows, n) words as (rows, 2 n) halfwords, low first."""
    return np.ascontiguousarray(words.astype(np.int32)).view(np.int16)


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
        stored_channels = order if driver.overlaps else np.arange(channels)
        found = constants_of(w.T, constant(node.b), node.requant, sequence, stored_channels)
        group = _group(len(order) // 4, driver.most // 4)
        inner = driver.block(node, 4 * group)
        how = driver.place(node)
        place = Function(how.symbol, how.template, how.context, code_bytes=how.code_bytes)
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
                code_bytes=CODE_BYTES.get(weight_format, 420),
            ),
            (
                Param("block", "eg_channels", inner.function.symbol),
                Param("place", "eg_place", place.symbol),
                *int32_params(records_at=records_at, **({} if plain else {"row_at": row_at, "tables_at": tables_at})),
                *int16_params(head=found.head, step=4 * found.step, channels=channels),
                *int16_params(group=group, words=block_words(inner), rest=4 if driver.overlaps else channels % 4),
                *int32_params(**rows.params),
            ),
            (*filled(rows.tables), found.table),
            workspace=tables_at + rows.lookup,
            helpers=(place,),
            runtime=("eg_huffman.h", "eg_place.h"),
            instructions=inner.instructions
            + rows.instructions
            + how.instructions * channels
            + COSTS["block"] * (len(order) // 4)
            + COSTS["call"],
            weight_bytes=sum(table.nbytes for table in rows.tables),
            inner=inner,
        )


KERNELS: tuple[Kernel, ...] = (DepthwiseUnpack(),)
