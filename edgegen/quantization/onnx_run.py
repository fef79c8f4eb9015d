"""Runs a float ONNX model by the onnx package's own reference evaluator, every tensor kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, ValueInfoProto
from onnx.reference import ReferenceEvaluator

from edgegen.errors import Refusal, UnsupportedError
from edgegen.frontends.source import Source
from edgegen.ir import Array
from edgegen.quantization.onnx_fold import Editor


def _with_real_weights(model: ModelProto) -> ModelProto:
    """Integer weights behind DequantizeLinear as the real numbers that they stand for."""
    editor = Editor.of(model)
    kept = []
    for node in editor.nodes:
        known = [editor.constants.get(name) for name in node.input]
        if node.op_type == "DequantizeLinear" and all(values is not None for values in known):
            axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 1)
            editor.constants[node.output[0]] = _dequantized(axis, *(v for v in known if v is not None))
        else:
            kept.append(node)
    editor.nodes = kept
    return editor.finished()


def _dequantized(axis: int, codes: Array, scale: Array, zero: Array | None = None) -> Array:
    along = [-1 if i == axis % max(codes.ndim, 1) else 1 for i in range(codes.ndim)] if scale.size > 1 else []
    offset = np.zeros(()) if zero is None else zero.astype(np.float64)
    values = (codes.astype(np.float64) - offset.reshape(along if offset.size > 1 else ())) * scale.reshape(along)
    result: Array = values.astype(np.float32)
    return result


class OnnxRunner:
    """One model; samples run one by one."""

    batch = 1

    def __init__(self, source: Source, model: ModelProto) -> None:
        self.source = source
        model = _with_real_weights(model)
        self.names = [name for node in model.graph.node for name in node.output if name]
        whole = ModelProto()
        whole.CopyFrom(model)
        del whole.graph.output[:]
        whole.graph.output.extend(ValueInfoProto(name=name) for name in self.names)
        try:
            self._evaluator = ReferenceEvaluator(whole)
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> UnsupportedError:
        reason = (str(error).strip().splitlines() or [repr(error)])[0]
        advice = "Export it for a newer operator set, or quantise it before"
        return UnsupportedError(
            self.source.name, [Refusal("the model", f"onnx's reference evaluator cannot run it: {reason}", advice)]
        )

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Every tensor by name."""
        try:
            values = self._evaluator.run(None, dict(inputs))
        except (
            RuntimeError,
            ValueError,
            TypeError,
            IndexError,
            KeyError,
            AttributeError,
            NotImplementedError,
        ) as error:
            raise self._refused(error) from error
        found = {name: np.asarray(value) for name, value in zip(self.names, values, strict=True)}
        return found | dict(inputs)
