"""LiteRT's reference kernels as the oracle of TFLite models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from edgegen.ir import Graph
from edgegen.ir import Input as GraphInput

Array = NDArray[Any]


class LiteRT:
    """One model in LiteRT BUILTIN_REF, fed with the integers that edgegen's graph takes."""

    def __init__(self, path: Path, graph: Graph, every_tensor: bool = False) -> None:
        self.graph = graph
        self._interpreter = Interpreter(
            str(path),
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=every_tensor,
        )
        self._interpreter.allocate_tensors()
        self._inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()

    def run(self, samples: list[Array]) -> tuple[Array, ...]:
        """One inference; outputs as the integers that edgegen's graph gives."""
        for node, details, sample in zip(self.graph.inputs, self._inputs, samples, strict=True):
            value = _as_file_takes(node, sample, details["dtype"])
            self._interpreter.set_tensor(details["index"], value.reshape(details["shape"]))
        self._interpreter.invoke()
        pairs = zip(self.graph.outputs, self._outputs, strict=True)
        return tuple(
            _as_graph_gives(self._interpreter.get_tensor(details["index"]), node.type.quant) for node, details in pairs
        )

    def tensors(self) -> dict[str, Array]:
        """Every tensor of the last inference by name (with every_tensor=True)."""
        found = {}
        for details in self._interpreter.get_tensor_details():
            try:
                found[details["name"]] = self._interpreter.get_tensor(details["index"])
            except ValueError:  # a tensor that LiteRT does not keep, such as a folded constant
                continue
        return found


def _as_file_takes(node: GraphInput, sample: Array, dtype: type) -> Array:
    quant = node.type.quant
    if dtype == np.uint8:
        return (sample.astype(np.int16) + 128).astype(np.uint8)
    if dtype == np.float32:
        assert quant is not None
        return (sample.astype(np.float32) - quant.zero_point[0]) * np.float32(quant.scale[0])
    return sample


def _as_graph_gives(value: Array, quant: Any) -> Array:
    if value.dtype == np.uint8:
        return (value.astype(np.int16) - 128).astype(np.int8)
    if value.dtype == np.float32:
        return np.rint(value.astype(np.float64) / np.float32(quant.scale[0]) + quant.zero_point[0]).astype(np.int8)
    return value
