"""How each TFLite operator's tensors are quantised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgegen.ir import QuantParams
from edgegen.ops.softmax import PROBABILITY


@dataclass(frozen=True)
class Rule:
    """What the int8 form of an operator demands; by default every activation has a scale of its own.

    weights_axis: operand 1 holds weights, output channels along this axis, operand 2 a bias.
    same: the output has the operands' scale. monotone: besides, clamping may move from the output to the operand.
    fixed: the output's parameters are given.
    """

    weights_axis: int | None = None
    same: bool = False
    monotone: bool = False
    fixed: QuantParams | None = None


_FREE = Rule()
_SAME = Rule(same=True)

RULES: Mapping[str, Rule] = {
    "AVERAGE_POOL_2D": _SAME,
    "CONCATENATION": _SAME,
    "CONV_2D": Rule(weights_axis=0),
    "DEPTHWISE_CONV_2D": Rule(weights_axis=3),
    "EXPAND_DIMS": _SAME,
    "FULLY_CONNECTED": Rule(weights_axis=0),
    "LOGISTIC": Rule(fixed=PROBABILITY),
    "MAX_POOL_2D": Rule(same=True, monotone=True),
    "PAD": _SAME,
    "PADV2": _SAME,
    "REDUCE_MAX": Rule(same=True, monotone=True),
    "RESHAPE": _SAME,
    "RESIZE_NEAREST_NEIGHBOR": _SAME,
    "SOFTMAX": Rule(fixed=PROBABILITY),
    "SQUEEZE": _SAME,
    "TANH": Rule(fixed=QuantParams((1.0 / 128,), (0,))),
    "TRANSPOSE": _SAME,
}


def rule(operator: str) -> Rule:
    """The rule of an operator by name."""
    return RULES.get(operator, _FREE)
