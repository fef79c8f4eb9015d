"""fully_connected on cores with the DSP extension: blocks of 8 rows of weights, packed offline, then pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import ClassVar

import numpy as np

from edgegen.formats.base import Table
from edgegen.ir import Array, Op
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.common import constant, int16_params, int32_params, too_large
from edgegen.kernels.dsp_gemm import (
    BITS,
    SHIFTS,
    accepts_target,
    as_int32,
    blocks,
    encode,
    form_context,
    form_symbol,
    form_words,
    forms_of,
    loop_entry,
)
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.requant_forms import Forms, accumulator_range, find
from edgegen.target import Target

_ROWS = 8
#: below, pairs alone: blocks of 8 would save less than their code is worth
_LEAST_ROWS = 24
_UNROLL = {8: 4, 2: 8}
_SCALE = 8


def group_instructions(rows: int, bits: int) -> int:
    """Of 4 columns of a block."""
    return 1 + rows // 2 * (7 if bits == 8 else 6)


def _matrix(node: FullyConnected | Conv2D) -> Array:
    """(rows, columns); of a convolution the columns are in the order of the input's bytes."""
    return constant(node.w).reshape(node.w.type.shape[0], -1)


@lru_cache(maxsize=1024)
def _forms(node: FullyConnected | Conv2D, bits: int) -> Forms | None:
    """One form with one set of constants for all rows when the layer has one scale, else one per row."""
    w, b, requant = _matrix(node), constant(node.b), node.requant
    if requant.channels > 1:
        return forms_of(w, b, requant, bits)
    lo, hi = accumulator_range(w, b)
    least, most = lo.min(keepdims=True), hi.max(keepdims=True)
    scales = (_SCALE,) if bits == 8 else (_SCALE, 7, 6, 5, 4)
    return next((form for s in scales if (form := find(requant, least, most, s, shifts=SHIFTS)) is not None), None)


def _blocked_rows(rows: int) -> int:
    """How many of the rows go by blocks of 8."""
    return rows // _ROWS * _ROWS if rows >= _LEAST_ROWS else 0


@dataclass(frozen=True, eq=False)
class _Packed:
    """The stream of all blocks. words: of the blocks of 8 rows, of the whole pairs, of the last half-used pair."""

    forms: Forms
    stream: Array
    words: tuple[int, int, int]
    weight_bytes: int
    groups: int


def _pack(node: FullyConnected | Conv2D, bits: int) -> _Packed:
    rows = node.w.type.shape[0]
    words, start, forms = encode(_matrix(node), constant(node.b), _forms(node, bits), bits)
    whole = _blocked_rows(rows)
    index = np.arange(rows)
    parts = (
        index[:whole].reshape(-1, _ROWS),
        index[whole : rows // 2 * 2].reshape(-1, 2),
        index[rows // 2 * 2 :, None],
    )
    tail = form_words(forms)
    streams = []
    for part in parts:
        part = np.concatenate([part, part], axis=1) if part.shape[1] == 1 else part
        constants = (
            np.repeat(tail[None], len(part), axis=0) if len(tail) == 1 and node.requant.channels == 1 else tail[part]
        )
        streams.append(as_int32(blocks(words[part], start[part], constants)))
    sizes = (streams[0].size, streams[1].size, streams[2].size)
    return _Packed(forms, np.concatenate(streams), sizes, rows * words.shape[1] * bits // 2, words.shape[1])


def _core(forms: Forms, rows: int, bits: int, uniform: bool) -> Function:
    unroll = _UNROLL[rows]
    constants = 1 if uniform else rows
    return Function(
        f"dsp_fc{rows}_int{bits}_{form_symbol(forms)}{'_one' if uniform else ''}",
        "dsp_fc_core.c.j2",
        {"rows": rows, "bits": bits, "unroll": unroll, "uniform": uniform, "form": form_context(forms)},
        code_bytes=4 * (unroll * group_instructions(rows, bits) + rows * (forms.instructions + 1) + constants) + 60,
    )


def _call(forms: Forms, blocks_: int, rows: int, groups: int, bits: int, uniform: bool) -> float:
    """Instructions of one call of the tile over blocks_ blocks."""
    rounds = -(-groups // _UNROLL[rows])
    constants = 1 if uniform else rows
    per_block = (
        2 + groups * group_instructions(rows, bits) + 3 * rounds + rows * (forms.instructions + 1) + constants + 5
    )
    return 16.0 + blocks_ * per_block if blocks_ else 0.0


class FullyConnectedDsp(Kernel):
    """Any number of rows, columns and batch."""

    name = "dsp_fc"
    op: ClassVar[type[Op]] = FullyConnected
    formats = ("int8", "int16")

    def accepts(self, node: FullyConnected | Conv2D, target: Target) -> str | None:
        if _forms(node, 8) is None and _forms(node, 16) is None:
            return "no short requantization is exact over the accumulators' range"
        return accepts_target(target) or too_large((*node.x.type.shape, *node.w.type.shape))

    def lower(self, node: FullyConnected | Conv2D, weight_format: str, target: Target) -> Lowered:
        bits = BITS[weight_format]
        rows, columns = _matrix(node).shape
        batch = node.type.size // rows
        packed = _pack(node, bits)
        uniform = node.requant.channels == 1
        forms, groups = packed.forms, packed.groups
        counts = {8: _blocked_rows(rows) // 8, 2: (rows - _blocked_rows(rows)) // 2}
        cores = {size: _core(forms, size, bits, uniform) for size in (8, 2)}
        used = tuple(cores[size] for size in (8, 2) if counts[size] or (size == 2 and rows % 2))
        odd = rows % 2 == 1
        per_row = (
            40
            + groups * (5.5 if bits == 8 else 8)
            + sum(_call(forms, counts[size], size, groups, bits, uniform) for size in (8, 2))
            + _call(forms, rows % 2, 2, groups, bits, uniform)
        )
        return Lowered(
            _driver(f"{self.op.op_name}_s8_dsp_fc_{weight_format}", bits, cores, counts, odd),
            int32_params(blocks_words=packed.words[0])
            + int16_params(
                batch=batch,
                rows=rows,
                columns=columns,
                padded=4 * groups,
                pairs_row=_blocked_rows(rows),
                blocks_entry=loop_entry(groups, group_instructions(8, bits), _UNROLL[8]),
                pairs_entry=loop_entry(groups, group_instructions(2, bits), _UNROLL[2]),
            )
            + int32_params(pairs_words=packed.words[1], last_words=packed.words[2]),
            (Table("stream", packed.stream, 8),),
            workspace=8 * groups + 8,
            helpers=used,
            runtime=("eg_dsp.h",),
            instructions=20 + batch * per_row,
            weight_bytes=packed.weight_bytes,
        )


def _driver(name: str, bits: int, cores: Mapping[int, Function], counts: Mapping[int, int], odd: bool) -> Function:
    """The function that widens and calls the tiles."""
    eight, two = (cores[size].symbol if counts[size] else "" for size in (8, 2))
    parts = "_blocks" * bool(eight) + "_pairs" * bool(two) + "_odd" * odd
    return Function(
        f"{name}_{cores[8].symbol}{parts}",
        "dsp_fc.c.j2",
        {"bits": bits, "blocks": eight, "pairs": two, "odd": cores[2].symbol if odd else ""},
        code_bytes=(390 if bits == 8 else 240) + 40 * odd,
    )


class Conv2DDspFew(FullyConnectedDsp):
    """Convolutions that are fully connected layers: 1x1 at fewer than 4 positions, or a window as big as the input."""

    name = "dsp_fc_conv"
    op = Conv2D

    def accepts(self, node: FullyConnected | Conv2D, target: Target) -> str | None:
        whole = node.type.shape[1:3] == (1, 1) and node.x.type.shape[1:] == node.w.type.shape[1:]
        point = node.w.type.shape[1:3] == (1, 1) and node.x.type.shape[:3] == node.type.shape[:3]
        if not whole and not (point and prod(node.type.shape[:3]) < 4):
            return "only 1x1 at fewer than 4 positions, or a window that is the whole input"
        return super().accepts(node, target)


KERNELS: tuple[Kernel, ...] = (FullyConnectedDsp(), Conv2DDspFew())
