"""Runs a graph by its ops' references: the executable specification that generated C is compared with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgegen.errors import UsageError
from edgegen.ir import Array, Const, Graph, Input, Node, Op


class Interpreter:
    """Computes every value of a graph. Inputs may stack several samples along the first axis; outputs then do too."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._values: dict[int, Array] = {}

    def run(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """Outputs in model order, for one array per input name of the input's element type and shape.

        The first axis may be a multiple of the model's. Raises UsageError for a missing, misshapen or mistyped array.
        """
        values: dict[int, Array] = {}
        for node in self.graph.nodes:
            match node:
                case Input():
                    values[id(node)] = _checked(node, inputs)
                case Const():
                    values[id(node)] = node.value
                case Op():
                    values[id(node)] = node.reference(*(values[id(operand)] for operand in node.operands))
        self._values = values
        return tuple(values[id(node)] for node in self.graph.outputs)

    @property
    def all_values(self) -> Mapping[int, Array]:
        """id(node) -> its value in the last run."""
        return self._values

    def value(self, node: Node) -> Array:
        """The value of one node in the last run."""
        return self._values[id(node)]


def _checked(node: Input, inputs: Mapping[str, Array]) -> Array:
    """The array for an input, with its type and shape as the model wants them."""
    if node.name not in inputs:
        raise UsageError(f"input '{node.name}' is missing; given are {sorted(inputs)}")
    array = np.asarray(inputs[node.name])
    wanted = node.type
    if array.dtype != wanted.numpy:
        raise UsageError(f"input '{node.name}' is {array.dtype}; it must be {wanted.dtype}")
    whole = array.ndim == len(wanted.shape) and array.shape[1:] == wanted.shape[1:]
    if not whole or not wanted.shape or array.shape[0] % wanted.shape[0]:
        raise UsageError(f"input '{node.name}' has shape {array.shape}; it must be {wanted.shape}")
    return array
