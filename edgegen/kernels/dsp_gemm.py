"""The register tile of dense kernels on cores with the DSP extension, and how its weights are packed offline.

Two output channels meet four positions in eight accumulators (templates/kernels/dsp_gemm_core.c.j2). Formats:

    int8    byte pairs, one byte per weight: the halfword 256 w0 + w1 meets x0 - 127, its low byte w1 meets
            256 x1 + 127 - x0; the sum is 256 (w0 x0 + w1 x1) - 127 * 256 w0, whose constant part goes into the bias.
            Takes any weights but the pair (-128, negative), and accumulators below 2**23.
    int16   two bytes per weight, scaled by 2**j with j = 4..8 per channel; takes everything.

Inputs are padded with zero weights to a multiple of 4; of 4 inputs, 0 pairs with 2 and 1 with 3, as SXTB16 yields them.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from edgegen.errors import FormatError
from edgegen.fixedpoint import Requant
from edgegen.formats.base import Table
from edgegen.ir import Array, Op
from edgegen.kernels.base import Function, Kernel, Lowered, Param
from edgegen.kernels.common import constant
from edgegen.requant_forms import Forms, accumulator_range, find
from edgegen.target import Target

BITS = {"int8": 8, "int16": 16}
#: words in front of the stream
STREAM_HEAD = 2
#: unrolled groups of 4 inputs per round of the widening loop, and of the tile's loop over few or many groups
UNROLL = 4
_FEW_GROUPS = 4
_MANY_UNROLL = 8
#: bytes of machine code and instructions of one group: the templates use 32-bit encodings only
CORE_GROUP = {8: 23, 16: 22}
SINGLE_GROUP = {8: 9, 16: 8}
WIDEN_GROUP = 13
#: preferred shifts of requantization: fewer of them in a model are fewer functions that differ only in it
SHIFTS = (22, 20, 18, 16, 14, 12, 10)
_SCALE = 8
_LEAST_SCALE = 4


@dataclass(frozen=True, eq=False)
class Gemm:
    """A packed matrix. words: of the stream of whole pairs; last_words: of the pair that ends an odd matrix, else 0.

    looped: on the tile's longest loop, however few the columns, so that all such layers share it.
    """

    bits: int
    forms: Forms
    columns: int
    rows: int
    stream: Array
    words: int
    last_words: int
    looped: bool = False

    @property
    def groups(self) -> int:
        """Groups of 4 inputs."""
        return (self.columns + 3) // 4

    @property
    def weight_bytes(self) -> int:
        """Bytes of the stream that hold weights."""
        return (self.rows + self.rows % 2) * self.groups * self.bits // 2


def accepts_target(target: Target) -> str | None:
    """None when the target runs the tile, or the reason."""
    for feature in ("dsp", "unaligned"):
        if not target.has(feature):
            return f"the target has no {feature}"
    return None


@lru_cache(maxsize=4096)
def layer_forms(node: Any, bits: int) -> Forms | None:
    """Requantization of a node with operands w (rows first) and b, cached: several kernels ask."""
    w = constant(node.w).reshape(node.w.type.shape[0], -1)
    return forms_of(w, constant(node.b), node.requant, bits)


def forms_of(w: Array, bias: Array, requant: Requant, bits: int) -> Forms | None:
    """Proven requantization of w (rows, columns): scaled by 2**8, or with int16 weights by what fits each channel."""
    lo, hi = accumulator_range(w, bias)
    if bits == 8:
        return find(requant, lo, hi, _SCALE, shifts=SHIFTS)
    widest = np.maximum(np.abs(lo), np.abs(hi))
    fits = np.full(len(lo), _SCALE, dtype=np.int64)
    for scale in range(_SCALE, _LEAST_SCALE, -1):
        fits = np.where(widest << scale >= 1 << 31, scale - 1, fits)
    return (
        find(requant, lo, hi, _SCALE, shifts=SHIFTS)
        or find(requant, lo, hi, _equalised(requant, fits))
        or find(requant, lo, hi, int(fits.min()))
    )


def _equalised(requant: Requant, fits: Array) -> Array:
    """A scale per channel that gives all channels the same right shift where they can have it."""
    shift = np.asarray(requant.broadcast(len(fits)).shift, dtype=np.int64)
    right = int((fits - shift).min())
    return np.clip(right + shift, _LEAST_SCALE, fits)


def reason_without_form(node: Op, target: Target) -> str | None:
    """None when at least int16 weights have a proven requantization on this target."""
    if layer_forms(node, 8) is None and layer_forms(node, 16) is None:
        return "no short requantization is exact over the accumulators' range"
    return accepts_target(target)


def pack(w: Array, bias: Array, forms: Forms | None, bits: int) -> Gemm:
    """w: (rows, columns) int8; bias: (rows,) int32. Raises FormatError when the format does not hold the layer."""
    words, start, forms = encode(w, bias, forms, bits)
    rows, columns = w.shape
    pairs = [(r, r + 1) for r in range(0, rows - 1, 2)] + ([(rows - 1, rows - 1)] if rows % 2 else [])
    index = np.array(pairs, dtype=np.int64)
    stream = blocks(words[index], np.repeat(start[index], 4, axis=1), form_words(forms)[index])
    flat = as_int32(stream)
    last = stream.shape[1] if rows % 2 else 0
    return Gemm(bits, forms, columns, rows, flat, flat.size - last, last)


class TileDriver(Kernel):
    """A kernel that brings its positions to the tile, four at a time, and reads one table, the stream."""

    formats = ("int8", "int16")

    def matrix(self, node: Any) -> Array:
        """The node's weights, (output channels, inputs in the driver's order) int8."""
        return constant(node.w).reshape(node.w.type.shape[0], -1)

    @abstractmethod
    def bind(self, node: Any, gemm: Gemm) -> Lowered:
        """The node with its matrix packed, or only some rows of it: then instructions are those of one call."""

    def lower(self, node: Any, weight_format: str, target: Target) -> Lowered:
        bits = BITS[weight_format]
        return self.bind(node, pack(self.matrix(node), constant(node.b), layer_forms(node, bits), bits))


def blocks(words: Array, start: Array, tail: Array) -> Array:
    """(blocks, words) streams: start values, weights by groups, then pairs of rows, then halves; constants.

    words: (blocks, rows, groups, halves) with an even number of rows. start: (blocks, any). tail: (blocks, ...).
    """
    count, rows, groups, halves = words.shape
    if count == 0:
        return np.zeros((0, 0), dtype=np.int64)
    body = words.reshape(count, rows // 2, 2, groups, halves).transpose(0, 3, 1, 4, 2)
    return np.concatenate([start, body.reshape(count, -1), tail.reshape(count, -1)], axis=1)


def as_int32(stream: Array) -> Array:
    """Words modulo 2**32 as flat int32."""
    return (stream.ravel() & 0xFFFFFFFF).astype(np.uint32).view(np.int32)


def form_words(forms: Forms) -> Array:
    """(channels, 2 or 3) constants of requantization, in the order in which the assembly loads them."""
    columns = [forms.multiplier, forms.constant] + ([] if forms.third is None else [forms.third])
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


def encode(w: Array, bias: Array, forms: Forms | None, bits: int) -> tuple[Array, Array, Forms]:
    """(rows, groups, halves) words, (rows,) start values, the forms; proven to hold exactly w.

    bits 8: one word per 4 weights; bits 16: two, scaled as the forms say. Raises FormatError.
    """
    if forms is None:
        raise FormatError(f"int{bits}: no short requantization is exact over the accumulators' range")
    rows, columns = w.shape
    padded = np.zeros((rows, (columns + 3) // 4 * 4), dtype=np.int64)
    padded[:, :columns] = w
    scale = np.broadcast_to(forms.pre_scale.astype(np.int64), rows)
    if bits == 8:
        words, start = _byte_pairs(padded, bias)
    else:
        words, start = _halfwords(padded, bias, scale)
    if not np.array_equal(_decode(words, bits, scale), padded):
        raise FormatError(f"int{bits}: the tile's words did not return the {rows}x{columns} matrix they store")
    return words, start, forms


def _word(low: Array, high: Array) -> Array:
    return (low & 0xFFFF) | ((high & 0xFFFF) << 16)


def _byte_pairs(w: Array, bias: Array) -> tuple[Array, Array]:
    """(rows, groups, 1) words and (rows,) start values."""
    pairs = 256 * w[:, 0::2] + w[:, 1::2]
    if pairs.size and int(pairs.min()) < -(1 << 15):
        raise FormatError("int8: byte pairs cannot hold a weight of -128 before a negative one")
    start = 256 * bias.astype(np.int64) + 127 * 256 * w[:, 0::2].sum(axis=1)
    return _word(pairs[:, 0::2], pairs[:, 1::2])[:, :, None], start


def _halfwords(w: Array, bias: Array, scale: Array) -> tuple[Array, Array]:
    """(rows, groups, 2) words and (rows,) start values."""
    wide = w << scale[:, None]
    words = np.stack([_word(wide[:, 0::4], wide[:, 2::4]), _word(wide[:, 1::4], wide[:, 3::4])], axis=2)
    return words, bias.astype(np.int64) << scale


def _decode(words: Array, bits: int, scale: Array) -> Array:
    """The padded matrix that words hold: the slow, obvious inverse."""
    halves = [part.astype(np.uint16).astype(np.int16).astype(np.int64) for part in (words & 0xFFFF, words >> 16)]
    w = np.empty((*words.shape[:2], 4), dtype=np.int64)
    for number, half in zip((0, 2), halves, strict=True):
        if bits == 8:
            second = half[:, :, 0].astype(np.int8).astype(np.int64)
            w[:, :, number], w[:, :, number + 1] = (half[:, :, 0] - second) // 256, second
        else:
            w[:, :, number], w[:, :, number + 1] = half[:, :, 0], half[:, :, 1]
    matrix = w.reshape(words.shape[0], -1)
    return matrix if bits == 8 else matrix >> scale[:, None]


def stream_table(gemm: Gemm) -> Table:
    """What a driver reads: the words of whole pairs, the words of the channel that is left or 0, and all of them."""
    return Table("stream", np.concatenate([np.array([gemm.words, gemm.last_words], np.int32), gemm.stream]), 8)


def form_context(forms: Forms) -> dict[str, object]:
    """What templates/kernels/dsp_requant.c.j2 needs."""
    common = int(forms.pre_scale[0]) - 1
    return {
        "kind": forms.kind,
        "shift": 0 if forms.per_channel else forms.shift,
        "correction_shift": common,
        "correction": -(1 << max(common, 0)),
        "lo": forms.lo,
        "hi": forms.hi,
    }


def form_symbol(forms: Forms) -> str:
    """The part of a symbol that names a form: kind, shift and clamp."""
    shift = (f"j{int(forms.pre_scale[0])}" if forms.tie else "") if forms.per_channel else f"{forms.shift}"
    clamp = f"_{forms.lo + 128}_{forms.hi + 128}" if forms.clamps else ""
    return f"{forms.kind}{shift}{clamp}"


def loop_entry(groups: int, group: int, unroll: int = UNROLL) -> int:
    """Where the first round of an unrolled loop starts: bytes to skip, with Thumb's bit 0."""
    return (-groups % unroll) * group * 4 + 1


def core_unroll(gemm: Gemm) -> int:
    """Groups per round of the tile's loop."""
    return UNROLL if gemm.groups <= _FEW_GROUPS and not gemm.looped else _MANY_UNROLL


def core_function(gemm: Gemm) -> Function:
    """The tile for a weight width, without its tail; a single round needs no test for its end."""
    unroll = core_unroll(gemm)
    loops = gemm.groups > unroll or gemm.looped
    return Function(
        f"dsp_core{unroll}{'' if loops else '_once'}_int{gemm.bits}",
        "dsp_gemm_core.c.j2",
        {"bits": gemm.bits, "unroll": unroll, "loops": loops, "positions": 4},
        code_bytes=4 * unroll * CORE_GROUP[gemm.bits] + 64,
    )


def single_function(gemm: Gemm) -> Function:
    """The tile for one position: what is left when a layer's positions are not a multiple of 4."""
    return Function(
        f"dsp_single_int{gemm.bits}",
        "dsp_gemm_core.c.j2",
        {"bits": gemm.bits, "unroll": UNROLL, "loops": True, "positions": 1},
        code_bytes=4 * UNROLL * SINGLE_GROUP[gemm.bits] + 84,
    )


def blocks_and_singles(positions: int) -> tuple[int, int]:
    """Blocks of 4 positions, the last one perhaps overlapping, and positions that are computed alone."""
    rest = positions % 4
    if rest == 3 and positions > 4:
        return positions // 4 + 1, 0
    return positions // 4, rest


def tail_function(forms: Forms) -> Function:
    """The tile's end for a form of requantization."""
    loads = 1 if forms.third is None else 2
    return Function(
        f"dsp_tail_{form_symbol(forms)}",
        "dsp_gemm_tail.c.j2",
        {"form": form_context(forms)},
        code_bytes=4 * (8 * forms.instructions + loads) + 56,
    )


def gemm_params(gemm: Gemm, name: str, function: Function, positions: int) -> tuple[Param, ...]:
    """What every driver passes on to the tile, and its function that widens or gathers ("eg_" and name is its type)."""
    blocks, singles = blocks_and_singles(positions)
    single = single_function(gemm) if singles else core_function(gemm)
    core = core_function(gemm) if blocks else single  # what never runs is not emitted
    return (
        Param(name, f"eg_{name}", function.symbol),
        Param("core", "eg_core", core.symbol),
        Param("single", "eg_core", single.symbol),
        Param("tail", "eg_tail", tail_function(gemm.forms).symbol),
        Param("core_entry", "int32_t", loop_entry(gemm.groups, CORE_GROUP[gemm.bits], core_unroll(gemm))),
        Param("single_entry", "int32_t", loop_entry(gemm.groups, SINGLE_GROUP[gemm.bits])),
    )


def gemm_functions(gemm: Gemm, positions: int) -> tuple[Function, ...]:
    """The functions that gemm_params names."""
    blocks, singles = blocks_and_singles(positions)
    cores = ((core_function(gemm),) if blocks or not singles else ()) + ((single_function(gemm),) if singles else ())
    return (*cores, tail_function(gemm.forms))


def widen_function(bits: int, unroll: int = UNROLL) -> Function:
    """Widens four rows side by side."""
    return Function(
        f"dsp_widen_int{bits}",
        "dsp_gemm_widen.c.j2",
        {"bits": bits, "unroll": unroll},
        code_bytes=4 * unroll * WIDEN_GROUP + 76,
    )


def positions_instructions(gemm: Gemm, positions: int, per_block: float) -> float:
    """All calls of the tile for a layer, with per_block instructions around each block or single position."""
    blocks, singles = blocks_and_singles(positions)
    odd = gemm.rows % 2
    total = 0.0
    for count, group, unroll in (
        (blocks, CORE_GROUP[gemm.bits], core_unroll(gemm)),
        (singles, SINGLE_GROUP[gemm.bits], UNROLL),
    ):
        single = group == SINGLE_GROUP[gemm.bits]
        calls = _call(gemm, gemm.rows // 2, group, unroll, single) + odd * (_call(gemm, 1, group, unroll, single) + 30)
        total += count * (per_block + calls)
    return total


def _call(gemm: Gemm, pairs: int, group: int, unroll: int, single: bool) -> float:
    if pairs == 0:
        return 0.0
    rounds = -(-gemm.groups // unroll)
    rounds = rounds if rounds > 1 or single or gemm.looped else 0  # nothing to test
    loads = 1 if gemm.forms.third is None else 2
    per_pair = 2 + gemm.groups * group + 3 * rounds + loads + 8 * gemm.forms.instructions + 17 + 6 * single
    return 15.0 + pairs * per_pair


def widen_instructions(run: int, rows: int, unroll: int = UNROLL) -> float:
    """One call of the widening function over rows of run bytes."""
    groups = run // 4
    rounds = -(-groups // unroll)
    return 10.0 + rows * (4 + groups * WIDEN_GROUP + 3 * rounds + 3) + 7 * (rows - 1)
