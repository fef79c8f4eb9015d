"""Quantisers, and the integer ops that a quantiser and all that stands before it become.

Whatever real arithmetic lies between an integer sum and its quantiser (batch normalisation, scales, biases, ReLU)
rises or falls along the sum, so the quantiser's levels are intervals of the sum. Their ends, found by bisection, are
integers: the thresholds of a ThresholdDense. No rounding of the real arithmetic is left in the generated code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgegen.errors import GraphError
from edgegen.frontends.qonnx.reader import Edge
from edgegen.frontends.qonnx.tensors import Codes, Known, Real, Sums
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Const, Node, Origin, QuantParams
from edgegen.ops.lut import Lut
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.passes.levels import levels

_CODES = np.arange(-128, 128)
#: most elements of a tensor that is quantised, and most comparisons of one MultiThreshold: a bound on memory
_MOST_ELEMENTS = 1 << 14
_MOST_COMPARISONS = 1 << 27

#: QONNX rounding mode -> function
_ROUNDINGS: dict[str, Callable[[Array], Array]] = {
    "ROUND": np.round,
    "HALF_EVEN": np.round,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "UP": lambda x: np.sign(x) * np.ceil(np.abs(x)),
    "DOWN": np.fix,
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
}


@dataclass(frozen=True)
class Quantizer:
    """real (k, n) -> level 0..count (k, n); level l is the code base + step * l, and scale * (code - zero) in reals."""

    level: Callable[[Array], Array]
    count: int
    base: int
    step: int
    scale: float
    zero: float

    def codes(self, real: Array) -> Array:
        """real (k, n) -> codes, int64."""
        found: Array = self.base + self.step * self.level(real).astype(np.int64)
        return found


def bipolar(scale: float) -> Quantizer:
    """-1 below zero, else 1; both times the scale."""
    if not scale > 0:
        raise RefuseError(f"its scale is {scale}; it must be positive")
    return Quantizer(lambda real: real >= 0, 1, -1, 2, scale, 0.0)


def int_quant(scale: float, zero: float, bits: int, signed: bool, narrow: bool, rounding: str) -> Quantizer:
    """QONNX's (Int)Quant: clamp(real / scale + zero) to the range of the bits, then round."""
    round_to = _ROUNDINGS.get(rounding.upper())
    if round_to is None:
        raise RefuseError(f"its rounding mode is {rounding}; it must be one of {', '.join(_ROUNDINGS)}")
    if not scale > 0 or abs(zero) > 255 or zero != round(zero):
        raise RefuseError(f"its scale is {scale}, its zero point {zero}; they must be positive and an 8-bit integer")
    if bits == 1 and signed:
        # brevitas exports one signed bit as bipolar values
        return Quantizer(lambda real: real / scale + zero >= 0, 1, -1, 2, scale, zero)
    if not 1 <= bits <= 8:
        raise RefuseError(f"it quantises to {bits} bits; 1 to 8 can be compiled", "Quantise to 8 bits or fewer")
    low = -(1 << (bits - 1)) + int(narrow) if signed else 0
    high = (1 << (bits - 1)) - 1 if signed else (1 << bits) - 1 - int(narrow)
    shift = 128 if high > 127 else 0

    def level(real: Array) -> Array:
        return round_to(np.clip(real / scale + zero, low, high)) - low

    return Quantizer(level, high - low, low - shift, 1, scale, zero - shift)


def multi_threshold(thresholds: Array, scale: float, bias: float, channels: int) -> Quantizer:
    """FINN's MultiThreshold: scale * (number of thresholds reached) + bias; thresholds (channels or 1, count)."""
    if thresholds.ndim != 2 or thresholds.shape[0] not in (1, channels):
        raise RefuseError(f"its thresholds have shape {thresholds.shape}, its operand {channels} channels")
    if thresholds.shape[1] * channels * 256 > _MOST_COMPARISONS:
        raise RefuseError(f"it has {thresholds.shape[1]} thresholds for {channels} channels, which is too many")
    rising = np.sort(np.broadcast_to(thresholds, (channels, thresholds.shape[1])).astype(np.float64), axis=1)
    count = thresholds.shape[1]

    def level(real: Array) -> Array:
        reached: Array = (real[:, :, None] >= rising[None]).sum(axis=2)
        return reached

    step, base = round(scale), round(bias)
    if (step, base) == (scale, bias) and step > 0 and base >= -128 and base + step * count <= 127:
        return Quantizer(level, count, base, step, 1.0, 0.0)
    if scale > 0 and count <= 255 and abs(bias / scale) < 1 << 16 and (bias / scale).is_integer():
        shift = 128 if count > 127 else 0
        return Quantizer(level, count, -shift, 1, scale, -bias / scale - shift)
    raise RefuseError(f"its {count} levels are {scale} apart from {bias}; they do not fit 8-bit integers")


def quantize_constant(known: Known, quantizer: Quantizer) -> Known:
    """A constant as integers; the quantiser's own scale may be any array, so `known` is already divided by it."""
    codes = quantizer.codes(known.array.reshape(1, -1).astype(np.float64)).reshape(known.shape)
    return Known(codes.astype(np.float64), codes - int(quantizer.zero), np.ones(known.shape))


def quantize(real: Real, quantizer: Quantizer, origin: Origin, make_input: Callable[[Edge, QuantParams], Node]) -> Real:
    """The codes that the quantiser makes of a tensor, as an int8 node."""
    if real.size > _MOST_ELEMENTS:
        raise RefuseError(f"its operand has {real.size} elements; at most {_MOST_ELEMENTS} can be compiled")
    match real.source:
        case Sums() as sums:
            node: Node = _thresholds(real, sums, quantizer, origin)
        case Codes() as codes:
            node = _table(real, codes.node, codes.scale, codes.zero, quantizer, origin)
        case Edge() as edge:
            given = _input_params(*real.uniform(np.arange(-8, 9)), quantizer)
            node = make_input(edge, given)
            node = _table(real, node, given.scale[0], given.zero_point[0], quantizer, origin)
    return Real(Codes(node, quantizer.scale, quantizer.zero), real.shape)


def _input_params(a: float, b: float, quantizer: Quantizer) -> QuantParams:
    """Scale and zero point for an input x of which the quantiser sees a * x + b.

    A quantiser of fewer than 255 levels would lose the caller's rounding: its operand's range, from the least to the
    greatest level, becomes all of int8 instead. For a bipolar quantiser of 2 x - 1 that is a pixel less 128.
    """
    if a <= 0:
        raise RefuseError(f"it quantises the input times {a:.6g}; the factor must be positive")
    scale, zero = quantizer.scale / a, quantizer.zero + b / quantizer.scale
    if quantizer.count < 254:
        lowest = quantizer.base - zero
        scale, zero = (
            scale * quantizer.step * quantizer.count / 255,
            -128 - lowest * 255 / (quantizer.step * quantizer.count),
        )
    if not -128 <= round(zero) <= 127:
        raise RefuseError(f"the input's zero point would be {zero:.6g}; it must fit 8 bits")
    return QuantParams((scale,), (round(zero),))


def params(quantizer: Quantizer) -> QuantParams | None:
    """For headers and reports; None where the zero point is no integer."""
    zero = quantizer.zero
    return QuantParams((quantizer.scale,), (int(zero),)) if float(zero).is_integer() else None


def _table(real: Real, x: Node, scale: float, zero: float, quantizer: Quantizer, origin: Origin) -> Lut:
    """A quantiser after codes or after the input is a function of 256 values."""
    values = np.repeat((scale * (_CODES - zero))[:, None], real.size, axis=1)
    found = quantizer.codes(real(values))
    if (found != found[:, :1]).any():
        raise RefuseError("its elements are quantised in different ways", "Quantise activations per tensor")
    table = tuple(int(v) for v in found[:, 0])
    return Lut(x=x, table=table, function="quantize", quant=params(quantizer), origin=origin)


def _thresholds(real: Real, sums: Sums, quantizer: Quantizer, origin: Origin) -> ThresholdDense:
    low, high = sums.bounds(levels(sums.x))
    ends = quantizer.codes(real(np.stack([low, high]).astype(np.float64)))
    falls = ends[0] > ends[1]
    sign = np.where(falls, -1, 1)
    if (sums.w[falls] == -128).any():
        raise RefuseError("a weight is -128 where its sign must change", "Quantise weights to a symmetric range")
    low, high = np.where(falls, -high, low), np.where(falls, -low, high)
    first = np.minimum(*ends)
    count = max(1, int((np.abs(ends[1] - ends[0]) // quantizer.step).max()))
    codes = first[None, :] + quantizer.step * np.arange(1, count + 1)[:, None]
    least = _least(lambda v: quantizer.codes(real(v * sign)), codes, low, high)
    t = np.where(least > high, NEVER, least).T
    w = sums.w * sign[:, None].astype(np.int8)
    return ThresholdDense(
        x=sums.x,
        w=Const(value=np.ascontiguousarray(w)),
        t=Const(value=np.ascontiguousarray(t.astype(np.int32))),
        base=Const(value=first.astype(np.int8)),
        step=quantizer.step,
        quant=params(quantizer),
        origin=origin,
    )


def _least(function: Callable[[Array], Array], codes: Array, low: Array, high: Array) -> Array:
    """For codes (k, n) the least v in low..high (n,) with function(v) >= code; high + 1 when there is none."""
    below = np.repeat((low - 1)[None, :], len(codes), axis=0)
    above = np.repeat((high + 1)[None, :], len(codes), axis=0)
    while (above - below > 1).any():
        middle = (below + above) >> 1
        inside = above - below > 1
        reached = function(np.clip(middle, low, high).astype(np.float64)) >= codes
        above, below = np.where(inside & reached, middle, above), np.where(inside & ~reached, middle, below)
    at = function(np.clip(above, low, high).astype(np.float64)) >= codes
    before = function(np.clip(below, low, high).astype(np.float64)) < codes
    if not (np.all(at | (above > high)) and np.all(before | (below < low))):
        raise GraphError("internal: a quantiser's levels do not rise along the sum")
    return above
