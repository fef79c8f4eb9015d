"""How each op ties the channels (last axis) of its output to those of its operands, and how it does without some.

A mask is a boolean array over a tensor's last axis; True means that the channel is kept. Kept channels keep their
values, bit for bit; that is the whole contract, and each rule upholds it for one op.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.fixedpoint import INT32_MAX, IntArray, Requant
from edgegen.ir import Array, Const, Node, Op
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.mul import Mul
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.ops.transpose import Transpose

Mask = NDArray[np.bool_]


def channels(node: Node) -> int:
    """Length of the last axis; 1 for a scalar."""
    return node.type.shape[-1] if node.type.shape else 1


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a tensor's channels: which hold one value everywhere, for every input, and that value (int64).

    point: for the output of a linear op, an accumulator that requantizes to `value` (int64), else None.
    """

    constant: Mask
    value: IntArray
    point: IntArray | None = None


class ChannelRule:
    """The default: every channel of every operand is needed, and every channel of the output is there."""

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        """Channels of each operand (in the order of op.operands) without which `kept` of the output cannot be made."""
        return [np.ones(channels(node), dtype=np.bool_) for node in op.operands]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        """Channels that the output must have because its operands have `kept`."""
        return np.ones(channels(op), dtype=np.bool_)

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        """`new` (op with its compacted operands) for the kept channels x of the operands and y of the output."""
        result: Op = new
        return result

    def idle(self, op: Any, y: Facts) -> Mask:
        """Channels whose constant value needs no weights."""
        return np.zeros(len(y.constant), dtype=np.bool_)


class Same(ChannelRule):
    """Channel c of the output comes from channel c of every operand."""

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        return [kept for _ in op.operands]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        return _union(kept)


class SameUnless(ChannelRule):
    """As Same while the last axis stays what it is, else the default."""

    def keeps(self, op: Any) -> bool:
        """Whether channel c of x is channel c of the output."""
        match op:
            case Pad():
                return op.padding[-1] == (0, 0)
            case Transpose():
                return op.perm[-1] == len(op.perm) - 1
            case _:
                return False

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        return [kept] if self.keeps(op) else super().demand(op, kept, x, y)

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        return kept[0] if self.keeps(op) else super().implied(op, kept)


class Elementwise(ChannelRule):
    """As Same for operands with the output's channels; one that broadcasts along channels is taken whole."""

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        spread = channels(op) > 1
        return [kept if spread and channels(n) > 1 else np.ones(channels(n), dtype=np.bool_) for n in op.operands]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        # A constant is sliced as needed; a tensor's channels must all find their partner.
        tied = [
            mask for node, mask in zip(op.operands, kept, strict=True) if channels(node) > 1 and not _is_const(node)
        ]
        return _union(tied) if tied else np.ones(channels(op), dtype=np.bool_)

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        sliced = {
            name: replace(node, value=np.ascontiguousarray(node.value[..., y]))
            for name in ("a", "b")
            if isinstance(node := getattr(new, name), Const) and channels(node) == len(y) > 1
        }
        result: Op = replace(new, **sliced)
        return result


class Concatenate(ChannelRule):
    """Along the last axis each operand is a slice of the output's channels; along another axis they are the same."""

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        if op.axis != len(op.type.shape) - 1:
            return [kept for _ in op.operands]
        return np.split(kept, np.cumsum([channels(node) for node in op.operands])[:-1])

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        if op.axis != len(op.type.shape) - 1:
            return _union(kept)
        return np.concatenate(list(kept))


class Fold(ChannelRule):
    """A reshape that keeps the channels, lays several positions side by side, or several parts of a row one by one.

    Any other needs all channels.
    """

    def repeats(self, op: Reshape) -> tuple[int, int] | None:
        """(positions of x in one row of the output, rows of the output in one of x); None when neither is whole."""
        last, size = channels(op), channels(op.x)
        if not op.x.type.shape or not op.type.shape:
            return None
        if last % size == 0:
            return last // size, 1
        return (1, size // last) if size % last == 0 else None

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        if (times := self.repeats(op)) is None:
            return super().demand(op, kept, x, y)
        return [np.tile(_union(kept.reshape(times[0], -1)), times[1])]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        if (times := self.repeats(op)) is None:
            return super().implied(op, kept)
        return np.tile(_union(kept[0].reshape(times[1], -1)), times[0])

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        result: Op = replace(new, shape=(*new.shape[:-1], int(y.sum())))
        return result


def _is_const(node: Node) -> bool:
    return isinstance(node, Const)


def _union(masks: Sequence[Mask] | Mask) -> Mask:
    """Channels that any of the masks keeps."""
    union: Mask = np.logical_or.reduce(np.asarray(masks, dtype=np.bool_), axis=0, keepdims=False)
    return union


def _requant(requant: Requant, kept: Mask) -> Requant:
    if requant.channels == 1:
        return requant
    rows = np.flatnonzero(kept)
    return replace(
        requant,
        multiplier=tuple(requant.multiplier[row] for row in rows),
        shift=tuple(requant.shift[row] for row in rows),
    )


def settled(y: Facts) -> Mask:
    """Channels of a linear op that need no weights: a bias alone makes their constant."""
    if y.point is None:
        return np.zeros(len(y.constant), dtype=np.bool_)
    return y.constant & (np.abs(y.point) <= INT32_MAX)


def _biased(y: Facts, bias: IntArray) -> IntArray:
    """bias with the points of settled channels in place."""
    return bias if y.point is None else np.where(settled(y), y.point, bias)


def _compacted(op: Any, w: Array, bias: IntArray, kept: Mask) -> Op:
    """A linear op with these weights, of the kept output channels only, and of `bias` and requantization the kept."""
    result: Op = replace(
        op,
        w=replace(op.w, value=np.ascontiguousarray(w)),
        b=replace(op.b, value=bias[kept].astype(op.b.value.dtype)),
        requant=_requant(op.requant, kept),
    )
    return result


class Linear(ChannelRule):
    """Convolution and fully connected layer: any input channel meets any output channel.

    A constant input channel folds into the bias where padding cannot tell: there is none, or it is that constant.
    """

    def foldable(self, op: Any, x: Facts) -> Mask:
        """Constant channels of x whose contribution is the same at every position, and fits the bias."""
        same = x.constant.copy()
        window = getattr(op, "window", None)
        if window is not None and any(window.padding):
            same &= x.value == op.pad_value
        total = self.per_input(op.w.value)
        most = np.abs(total * np.where(same, x.value, 0)).sum(axis=1) + np.abs(op.b.value.astype(np.int64))
        return same if most.max() <= INT32_MAX else np.zeros_like(same)

    def per_input(self, w: Array) -> IntArray:
        """(output channels, input channels) int64: the weights summed over the window."""
        wide: IntArray = w.reshape(w.shape[0], -1, w.shape[-1]).sum(axis=1, dtype=np.int64)
        return wide

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        if not _is_const(op.w) or not _is_const(op.b):
            return super().demand(op, kept, x, y)
        w = op.w.value
        rows = w[kept & ~settled(y)]
        needed = (rows != 0).any(axis=tuple(range(w.ndim - 1))) & ~self.foldable(op, x[0])
        return [needed, *(np.ones(channels(node), dtype=np.bool_) for node in op.operands[1:])]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        fixed = not _is_const(op.w) or not _is_const(op.b)
        return np.full(channels(op), fixed, dtype=np.bool_)

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        if not _is_const(op.w) or not _is_const(op.b):
            return super().rebuild(op, new, x, y, facts)
        inputs, outputs = facts
        dropped = self.foldable(op, inputs[0]) & ~x[0]
        bias = op.b.value.astype(np.int64) + self.per_input(op.w.value) @ np.where(dropped, inputs[0].value, 0)
        w = op.w.value[..., x[0]].copy()
        w[settled(outputs)] = 0
        return _compacted(new, w[y], _biased(outputs, bias), y)

    def idle(self, op: Any, y: Facts) -> Mask:
        return settled(y)


class Thresholds(ChannelRule):
    """As Linear without a window; a constant input moves the thresholds."""

    def foldable(self, op: Any, x: Facts) -> Mask:
        """Constant channels of x, unless a threshold could leave int32."""
        most = np.abs(op.w.value.astype(np.int64) * np.where(x.constant, x.value, 0)).sum(axis=1).max()
        finite = op.t.value[op.t.value < NEVER].astype(np.int64)
        fits = most + np.abs(finite).max(initial=0) < NEVER
        return x.constant if fits else np.zeros_like(x.constant)

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        if not _is_const(op.w):
            return super().demand(op, kept, x, y)
        needed = (op.w.value[kept & ~self.idle(op, y)] != 0).any(axis=0) & ~self.foldable(op, x[0])
        return [needed, *(np.ones(channels(node), dtype=np.bool_) for node in op.operands[1:])]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        return np.full(channels(op), not _is_const(op.w), dtype=np.bool_)

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        if not _is_const(op.w):
            return super().rebuild(op, new, x, y, facts)
        inputs, outputs = facts
        dropped = self.foldable(op, inputs[0]) & ~x[0]
        moved = op.w.value.astype(np.int64) @ np.where(dropped, inputs[0].value, 0)
        t = np.where(op.t.value < NEVER, op.t.value - moved[:, None], NEVER)
        constant = outputs.constant
        w = np.where(self.idle(op, outputs)[:, None], 0, op.w.value)[y][:, x[0]]
        base = np.where(constant, outputs.value, op.base.value)[y]
        t = np.where(constant[:, None], NEVER, t)[y]
        levels = max(1, int((t < NEVER).sum(axis=1).max()))
        result: Op = replace(
            new,
            w=replace(op.w, value=np.ascontiguousarray(w.astype(np.int8))),
            t=replace(op.t, value=np.ascontiguousarray(t[:, :levels].astype(np.int32))),
            base=replace(op.base, value=base.astype(np.int8)),
        )
        return result

    def idle(self, op: Any, y: Facts) -> Mask:
        """None in a matrix without zeros: a first one would take binary weights their format."""
        holds_zeros = _is_const(op.w) and bool((op.w.value == 0).any())
        return y.constant if holds_zeros else np.zeros_like(y.constant)


class Accumulate(Thresholds):
    """As Linear, but there is no bias to fold a constant into."""

    def foldable(self, op: Any, x: Facts) -> Mask:
        zeros: Mask = x.constant & (x.value == 0)
        return zeros

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        if not _is_const(op.w):
            return ChannelRule.rebuild(self, op, new, x, y, facts)
        result: Op = replace(new, w=replace(op.w, value=np.ascontiguousarray(op.w.value[y][:, x[0]])))
        return result

    def idle(self, op: Any, y: Facts) -> Mask:
        return np.zeros(len(y.constant), dtype=np.bool_)


class Depthwise(ChannelRule):
    """Output channels c m .. c m + m - 1 come from input channel c, for a depth multiplier m."""

    def demand(self, op: Any, kept: Mask, x: Sequence[Facts], y: Facts) -> list[Mask]:
        rest = (np.ones(channels(node), dtype=np.bool_) for node in op.operands[1:])
        return [_union(kept.reshape(-1, op.multiplier).T), *rest]

    def implied(self, op: Any, kept: Sequence[Mask]) -> Mask:
        if not _is_const(op.w) or not _is_const(op.b):
            return np.ones(channels(op), dtype=np.bool_)
        return np.repeat(kept[0], op.multiplier)

    def rebuild(self, op: Any, new: Any, x: Sequence[Mask], y: Mask, facts: tuple[Sequence[Facts], Facts]) -> Op:
        if not _is_const(op.w) or not _is_const(op.b):
            return super().rebuild(op, new, x, y, facts)
        w = op.w.value.copy()
        w[..., settled(facts[1])] = 0
        return _compacted(new, w[..., y], _biased(facts[1], op.b.value.astype(np.int64)), y)

    def idle(self, op: Any, y: Facts) -> Mask:
        return settled(y)


#: op class -> its rule; an op that is not here needs and makes all its channels
RULES: dict[type[Op], ChannelRule] = {
    Conv2D: Linear(),
    FullyConnected: Linear(),
    ThresholdDense: Thresholds(),
    AccumulateDense: Accumulate(),
    DepthwiseConv2D: Depthwise(),
    Add: Elementwise(),
    Mul: Elementwise(),
    Concat: Concatenate(),
    Reshape: Fold(),
    Pad: SameUnless(),
    Transpose: SameUnless(),
    **dict.fromkeys((Lut, MaxPool2D, AveragePool2D, ScaledAveragePool2D, Mean, ResizeNearest), Same()),
}
_DEFAULT = ChannelRule()


def rule(op: Op) -> ChannelRule:
    """The rule of an op."""
    return RULES.get(type(op), _DEFAULT)
