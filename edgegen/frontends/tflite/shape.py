"""RESHAPE, SQUEEZE and other operators that move values without computing."""

from __future__ import annotations

from edgegen.frontends.tflite.context import Context
from edgegen.ir import Node
from edgegen.ops.reshape import Reshape


def reshape(context: Context) -> Node:
    """RESHAPE, SQUEEZE, EXPAND_DIMS: the file states the output's shape."""
    context.require_same_quant()
    return Reshape(x=context.int8(0), shape=context.output.shape, quant=context.out_quant, origin=context.origin)


IMPORTERS = (
    ("RESHAPE", reshape),
    ("SQUEEZE", reshape),
    ("EXPAND_DIMS", reshape),
)
