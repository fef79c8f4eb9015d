"""Requantization constants that channels share: all of the same class take the same K (and Q, or R).

Of a form with one shift R for the layer, multipliers differ by the channels' own shifts r, so that the length of M says
r, and r says what K makes up for: the length is the class, and a channel stores M alone. Of a form with a shift per
channel, R is the class, and a channel stores its number. Multipliers near the rounded one are tried, too, until all
channels of a class agree on a constant; each is proven as in requant_forms. Channels that do not agree, or whose output
is constant (M is 0), are classes of their own, as few as their constants are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.fixedpoint import INT32_MAX, Requant
from edgegen.requant_forms import Exactness, Forms, IntArray

#: how many multipliers are tried before each look for constants that serve all channels
_STAGES = (1, 5, 17, 65)
#: constants that are tried for the channels of one length
_CANDIDATES = 48


@dataclass(frozen=True, eq=False)
class Shared:
    """words: (lengths, 1 or 2) K, and Q with "tie", from the multipliers with `first` leading zeros on; multiplier:
    (channels,)."""

    first: int
    words: IntArray
    multiplier: IntArray


@dataclass(frozen=True, eq=False)
class Classes:
    """words: (classes, 1 or 2) K, and Q or R where the form has it. index: (channels,) class. multiplier: (channels,).

    first: the fewest leading zeros of a multiplier when class i is that of first + i leading zeros, else None.
    """

    words: IntArray
    index: IntArray
    multiplier: IntArray
    first: int | None


@dataclass(frozen=True, eq=False)
class _Trials:
    """Multipliers and the bounds of K, and of K + Q for negative sums: (trials, channels)."""

    multiplier: IntArray
    least: IntArray
    most: IntArray
    below: IntArray
    above: IntArray

    def take(self, rows: IntArray) -> _Trials:
        columns = (self.multiplier, self.least, self.most, self.below, self.above)
        return _Trials(*(column[:, rows] for column in columns))


def share(requant: Requant, acc_lo: IntArray, acc_hi: IntArray, forms: Forms) -> Shared | None:
    """The constants of `forms` by length of multiplier; None when the length of some multiplier does not tell them."""
    found = classes(requant, acc_lo, acc_hi, forms)
    return None if found.first is None else Shared(found.first, found.words, found.multiplier)


def classes(requant: Requant, acc_lo: IntArray, acc_hi: IntArray, forms: Forms) -> Classes:
    """Constants of `forms`, which `find` returned for these bounds, by class of channel."""
    base = forms.multiplier.astype(np.int64)
    lengths = leading_zeros(base)
    keys = forms.right.astype(np.int64) if forms.per_channel else lengths
    third = [] if forms.third is None else [forms.third.astype(np.int64)]
    words = np.stack([forms.constant.astype(np.int64), *third], axis=1)
    multiplier = base.copy()
    exactness = Exactness(requant, acc_lo, acc_hi, forms)
    live = base > 0
    waiting = {int(key): np.flatnonzero(live & (keys == key)) for key in np.unique(keys[live])}
    found: list[tuple[IntArray, ...]] = []
    for number in range(_STAGES[-1]):
        if not waiting:
            break
        trial = base + (number + 1) // 2 * (1 if number % 2 else -1)
        trial = np.where((trial > 0) & (leading_zeros(trial) == lengths), trial, base)
        found.append((trial, *exactness.bounds(trial)))
        if number + 1 in _STAGES:
            trials = _Trials(*(np.stack(column) for column in zip(*found, strict=True)))
            for key in [key for key, rows in waiting.items() if _settle(trials, rows, forms, words, multiplier)]:
                del waiting[key]
    return _classes(words, multiplier, lengths, not forms.per_channel and bool(live.all()) and not waiting)


def _settle(trials: _Trials, rows: IntArray, forms: Forms, words: IntArray, multiplier: IntArray) -> bool:
    """Give the channels `rows` the same words and multipliers that suit them; False when none are known."""
    tie = forms.tie and not forms.per_channel
    part = trials.take(rows)
    constants = _agreed(part, tie)
    if constants is None:
        return False
    positive, negative = constants
    exact = (part.least <= positive) & (positive <= part.most) & (part.below <= negative) & (negative <= part.above)
    multiplier[rows] = np.take_along_axis(part.multiplier, exact.argmax(axis=0)[None], axis=0)[0]
    words[rows, 0] = positive
    if tie:
        words[rows, 1] = negative - positive
    return True


def _classes(words: IntArray, multiplier: IntArray, lengths: IntArray, by_length: bool) -> Classes:
    """Equal words are a class; or the lengths of multipliers are, unused ones between them included."""
    narrow = words.astype(np.int32)
    if not by_length:
        different, index = np.unique(narrow, axis=0, return_inverse=True)
        return Classes(different, index.reshape(-1), multiplier.astype(np.int32), None)
    first = int(lengths.min())
    table = np.zeros((int(lengths.max()) - first + 1, words.shape[1]), dtype=np.int32)
    table[lengths - first] = narrow
    return Classes(table, lengths - first, multiplier.astype(np.int32), first)


def leading_zeros(values: IntArray) -> IntArray:
    """Of positive values below 2**31, as 32-bit words."""
    lengths: IntArray = 32 - np.frexp(np.maximum(values, 0).astype(np.float64))[1]
    return lengths


def _agreed(trials: _Trials, tie: bool) -> tuple[int, int] | None:
    """(K, K + Q) for which every channel has an exact multiplier."""
    for positive in _candidates(trials.least, trials.most):
        exact = (trials.least <= positive) & (positive <= trials.most)
        if not exact.any(axis=0).all():
            continue
        for negative in _candidates(trials.below, trials.above) if tie else (positive,):
            if abs(negative - positive) > INT32_MAX:
                continue
            if (exact & (trials.below <= negative) & (negative <= trials.above)).any(axis=0).all():
                return positive, negative
    return None


def _candidates(least: IntArray, most: IntArray) -> list[int]:
    """Ends of the intervals that are not empty, those of most intervals first."""
    some = least <= most
    ends, counts = np.unique(np.concatenate([least[some], most[some]]), return_counts=True)
    return [int(end) for end in ends[np.argsort(-counts, kind="stable")][:_CANDIDATES]]
