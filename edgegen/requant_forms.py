"""Short requantization sequences for cores with 32x32->64 high multiplies, each proven exact before it is used.

A kernel's accumulator is A = acc * 2**pre_scale (the scale rides in the weights for free). Four sequences replace the
doubling high multiply, the rounding shift, the zero point and the clamp to int8:

    smmla       y = ssat8((K + hi32(A * M)) >> R)                          SMMLA; SSAT
    smmla_asr   the same                                                   SMMLA; ASR; SSAT
    tie         y = ssat8((K + hi32(A * M) + (A < 0 ? Q : 0)) >> R)        AND asr #31; SMMLA; ADD; SSAT
    tie_asr     the same                                                   LSR #31; SMMLA; SUB lsl; ASR; SSAT

with M and K per channel. R is one immediate per layer, or with "_asr" one per channel. "tie" serves outputs below the
zero point, where TFLite rounds halves away from zero; Q is per channel, or -2**(pre_scale-1) for all with "_asr". When
the clamp is narrower than int8, a clamp of y to [lo, hi] follows.

Proof: requantization and the sequences (each of the two branches of "tie") never decrease with acc, so they are equal
on all of a range when they agree at the at most 255 points where the output steps up, and just before each. `find`
tests exactly these points, for every channel, and returns None rather than an unproven form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import GraphError
from edgegen.fixedpoint import INT32_MAX, INT32_MIN, Requant

IntArray = NDArray[Any]
Kind = Literal["smmla", "smmla_asr", "tie", "tie_asr"]

#: instructions per output of each sequence, clamp to int8 included, store excluded
INSTRUCTIONS: dict[Kind, int] = {"smmla": 2, "smmla_asr": 3, "tie": 4, "tie_asr": 5}
_LIMIT = np.int64(1) << 62
#: |zero point| << R stays within 2**30, so that K leaves room for the product
_MAX_RIGHT = 23
#: how many neighbours of the rounded multiplier are tried for a channel
_TRIALS = 96
#: a layer that mostly fails after so many trials is given up: its form is structurally wrong, not unlucky
_PATIENCE = 6


@dataclass(frozen=True, eq=False)
class Forms:
    """Proven constants of a layer: int32 arrays with one entry per channel.

    right: R, 0..23; all equal unless `per_channel`. correction: Q, all zero unless `tie`. lo, hi: the layer's clamp.
    """

    kind: Kind
    right: IntArray
    pre_scale: IntArray
    multiplier: IntArray
    constant: IntArray
    correction: IntArray
    lo: int
    hi: int

    @property
    def tie(self) -> bool:
        """True when negative accumulators take a correction."""
        return self.kind.startswith("tie")

    @property
    def per_channel(self) -> bool:
        """True when the shift is a register's, not an immediate."""
        return self.kind.endswith("_asr")

    @property
    def shift(self) -> int:
        """The layer's R; only when not per_channel."""
        if self.per_channel:
            raise GraphError("internal: a requantization with a shift per channel was asked for the layer's")
        return int(self.right[0])

    @property
    def third(self) -> IntArray | None:
        """The word per channel that a sequence takes beside M and K: Q, or R with "_asr", or nothing."""
        if self.per_channel:
            return self.right
        return self.correction if self.tie else None

    @property
    def clamps(self) -> bool:
        """True when y must still be clamped to [lo, hi] after the saturation to int8."""
        return (self.lo, self.hi) != (-128, 127)

    @property
    def instructions(self) -> int:
        """Per output, without the store; a one-sided clamp takes a compare and a predicated move."""
        return INSTRUCTIONS[self.kind] + 3 * (self.lo > -128) + 3 * (self.hi < 127)

    def apply(self, scaled: IntArray) -> IntArray:
        """The sequence itself, on A of shape (..., channels): the twin of the assembly."""
        a = np.asarray(scaled, dtype=np.int64)
        total = ((a * self.multiplier) >> 32) + self.constant + np.where(a < 0, self.correction, 0)
        clamped: IntArray = np.clip(np.clip(total >> self.right, -128, 127), self.lo, self.hi)
        return clamped


@dataclass(frozen=True, eq=False)
class _Problem:
    """Per-channel int64 columns of shape (channels, 1) and the step points of shape (channels, steps)."""

    levels: IntArray
    steps: IntArray
    lo: IntArray
    hi: IntArray
    pre_scale: IntArray
    right: IntArray

    def take(self, rows: IntArray) -> _Problem:
        """The same for some channels."""
        if len(rows) == len(self.lo):
            return self
        columns = (self.steps, self.lo, self.hi, self.pre_scale, self.right)
        return _Problem(self.levels, *(column[rows] for column in columns))


def accumulator_range(w: IntArray, bias: IntArray, x_lo: int = -128, x_hi: int = 127) -> tuple[IntArray, IntArray]:
    """Least and greatest accumulator of every row of w (rows, columns) plus bias (rows,), for x in [x_lo, x_hi]."""
    wide = w.astype(np.int64)
    positive = np.where(wide > 0, wide, 0).sum(axis=1)
    negative = wide.sum(axis=1) - positive
    bias = bias.astype(np.int64)
    return bias + positive * x_lo + negative * x_hi, bias + positive * x_hi + negative * x_lo


def find(
    requant: Requant,
    acc_lo: IntArray,
    acc_hi: IntArray,
    pre_scale: int | IntArray,
    kinds: tuple[Kind, ...] = ("smmla", "smmla_asr", "tie", "tie_asr"),
    *,
    offset: IntArray | None = None,
    shifts: tuple[int, ...] = (),
    embed: bool = False,
) -> Forms | None:
    """The shortest proven form of a layer, or None when there is none.

    acc_lo, acc_hi: int64 (channels,), inclusive bounds of the unscaled accumulators, taken as int32.
    pre_scale: 0..16, one or one per channel; A = acc << pre_scale must fit int32 or there is no form.
    offset: (channels,), what the kernel leaves out of the sum (its bias): A = (acc - offset) << pre_scale, and K makes
    up for it. Not for the "tie" forms, which need the sign of acc.
    shifts: R to prefer where it is one per layer, in this order, so that layers can share code.
    embed: the low byte of M is R in the "_asr" forms, so that a shift by register needs no third word.

    Answers are kept: all kernels and formats of a layer ask the same question.
    """
    arrays = (acc_lo, acc_hi, pre_scale, 0 if offset is None else offset)
    raw = tuple(np.asarray(value, dtype=np.int64).tobytes() for value in arrays)
    return _find(requant, *raw, kinds, offset is not None, shifts, embed)


@lru_cache(maxsize=512)
def _find(
    requant: Requant,
    acc_lo: bytes,
    acc_hi: bytes,
    pre_scale: bytes,
    offset: bytes,
    kinds: tuple[Kind, ...],
    lacks: bool,
    shifts: tuple[int, ...],
    embed: bool,
) -> Forms | None:
    """`find` on the bytes of int64 arrays; lacks: there is an offset."""
    lo, hi, scale, lack = (np.frombuffer(raw, dtype=np.int64)[:, None] for raw in (acc_lo, acc_hi, pre_scale, offset))
    requant = requant.broadcast(len(lo))
    scale = np.broadcast_to(scale, lo.shape)
    if (lo << scale).min() < INT32_MIN or (hi << scale).max() > INT32_MAX or _wraps(requant, lo, hi):
        return None
    levels = np.arange(requant.lo + 1, requant.hi + 1, dtype=np.int64)[None, :]
    steps = step_points(requant, lo, hi)
    if lacks:
        steps, lo, hi = steps - lack, lo - lack, hi - lack
        if (lo << scale).min() < INT32_MIN or (hi << scale).max() > INT32_MAX or "tie" in "".join(kinds):
            return None
    problem = _Problem(levels, steps, lo, hi, scale, scale)
    for kind in kinds:
        for shift in (*shifts, None) if kind in ("smmla", "tie") else (None,):
            found = _solve(kind, requant, problem, shift, embed and kind.endswith("_asr"))
            if found is not None:
                return found
    return None


def step_points(requant: Requant, lo: IntArray, hi: IntArray) -> IntArray:
    """(channels, levels): the least acc in [lo, hi] whose output reaches lo_clamp+1 .. hi_clamp; hi + 1 when none does.

    lo, hi: (channels, 1). Computed by inverting the definition and checked against Requant.apply at every point.
    """
    levels = np.arange(requant.lo + 1, requant.hi + 1, dtype=np.int64)[None, :] - requant.zero_point
    multiplier = np.asarray(requant.multiplier, dtype=np.int64)[:, None]
    shift = np.asarray(requant.shift, dtype=np.int64)[:, None]
    # least product acc * multiplier * 2**left that reaches the level
    if requant.rounding == "single":
        total = 31 - shift
        product = _shift_left(levels, total) - (np.int64(1) << (total - 1))
        left = np.zeros_like(shift)
    else:
        right = np.maximum(-shift, 0)
        left = np.maximum(shift, 0)
        half = np.where(right > 0, np.int64(1) << np.maximum(right - 1, 0), 0)
        point = _shift_left(levels, right) - half + ((levels <= 0) & (right > 0))
        product = _shift_left(np.clip(point, -(1 << 31), 1 << 31), np.full_like(shift, 31)) - (1 << 30)
    scaled = np.maximum(multiplier << left, 1)
    steps = np.clip(-((-product) // scaled), lo, hi + 1)
    dead = np.where(levels > 0, hi + 1, lo)
    steps = np.where(multiplier == 0, dead, steps)
    _check_steps(requant, steps, lo, hi)
    return steps


def _shift_left(value: IntArray, amount: IntArray) -> IntArray:
    """value << amount, saturated to +-2**62."""
    fits = np.abs(value) <= (_LIMIT >> amount)
    shifted: IntArray = np.where(fits, np.where(fits, value, 0) << amount, np.sign(value) * _LIMIT)
    return shifted


def _check_steps(requant: Requant, steps: IntArray, lo: IntArray, hi: IntArray) -> None:
    """Raise when a step point is not one by the definition itself."""
    levels = np.arange(requant.lo + 1, requant.hi + 1, dtype=np.int64)[None, :]
    at = levels <= requant.apply(np.minimum(steps, hi).T).T
    before = levels > requant.apply(np.maximum(steps - 1, lo).T).T
    if not (np.all(at | (steps > hi)) and np.all(before | (steps <= lo))):
        raise GraphError("internal: the step points of a requantization are wrong")


def _wraps(requant: Requant, lo: IntArray, hi: IntArray) -> bool:
    """True when a left shift would wrap int32: then requantization is not monotone and nothing can be proven."""
    left = np.maximum(np.asarray(requant.shift, dtype=np.int64), 0)[:, None]
    if requant.rounding == "single":
        left = np.zeros_like(left)
    return bool((_shift_left(lo, left) < INT32_MIN).any() or (_shift_left(hi, left) > INT32_MAX).any())


def _interval(problem: _Problem, multiplier: IntArray, p: IntArray, q: IntArray) -> tuple[IntArray, IntArray]:
    """Bounds of K for which the form equals the reference on [p, q]; multiplier, p, q: (channels, 1)."""

    def product(acc: IntArray) -> IntArray:
        return ((acc << problem.pre_scale) * multiplier) >> 32

    steps = np.clip(problem.steps, p, q + 1)
    target = problem.levels << problem.right
    least = np.where(steps <= q, target - product(steps), INT32_MIN).max(axis=1, initial=INT32_MIN)
    most = np.where(steps > p, target - 1 - product(steps - 1), INT32_MAX).min(axis=1, initial=INT32_MAX)
    # the sum itself must not wrap
    least = np.maximum(least, INT32_MIN - product(p)[:, 0])
    most = np.minimum(most, INT32_MAX - product(q)[:, 0])
    empty = (p > q)[:, 0]
    return np.where(empty, INT32_MIN, least), np.where(empty, INT32_MAX, most)


def _constants(kind: Kind, problem: _Problem, multiplier: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """(exact?, K, Q) of every channel for the given multipliers."""
    column = multiplier[:, None]
    if not kind.startswith("tie"):
        least, most = _interval(problem, column, problem.lo, problem.hi)
        constant = (least + most) >> 1
        return least <= most, constant, np.zeros_like(constant)
    least, most = _interval(problem, column, np.maximum(problem.lo, 0), problem.hi)
    below, above = _interval(problem, column, problem.lo, np.minimum(problem.hi, -1))
    if kind == "tie_asr":
        correction = -(np.int64(1) << np.maximum(problem.pre_scale[:, 0] - 1, 0))
        least, most = np.maximum(least, below - correction), np.minimum(most, above - correction)
        return least <= most, (least + most) >> 1, correction
    constant = (least + most) >> 1
    correction = np.clip(constant, below, above) - constant  # 0 where one constant serves both sides
    exact = (least <= most) & (below <= above) & (np.abs(correction) <= INT32_MAX)
    return exact, constant, correction


class Exactness:
    """For which constants a form with other multipliers still equals the requantization on [acc_lo, acc_hi]."""

    def __init__(self, requant: Requant, acc_lo: IntArray, acc_hi: IntArray, forms: Forms) -> None:
        lo, hi = acc_lo.astype(np.int64)[:, None], acc_hi.astype(np.int64)[:, None]
        requant = requant.broadcast(len(lo))
        levels = np.arange(requant.lo + 1, requant.hi + 1, dtype=np.int64)[None, :]
        scale, right = forms.pre_scale.astype(np.int64)[:, None], forms.right.astype(np.int64)[:, None]
        self._problem = _Problem(levels, step_points(requant, lo, hi), lo, hi, scale, right)
        self._forms = forms

    def bounds(self, multiplier: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Least and greatest K of every channel, and, where Q is free ("tie"), the same of K + Q for negative sums."""
        column, problem = multiplier.astype(np.int64)[:, None], self._problem
        if not self._forms.tie:
            least, most = _interval(problem, column, problem.lo, problem.hi)
            return least, most, least, most
        least, most = _interval(problem, column, np.maximum(problem.lo, 0), problem.hi)
        below, above = _interval(problem, column, problem.lo, np.minimum(problem.hi, -1))
        if not self._forms.per_channel:
            return least, most, below, above
        correction = self._forms.correction.astype(np.int64)
        least, most = np.maximum(least, below - correction), np.minimum(most, above - correction)
        return least, most, least, most


def _solve(kind: Kind, requant: Requant, problem: _Problem, shift: int | None, embed: bool) -> Forms | None:
    """Constants for all channels, or None. shift: R of the layer; None: the one that keeps most bits."""
    alive = ((problem.steps > problem.lo) & (problem.steps <= problem.hi)).any(axis=1)
    # R that keeps every bit of the multiplier
    exponent = problem.pre_scale[:, 0] - np.asarray(requant.shift, dtype=np.int64) - 1
    right = np.where(alive, np.minimum(exponent, _MAX_RIGHT), _MAX_RIGHT)
    if not kind.endswith("_asr"):
        if shift is not None and shift > right.min():
            return None
        right = np.full_like(right, right.min() if shift is None else shift)
    elif np.ptp(problem.pre_scale):
        return None  # Q is one immediate
    if right.min() < 0:
        return None
    drop = np.clip(exponent - right, 0, 40)
    base = np.where(alive, (np.asarray(requant.multiplier, dtype=np.int64) + ((np.int64(1) << drop) >> 1)) >> drop, 0)
    grid = (256, right) if embed else (1, np.zeros_like(right))
    found = _search(kind, replace(problem, right=right[:, None]), np.minimum(base, INT32_MAX), *grid)
    if found is None:
        return None
    narrow = [array.astype(np.int32) for array in (right, problem.pre_scale[:, 0], *found)]
    return Forms(kind, narrow[0], narrow[1], narrow[2], narrow[3], narrow[4], requant.lo, requant.hi)


def _search(
    kind: Kind, problem: _Problem, base: IntArray, step: int, rest: IntArray
) -> tuple[IntArray, IntArray, IntArray] | None:
    """(M, K, Q) with M = rest modulo step and nearest to base that makes each channel exact, or None."""
    base = base - base % step + rest
    multiplier, constant, correction = base.copy(), np.zeros_like(base), np.zeros_like(base)
    rows = np.arange(len(base))
    for number in range(_TRIALS):
        trial = base[rows] + step * ((number + 1) // 2 * (1 if number % 2 else -1))
        trial = np.where((trial < 0) | (trial > INT32_MAX), base[rows], trial)
        exact, k, q = _constants(kind, problem.take(rows), trial)
        done = rows[exact]
        multiplier[done], constant[done], correction[done] = trial[exact], k[exact], q[exact]
        rows = rows[~exact]
        if not len(rows):
            return multiplier, constant, correction
        if number == _PATIENCE and 4 * len(rows) > len(base):
            return None
    return None
