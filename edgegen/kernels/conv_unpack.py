"""conv2d with compressed weights on the register tile: groups of output channels are decoded into the tile's stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import constant, int16_params, int32_params
from edgegen.kernels.conv_channels import channels_table
from edgegen.kernels.dsp_conv import Conv2DDsp, Conv2DDspPointwise
from edgegen.kernels.dsp_gemm import STREAM_HEAD, Gemm, TileDriver, layer_forms, pack
from edgegen.kernels.dsp_narrow import Conv2DDspNarrow
from edgegen.kernels.fc_common import c_views, filled
from edgegen.kernels.rows_decoders import DECODERS, Rows, ham
from edgegen.ops.conv2d import Conv2D
from edgegen.target import Target

#: instructions on a Cortex-M4 beside decoding and the driver, fitted to runs in QEMU
COSTS: Mapping[str, float] = {"channel": 115.0, "group of 4": 10.0, "group of channels": 30.0, "call": 60.0}
#: of the wrapper with its decoder, and of the function that places a row
CODE_BYTES = 320
ROW_CODE_BYTES = {8: 240, 16: 240}
#: channels of a group, and the bytes that their stream may take
_MOST_CHANNELS = 32
_STREAM_BYTES = 8192
#: a decoder may write so many bytes beyond a row
_ROW_SLACK = 8
_DRIVERS: tuple[TileDriver, ...] = (Conv2DDspPointwise(), Conv2DDspNarrow(), Conv2DDsp())


class _Plain(Rows):
    """Dense bytes, copied."""

    @property
    def instructions(self) -> float:
        return 15.0 * self.work["row"] + 0.7 * self.work["byte"]


def _plain(w: Array, target: Target) -> Rows:
    return _Plain((Table("weights", w.ravel()),), work={"row": len(w), "byte": w.size})


#: every format of rows, and dense bytes for the sake of the small tables of constants
_FORMATS: Mapping[str, Callable[[Array, Target], Rows]] = {"int8": _plain, **DECODERS}


@dataclass(frozen=True, eq=False)
class _Tile:
    """A node on the fastest driver that takes it: weights in the driver's order, packed, and the table of channels."""

    driver: TileDriver
    w: Array
    gemm: Gemm
    channels: Table

    @property
    def pair_words(self) -> int:
        """Of the stream, per pair of channels."""
        return max(self.gemm.words // max(self.gemm.rows // 2, 1), self.gemm.last_words)

    def group(self, most: int) -> int:
        """Channels that are decoded at a time: even, at most `most`, shared out evenly."""
        pairs = (self.gemm.rows + 1) // 2
        fits = max(1, min(most // 2, (_STREAM_BYTES - 4 * STREAM_HEAD) // (4 * self.pair_words)))
        return 2 * -(-pairs // -(-pairs // fits))


@lru_cache(maxsize=256)
def _tile(node: Conv2D, target: Target) -> _Tile:
    """Raises FormatError when no driver takes the node."""
    found: list[tuple[float, _Tile]] = []
    for driver in _DRIVERS:
        if driver.accepts(node, target) is not None:
            continue
        w, b = driver.matrix(node), constant(node.b)
        gemm = _packed(node, w, b)
        tile = _Tile(driver, w, gemm, channels_table(w, b, node.requant, gemm))
        found.append((_driven(node, tile, tile.group(_MOST_CHANNELS)), tile))
    if not found:
        raise FormatError("no register tile takes the layer")
    return min(found, key=lambda pair: pair[0])[1]


def _packed(node: Conv2D, w: Array, b: Array) -> Gemm:
    try:
        return pack(w, b, layer_forms(node, 8), 8)
    except FormatError:
        return pack(w, b, layer_forms(node, 16), 16)


def _driven(node: Conv2D, tile: _Tile, group: int) -> float:
    """Instructions of the driver in all groups."""
    whole, rest = divmod(tile.gemm.rows, group)
    counts = ((whole, group), (1, rest))
    return sum(n * tile.driver.bind(node, replace(tile.gemm, rows=rows)).instructions for n, rows in counts if n * rows)


@lru_cache(maxsize=64)
def _rows(node: Conv2D, weight_format: str, target: Target, code: Code | None) -> Rows:
    w = _tile(node, target).w
    return _FORMATS[weight_format](w, target) if code is None else ham(w, target, code)


class Conv2DUnpack(Kernel):
    """Whatever a kernel of the register tile takes. The workspace also holds the stream of up to 32 output channels."""

    name = "unpack"
    op = Conv2D
    formats = tuple(_FORMATS)
    shared_formats = ("ham",)
    most = _MOST_CHANNELS

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        reasons = [driver.accepts(node, target) for driver in _DRIVERS]
        return None if None in reasons else reasons[-1]

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        return self._bound(node, weight_format, target, None)

    def lower_shared(self, node: Conv2D, weight_format: str, target: Target, code: Code) -> Lowered:
        return self._bound(node, weight_format, target, code)

    def _bound(self, node: Conv2D, weight_format: str, target: Target, code: Code | None) -> Lowered:
        tile = _tile(node, target)
        group = tile.group(self.most)
        rows, gemm = _rows(node, weight_format, target, code), tile.gemm
        inner = tile.driver.bind(node, gemm)
        place = Function(
            f"unpack_row_int{gemm.bits}",
            "conv2d_unpack_row.c.j2",
            {"bits": gemm.bits},
            code_bytes=ROW_CODE_BYTES[gemm.bits],
        )
        count = tile.w.shape[1]
        stream_at = (inner.workspace + 7) // 8 * 8
        row_at = stream_at + 4 * (STREAM_HEAD + group // 2 * tile.pair_words)
        tables_at = (row_at + count + _ROW_SLACK + 7) // 8 * 8
        suffix = (f"_{rows.suffix}" if rows.suffix else "") + ("" if gemm.bits == 8 else "_wide")
        return Lowered(
            Function(
                f"conv2d_s8_unpack_{weight_format}{suffix}",
                "conv2d_unpack.c.j2",
                {
                    "tables": c_views(rows.tables),
                    "weight_format": weight_format,
                    "place": place.symbol,
                    **rows.context,
                },
                code_bytes=CODE_BYTES,
            ),
            (
                Param("driver", "eg_driver", inner.function.symbol),
                *int32_params(row_at=row_at, stream_at=stream_at, tables_at=tables_at, pair_words=tile.pair_words),
                *int16_params(count=count, out_c=gemm.rows, group=group),
                *int32_params(**rows.params),
            ),
            (*filled(rows.tables), tile.channels),
            workspace=tables_at + rows.lookup,
            helpers=(place,),
            runtime=("eg_dsp.h", "eg_huffman.h", "eg_rows.h"),
            instructions=rows.instructions + _around(gemm, group) + _driven(node, tile, group),
            weight_bytes=sum(table.nbytes for table in rows.tables),
            inner=inner,
        )


class Conv2DUnpack4(Conv2DUnpack):
    """The same with four output channels at a time: less RAM, more time."""

    name = "unpack4"
    most = 4

    def _bound(self, node: Conv2D, weight_format: str, target: Target, code: Code | None) -> Lowered:
        tile = _tile(node, target)
        if tile.group(self.most) == tile.group(_MOST_CHANNELS):
            raise FormatError("kernel unpack takes as few channels at a time here")
        return super()._bound(node, weight_format, target, code)


def _around(gemm: Gemm, group: int) -> float:
    """Placing rows in the stream, and calls."""
    placed = gemm.rows + gemm.rows % 2
    return (
        COSTS["call"]
        + COSTS["channel"] * placed
        + COSTS["group of 4"] * placed * gemm.groups
        + COSTS["group of channels"] * -(-gemm.rows // group)
    )


KERNELS: tuple[Kernel, ...] = (Conv2DUnpack(), Conv2DUnpack4())
