"""conv2d with compressed weights on the register tile: groups of output channels are decoded into the tile's stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import ClassVar

from edgegen.errors import FormatError
from edgegen.formats.base import Table
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import constant, int16_params, int32_params
from edgegen.kernels.conv_channels import channels_table
from edgegen.kernels.dsp_band import Conv2DDspBand
from edgegen.kernels.dsp_conv import Conv2DDsp, Conv2DDspPointwise
from edgegen.kernels.dsp_gemm import STREAM_HEAD, Gemm, TileDriver, layer_forms, pack, reason_without_form
from edgegen.kernels.dsp_narrow import Conv2DDspNarrow
from edgegen.kernels.fc_common import c_views, filled
from edgegen.kernels.rows_decoders import DECODERS, SHARED, Rows, ham
from edgegen.ops.conv2d import Conv2D
from edgegen.target import Target

#: instructions on a Cortex-M4 beside decoding and the driver, fitted to runs in QEMU
COSTS: Mapping[str, float] = {"channel": 78.0, "word": 8.8, "wide word": 25.0, "group": 30.0, "call": 60.0}
#: measured on a Cortex-M4: of the wrapper with its decoder and what that calls, where it is not about 330 bytes; of the
#: function that places two rows
CODE_BYTES: Mapping[str, int] = {
    "int8": 416,
    "ham": 1450,
    "ham_single": 890,
    "gap_sham_1": 1080,
    "sham_1": 910,
    "tans": 520,
    "nm_block_1of4": 410,
}
_USUAL_CODE_BYTES = 330
PAIR_CODE_BYTES = {8: 320, 16: 320}
#: bytes that the stream of a group may take; less, where it costs no more than a share of the driver's time
_STREAM_BYTES = 16384
_SLOWER = 1.03
_LEAST_CHANNELS = 8
#: bytes before a decoded row in the workspace
_FARTHEST = 65535
#: a decoder may write so many bytes beyond a row
_ROW_SLACK = 8
#: drivers, and the share of the time that each must save: layers are to share code, and narrow gathering is unrolled
_DRIVERS: tuple[tuple[TileDriver, float], ...] = (
    (Conv2DDspPointwise(), 0.0),
    (Conv2DDspBand(), 0.0),
    (Conv2DDsp(), 0.04),
    (Conv2DDspNarrow(), 0.1),
)


class _Plain(Rows):
    """Dense bytes, copied unless rows are whole words."""

    @property
    def instructions(self) -> float:
        return 6.0 * self.work["row"] + 0.8 * self.work["byte"]


def _plain(w: Array, target: Target) -> Rows:
    return _Plain((Table("weights", w.ravel()),), work={"row": len(w), "byte": w.size if w.shape[1] % 4 else 0})


#: every format of rows, and dense bytes for the sake of the small tables of constants
_FORMATS: Mapping[str, Callable[[Array, Target], Rows]] = {"int8": _plain, **DECODERS}


@dataclass(frozen=True, eq=False)
class _Tile:
    """A node on its driver: weights in the driver's order, packed, and the table of channels."""

    node: Conv2D
    driver: TileDriver
    w: Array
    gemm: Gemm
    channels: Table

    @property
    def pair_words(self) -> int:
        """Of the stream, per pair of channels."""
        return max(self.gemm.words // max(self.gemm.rows // 2, 1), self.gemm.last_words)

    def driven(self, group: int) -> float:
        """Instructions of the driver, with `group` channels in a call."""
        whole, rest = divmod(self.gemm.rows, group)
        calls = [(n, replace(self.gemm, rows=rows)) for n, rows in ((whole, group), (1, rest)) if n * rows]
        return sum(n * self.driver.bind(self.node, part).instructions for n, part in calls)

    @cached_property
    def group(self) -> int:
        """Channels that are decoded at a time: even, shared out evenly, the fewest that cost little time."""
        pairs = (self.gemm.rows + 1) // 2
        fits = max(1, (_STREAM_BYTES - 4 * STREAM_HEAD) // (4 * self.pair_words))
        groups = sorted({2 * -(-pairs // calls) for calls in range(-(-pairs // fits), pairs + 1)})
        times = [self.driven(group) for group in groups]
        return next(group for group, time in zip(groups, times, strict=True) if time <= _SLOWER * min(times))


@lru_cache(maxsize=256)
def _tile(node: Conv2D, target: Target) -> _Tile:
    """The first driver that another does not beat by its margin. Raises FormatError when there is none."""
    found: _Tile | None = None
    for driver, margin in _DRIVERS:
        if driver.accepts(node, target) is None:
            tile = _bound(node, driver)
            if found is None or tile.driven(tile.group) < (1 - margin) * found.driven(found.group):
                found = tile
    if found is None:
        raise FormatError("no register tile takes the layer")
    return found


def _bound(node: Conv2D, driver: TileDriver) -> _Tile:
    w, b = driver.matrix(node), constant(node.b)
    gemm = replace(_packed(node, w, b), looped=True)
    return _Tile(node, driver, w, gemm, channels_table(w, b, node.requant, gemm))


def _packed(node: Conv2D, w: Array, b: Array) -> Gemm:
    try:
        return pack(w, b, layer_forms(node, 8), 8)
    except FormatError:
        return pack(w, b, layer_forms(node, 16), 16)


@lru_cache(maxsize=64)
def _rows(node: Conv2D, weight_format: str, target: Target, code: Code | None, lookup_bytes: int | None = None) -> Rows:
    w = _tile(node, target).w
    if weight_format == "ham":
        return ham(w, target, code, lookup_bytes)
    return _FORMATS[weight_format](w, target) if code is None else SHARED[weight_format](w, target, code)


class Conv2DUnpack(Kernel):
    """Whatever a kernel of the register tile takes. The workspace also holds up to 16 KB of stream."""

    name = "unpack"
    op = Conv2D
    formats = tuple(_FORMATS)
    shared_formats = tuple(SHARED)
    #: of a Huffman code's lookup, as far as it can be that small
    lookup_bytes: ClassVar[int | None] = None

    def accepts(self, node: Conv2D, target: Target) -> str | None:
        reasons = [driver.accepts(node, target) for driver, _ in _DRIVERS]
        return None if None in reasons else reason_without_form(node, target) or reasons[-1]

    def group(self, tile: _Tile) -> int:
        """Output channels that are decoded at a time."""
        return tile.group

    def lower(self, node: Conv2D, weight_format: str, target: Target) -> Lowered:
        return self._lowered(node, weight_format, target, None)

    def lower_shared(self, node: Conv2D, weight_format: str, target: Target, code: Code) -> Lowered:
        return self._lowered(node, weight_format, target, code)

    def _lowered(self, node: Conv2D, weight_format: str, target: Target, code: Code | None) -> Lowered:
        tile = _tile(node, target)
        group = self.group(tile)
        rows, gemm = _rows(node, weight_format, target, code, self.lookup_bytes), tile.gemm
        inner = tile.driver.bind(node, gemm)
        place = Function(
            f"unpack_pair_int{gemm.bits}",
            "conv2d_unpack_pair.c.j2",
            {"bits": gemm.bits},
            code_bytes=PAIR_CODE_BYTES[gemm.bits],
        )
        count = tile.w.shape[1]
        stream_at = (inner.workspace + 7) // 8 * 8
        row_at = stream_at + 4 * (STREAM_HEAD + group // 2 * tile.pair_words)
        tables_at = (row_at + 2 * (4 * gemm.groups + _ROW_SLACK) + 7) // 8 * 8
        if row_at > _FARTHEST:
            raise FormatError(f"kernel unpack takes up to {_FARTHEST} bytes of workspace, not {row_at}")
        decoder = f"{weight_format}_{rows.suffix}" if rows.suffix else weight_format
        return Lowered(
            Function(
                f"conv2d_s8_unpack_{decoder}" + ("" if gemm.bits == 8 else "_wide"),
                "conv2d_unpack.c.j2",
                {
                    "tables": c_views(rows.tables),
                    "weight_format": weight_format,
                    "place": place.symbol,
                    "beyond": _ROW_SLACK,
                    **rows.context,
                },
                code_bytes=CODE_BYTES.get(decoder, _USUAL_CODE_BYTES),
            ),
            (
                Param("driver", "eg_driver", inner.function.symbol),
                Param("stream_at", "uint16_t", stream_at),
                Param("row_at", "uint16_t", row_at),
                *int32_params(tables_at=tables_at),
                *int16_params(pair_words=tile.pair_words, count=count, out_c=gemm.rows, group=group),
                *int32_params(**rows.params),
            ),
            (*filled(rows.tables), tile.channels),
            workspace=tables_at + rows.lookup,
            helpers=(place,),
            runtime=("eg_dsp.h", "eg_huffman.h", "eg_rows.h"),
            instructions=rows.instructions + _around(gemm, group) + tile.driven(group),
            weight_bytes=sum(table.nbytes for table in rows.tables),
            inner=inner,
        )


class Conv2DUnpack8(Conv2DUnpack):
    """The same with eight output channels at a time and a smaller lookup: less RAM, more time."""

    name = "unpack8"
    lookup_bytes = 2048

    def group(self, tile: _Tile) -> int:
        if tile.group <= _LEAST_CHANNELS:
            raise FormatError("kernel unpack takes as few channels at a time here")
        return _LEAST_CHANNELS


def _around(gemm: Gemm, group: int) -> float:
    """Placing rows in the stream, and calls."""
    placed = gemm.rows + gemm.rows % 2
    return (
        COSTS["call"]
        + COSTS["channel"] * placed
        + COSTS["word" if gemm.bits == 8 else "wide word"] * placed * gemm.groups
        + COSTS["group"] * -(-gemm.rows // group)
    )


KERNELS: tuple[Kernel, ...] = (Conv2DUnpack(), Conv2DUnpack8())
