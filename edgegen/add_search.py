"""The shortest exact form of a quantised ADD, ``y = ssat8((a*A + b*B + C) >> R)``: searched, and proven on all pairs.

ADD of two int8 tensors is a function of 65,536 pairs. For given slopes A, B and shift R every pair bounds the
constant C from one or both sides; slopes are exact for the whole layer when the largest lower bound does not exceed
the least upper bound. Slopes near the real scales nearly always have such a C for some R.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgegen.ir import Array
from edgegen.ops.add import Add

#: right shifts in order of preference: layers of one model then share their code, and the largest fit most layers
SHIFTS = (21, 20, 22, 19, 23, 18, 17)
#: how far the slopes may lie from the rounded real ones
REACH = 6


@dataclass(frozen=True)
class AddForm:
    """Proven constants; sums fit int32. After the shift the value is clamped to [lo, hi].

    even: None, or the parity of the output's zero point: a sum that leaves no rest was a tie, which the half in the
    constant took up; it goes down again unless it is an even number of steps from the zero point.
    """

    slope_a: int
    slope_b: int
    constant: int
    shift: int
    lo: int
    hi: int
    even: int | None = None

    def apply(self, a: Array, b: Array) -> Array:
        """The form itself, the twin of the assembly."""
        total = a.astype(np.int64) * self.slope_a + b.astype(np.int64) * self.slope_b + self.constant
        if self.even is not None:
            total = total - (((total >> self.shift) & 1) ^ self.even)
        result: Array = np.clip(total >> self.shift, self.lo, self.hi).astype(np.int8)
        return result


def truth(node: Add) -> Array:
    """The op's own result for every pair: int64 (256, 256), a in rows."""
    x = np.arange(-128, 128, dtype=np.int64)
    total = node.a_scale.apply(x, node.left_shift)[:, None] + node.b_scale.apply(x, node.left_shift)[None, :]
    return node.requant.apply(total[..., None])[..., 0]


def search(node: Add) -> AddForm | None:
    """The form with the most preferred shift, or None when no slopes within reach are exact."""
    wanted = truth(node)
    lo, hi = node.requant.lo, node.requant.hi
    scale = 2.0 ** (node.left_shift + node.requant.shift[0] - 31) * node.requant.multiplier[0]
    real_a = scale * node.a_scale.multiplier * 2.0 ** (node.a_scale.shift - 31)
    real_b = scale * node.b_scale.multiplier * 2.0 ** (node.b_scale.shift - 31)
    if node.requant.rounding == "even":
        return _even_form(node, wanted, real_a, real_b)
    for shift in SHIFTS:
        for slope_a, slope_b in _near(real_a * 2.0**shift, real_b * 2.0**shift):
            constant = _constant(wanted, slope_a, slope_b, shift, lo, hi)
            if constant is not None:
                return AddForm(slope_a, slope_b, constant, shift, lo, hi)
    return None


def _even_form(node: Add, wanted: Array, real_a: float, real_b: float) -> AddForm | None:
    """Slopes that are the real ones, as scales a power of two apart have them; ties then are those of the op."""
    q, x = node.requant, np.arange(-128, 128, dtype=np.int64)
    for shift in SHIFTS:
        slope_a, slope_b = round(real_a * 2.0**shift), round(real_b * 2.0**shift)
        folded = node.a_scale.zero_point * slope_a + node.b_scale.zero_point * slope_b
        constant = (q.zero_point << shift) - folded + (1 << (shift - 1))
        form = AddForm(slope_a, slope_b, constant, shift, q.lo, q.hi, q.zero_point & 1)
        total = x[:, None] * slope_a + x[None, :] * slope_b + constant
        fits = total.min() > -(1 << 31) and total.max() < (1 << 31) and abs(constant) < 1 << 31
        if fits and np.array_equal(form.apply(x[:, None], x[None, :]), wanted):
            return form
    return None


def _near(real_a: float, real_b: float) -> Iterator[tuple[int, int]]:
    """Integer slopes around the real ones, nearest first."""
    steps = range(-REACH, REACH + 1)
    for da, db in sorted(((i, j) for i in steps for j in steps), key=lambda d: (abs(d[0]) + abs(d[1]), d)):
        yield round(real_a) + da, round(real_b) + db


def _constant(wanted: Array, slope_a: int, slope_b: int, shift: int, lo: int, hi: int) -> int | None:
    """C that makes the slopes exact on all pairs with sums in int32, or None."""
    x = np.arange(-128, 128, dtype=np.int64)
    total = x[:, None] * slope_a + x[None, :] * slope_b
    above, below = wanted > lo, wanted < hi
    least = max(int(((wanted << shift) - total).max(initial=-(1 << 31), where=above)), -(1 << 31) - int(total.min()))
    most = min(
        int((((wanted + 1) << shift) - 1 - total).min(initial=(1 << 31) - 1, where=below)),
        (1 << 31) - 1 - int(total.max()),
    )
    return (least + most) >> 1 if least <= most else None
