"""Requantization constants that channels share: all whose multiplier has the same length take the same K (and Q).

Of a form with one shift R for the layer, multipliers differ by the channels' own shifts r, so that the length of M says
r, and r says what K makes up for. A channel then stores M alone. Multipliers near the rounded one are tried, too, until
all channels of a length agree on a constant; each is proven as in requant_forms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.requant_forms import Exactness, Forms, IntArray

#: how many multipliers are tried before each look for constants that serve all channels
_STAGES = (1, 5, 17, 65)
#: constants that are tried for the channels of one length
_CANDIDATES = 48


@dataclass(frozen=True, eq=False)
class Shared:
    """first: the fewest leading zeros of a multiplier. words: (lengths, 1 or 2) K, and Q with "tie", from there on.
    multiplier: int32 (channels,).
    """

    first: int
    words: IntArray
    multiplier: IntArray


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
    """The constants of `forms`, which `find` returned for these bounds, by length of multiplier; None when some channel
    needs one of its own, or the form has a shift per channel."""
    if forms.per_channel or int(forms.multiplier.min()) <= 0:
        return None
    exactness = Exactness(requant, acc_lo, acc_hi, forms)
    base = forms.multiplier.astype(np.int64)
    zeros = _leading_zeros(base)
    found: list[tuple[IntArray, ...]] = []
    for number in range(_STAGES[-1]):
        trial = base + (number + 1) // 2 * (1 if number % 2 else -1)
        trial = np.where((trial > 0) & (_leading_zeros(trial) == zeros), trial, base)
        found.append((trial, *exactness.bounds(trial)))
        if number + 1 in _STAGES:
            trials = _Trials(*(np.stack(column) for column in zip(*found, strict=True)))
            shared = _by_length(trials, zeros, forms.tie)
            if shared is not None:
                return shared
    return None


def _leading_zeros(values: IntArray) -> IntArray:
    """Of positive values below 2**31, as 32-bit words."""
    lengths: IntArray = 32 - np.frexp(np.maximum(values, 0).astype(np.float64))[1]
    return lengths


def _by_length(trials: _Trials, zeros: IntArray, tie: bool) -> Shared | None:
    first, last = int(zeros.min()), int(zeros.max())
    words = np.zeros((last - first + 1, 2 if tie else 1), dtype=np.int64)
    multiplier = np.zeros(zeros.size, dtype=np.int64)
    for length in np.unique(zeros):
        rows = np.flatnonzero(zeros == length)
        part = trials.take(rows)
        constants = _agreed(part, tie)
        if constants is None:
            return None
        positive, negative = constants
        exact = (part.least <= positive) & (positive <= part.most)
        exact &= (part.below <= negative) & (negative <= part.above)
        multiplier[rows] = np.take_along_axis(part.multiplier, exact.argmax(axis=0)[None], axis=0)[0]
        words[length - first] = (positive, negative - positive)[: words.shape[1]]
    return Shared(first, words.astype(np.int32), multiplier.astype(np.int32))


def _agreed(trials: _Trials, tie: bool) -> tuple[int, int] | None:
    """(K, K + Q) for which every channel has an exact multiplier."""
    for positive in _candidates(trials.least, trials.most):
        exact = (trials.least <= positive) & (positive <= trials.most)
        if not exact.any(axis=0).all():
            continue
        for negative in _candidates(trials.below, trials.above) if tie else (positive,):
            if (exact & (trials.below <= negative) & (negative <= trials.above)).any(axis=0).all():
                return positive, negative
    return None


def _candidates(least: IntArray, most: IntArray) -> list[int]:
    """Ends of the intervals that are not empty, those of most intervals first."""
    some = least <= most
    ends, counts = np.unique(np.concatenate([least[some], most[some]]), return_counts=True)
    return [int(end) for end in ends[np.argsort(-counts, kind="stable")][:_CANDIDATES]]
