"""What float references share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.activation import REAL_BOUNDS
from edgegen.frontends.tflite.context import Context
from edgegen.ir import Array

#: (operator, values of its operands, None where one is left out) -> value of its output; runtime values and results are
#: float32 with several samples stacked along the first axis
Reference = Callable[[Context, Sequence[Array]], Array]


def activated(context: Context, values: Array) -> Array:
    """The operator's fused activation."""
    function = context.option("FusedActivationFunction")
    if function not in REAL_BOUNDS:
        raise RefuseError(f"its fused activation {function} cannot be a bound", "Use RELU, RELU6 or none")
    low, high = REAL_BOUNDS[function]
    if low is None and high is None:
        return values
    result: Array = np.clip(values, low, high)
    return result
