"""depthwise_conv2d with compressed weights: four channels at a time are decoded for the DSP extension's kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from edgegen.formats.base import Table
from edgegen.ir import Array
from edgegen.kernels import dsp_depthwise3x3 as dsp3x3
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int32_params
from edgegen.kernels.dsp_requant import Sequence, depthwise_sequence, fused_bias
from edgegen.kernels.fc_common import c_views, filled, stored
from edgegen.kernels.rows_decoders import DECODERS, Rows
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.target import Target

#: instructions on a Cortex-M4 beside decoding and the dense kernel, fitted to runs in QEMU
COSTS: Mapping[str, float] = {"channel": 45.0, "block": 40.0, "call": 60.0}
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


def blocks_of(w: Array) -> Array:
    """w: (taps, channels) -> one row per four channels, each channel's taps together.

    The last channel again for those that miss: no format then sees a value that is not there.
    """
    taps, channels = w.shape
    return np.pad(w.T, ((0, -channels % 4), (0, 0)), mode="edge").reshape(-1, 4 * taps)


@dataclass(frozen=True, eq=False)
class Constants:
    """What a channel needs beside its weights.

    words: int32 (channels, n). base: when not None, words are (bias * 2**pre_scale + (constant - base), multiplier):
    the bits below the bias hold the difference to a constant of the layer. Else start value of the sums where the
    sequence has one, multiplier, constant and third, in the order of `words_of`.
    """

    words: Array
    base: int | None

    @property
    def name(self) -> str:
        """Part of a symbol: what the C text depends on."""
        return f"raw{self.words.shape[1]}" if self.base is None else "compact"

    @property
    def table(self) -> Table:
        return Table("constants", self.words.astype(np.int32).ravel())


def constants_of(sequence: Sequence, bias: Array, order: Callable[[Sequence, Array | None], list[Array]]) -> Constants:
    """order: the words of a record behind the weights, from the sequence and the start values."""
    start = fused_bias(sequence, bias)
    base = int(sequence.constant.min())
    room = 1 << sequence.pre_scale
    if start is None or sequence.tie or int(sequence.constant.max()) - base >= room:
        return Constants(np.stack(order(sequence, start), axis=1), None)
    first = start.astype(np.int64) + sequence.constant.astype(np.int64) - base
    return Constants(np.stack((first, sequence.multiplier.astype(np.int64)), axis=1), base)


class DepthwiseUnpack(Kernel):
    """Whatever the dense kernels of the DSP extension take. The workspace also holds a block's weights."""

    name = "unpack"
    op = DepthwiseConv2D
    formats = tuple(FORMATS)
    dense = dsp3x3.Depthwise3x3Dsp()

    def accepts(self, node: DepthwiseConv2D, target: Target) -> str | None:
        return self.dense.accepts(node, target)

    def in_place(self, node: DepthwiseConv2D) -> tuple[int, ...]:
        return self.dense.in_place(node)

    def lower(self, node: DepthwiseConv2D, weight_format: str, target: Target) -> Lowered:
        sequence = depthwise_sequence(node)
        assert sequence is not None, "lower() is only called on accepted nodes"
        channels = node.x.type.shape[3]
        stride = node.window.stride[0]
        w = constant(node.w).reshape(9, channels)
        rows = FORMATS[weight_format](blocks_of(w), target)
        found = constants_of(sequence, constant(node.b), lambda s, start: dsp3x3.behind_weights(s, start, stride))
        inner = self.dense.lower(node, "int8", target)
        tiles = tuple(dsp3x3.tile_function(stride, slot, sequence) for slot in (0, 1))
        record = tiles[0].context["record"]
        place = _place3x3(stride, record, found)
        records_at = (inner.workspace + 7) // 8 * 8
        row_at = records_at + 16 * record
        row_bytes = 0 if weight_format == "int8" else 36 + _ROW_SLACK
        tables_at = (row_at + row_bytes + 7) // 8 * 8
        suffix = f"_{rows.suffix}" if rows.suffix else ""
        return Lowered(
            Function(
                f"depthwise_conv2d_s8_unpack3x3s{stride}_{weight_format}_{sequence.name}_{found.name}{suffix}",
                "depthwise_unpack3x3.c.j2",
                {
                    "tables": c_views(rows.tables),
                    "weight_format": weight_format,
                    "stride": stride,
                    "record": record,
                    "tiles": tuple(tile.symbol for tile in tiles),
                    "place": place.symbol,
                    "compact": found.base is not None,
                    "constants": found.words.shape[1],
                    **rows.context,
                },
                code_bytes=400,
            ),
            (
                *inner.params,
                *int32_params(records_at=records_at, row_at=row_at, tables_at=tables_at, scale=1 << sequence.pre_scale),
                *int32_params(**({} if found.base is None else {"base": found.base})),
                *int32_params(**rows.params),
            ),
            (*filled(rows.tables), found.table),
            workspace=tables_at + rows.lookup,
            helpers=(dsp3x3.ROW_PAIRS, dsp3x3.BLOCK, *tiles, place),
            runtime=("eg_dsp.h", "eg_bits.h", "eg_huffman.h"),
            instructions=inner.instructions + _around(channels, rows),
            weight_bytes=sum(table.nbytes for table in rows.tables),
        )


def _place3x3(stride: int, record: int, found: Constants) -> Function:
    first = 6 if stride == 1 else 5
    return Function(
        f"dsp_depthwise3x3s{stride}_place_{found.name}",
        "dsp_depthwise3x3_place.c.j2",
        {"stride": stride, "first": first, "compact": found.base is not None, "words": record - first},
        code_bytes=120,
    )


def _around(channels: int, rows: Rows) -> float:
    """Decoding, placing channels in records, and calls."""
    blocks = -(-channels // 4)
    return rows.instructions + COSTS["channel"] * channels + COSTS["block"] * blocks + COSTS["call"]


KERNELS: tuple[Kernel, ...] = (DepthwiseUnpack(),)
