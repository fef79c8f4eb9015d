"""Runs a float or hybrid TFLite model in numpy float32."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from edgegen.errors import Refusal, UnsupportedError
from edgegen.frontends.refusal import REPORT_ADVICE, RefuseError
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.context import Context, State
from edgegen.frontends.tflite.reader import ModelInfo, OperatorInfo, TensorInfo, tensor_data
from edgegen.ir import Array
from edgegen.quantization.tflite_float import REFERENCES

#: operators that compute shapes, which the file states anyway
SHAPE_OPERATORS = ("SHAPE", "PACK", "STRIDED_SLICE")
#: what numpy and Python raise on operands that do not fit together
_MISFITS = (ValueError, IndexError, KeyError, TypeError, ZeroDivisionError)
#: samples that run at once where the model allows it
BATCH = 16


def dequantized(values: Array, info: TensorInfo) -> Array:
    """A constant's real values as float32, integers by their scales; constants without scales as they are."""
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    if info.quant is None:
        return values
    axis = info.quant.axis or 0
    along = [1] * values.ndim
    if len(info.quant.scale) > 1:
        along[axis] = len(info.quant.scale)
    scale, zero = (np.asarray(v, dtype=np.float64) for v in (info.quant.scale, info.quant.zero_point))
    if scale.size > 1:
        scale, zero = scale.reshape(along), zero.reshape(along)
    return ((values.astype(np.float64) - zero) * scale).astype(np.float32)


class FloatRunner:
    """One model; its constants as real numbers."""

    def __init__(self, source: Source, model: ModelInfo) -> None:
        self.model = model
        self._state = State(source, model, "litert")
        self.operators = tuple(o for o in model.operators if o.name not in SHAPE_OPERATORS)
        self._refuse_unknown()
        used = {index for operator in self.operators for index in operator.inputs if index >= 0}
        try:
            self._constants = {
                index: dequantized(tensor_data(source, model.tensors[index]), model.tensors[index])
                for index in used
                if model.tensors[index].is_const
            }
            self.batch = BATCH if self._stacks() else 1
        except _MISFITS as error:
            raise source.error(f"the scales or axes of its constants do not fit: {error}") from error

    def context(self, operator: OperatorInfo) -> Context:
        return Context(self._state, operator)

    def _refuse_unknown(self) -> None:
        refusals = [
            Refusal(str(self.context(o).origin), f"the operator {o.name} cannot be quantised", REPORT_ADVICE)
            for o in self.operators
            if o.name not in REFERENCES
        ]
        if refusals:
            raise UnsupportedError(self._state.source.name, refusals)

    def _stacks(self) -> bool:
        """Whether samples may be stacked along the first axis: it is 1 everywhere and no operator touches it."""
        tensors = self.model.tensors
        runtime = set(self.model.inputs) | {index for o in self.operators for index in o.outputs}
        if any(tensors[index].shape[:1] != (1,) for index in runtime):
            return False
        return all(self._keeps_first_axis(o) for o in self.operators)

    def _keeps_first_axis(self, operator: OperatorInfo) -> bool:
        ranks = {
            len(self.model.tensors[i].shape) for i in operator.inputs if i >= 0 and not self.model.tensors[i].is_const
        }
        if operator.name in ("ADD", "MUL", "SUB"):
            return len(ranks) == 1
        if operator.name == "TRANSPOSE":
            return int(self._constants[operator.inputs[1]].reshape(-1)[0]) == 0
        if operator.name in ("MEAN", "REDUCE_MAX"):
            rank = max(ranks)
            return all(int(axis) % rank for axis in self._constants[operator.inputs[1]].reshape(-1))
        if operator.name == "CONCATENATION":
            constant = any(self.model.tensors[i].is_const for i in operator.inputs if i >= 0)
            return not constant and int(operator.options.get("Axis", 0)) % max(ranks) != 0
        return True

    def run(self, inputs: Mapping[str, Array]) -> dict[int, Array]:
        """Every tensor that is not constant by index for inputs by name, samples stacked along the first axis.

        Raises UnsupportedError naming the operator that cannot run, ModelError for one that says something impossible.
        """
        tensors = self.model.tensors
        values = dict(self._constants)
        values.update({index: inputs[tensors[index].name] for index in self.model.inputs})
        for operator in self.operators:
            context = self.context(operator)
            for index in operator.inputs:
                if index >= 0 and index not in values and tensors[index].dtype.startswith("float"):
                    raise context.error(f"operand {tensors[index]} is computed by no earlier operator")
            operands = [values.get(index, np.zeros(0, np.float32)) for index in operator.inputs]
            try:
                with np.errstate(all="ignore"):  # what leaves the real numbers is reported by tensor
                    values[operator.outputs[0]] = REFERENCES[operator.name](context, operands)
            except RefuseError as error:
                refusal = Refusal(str(context.origin), error.reason, error.advice)
                raise UnsupportedError(self._state.source.name, [refusal]) from error
            except _MISFITS as error:
                raise context.error(f"its operands do not fit: {error}") from error
        return {index: value for index, value in values.items() if index not in self._constants}


def prepared(source: Source, model: ModelInfo) -> ModelInfo:
    """The model less what computes shapes, which the file states, and less DEQUANTIZE of constants.

    Constants of float16 become float32; integer ones are read as they are stored, with their scales.
    """
    tensors = list(model.tensors)
    aliases: dict[int, int] = {}
    operators = []
    for operator in model.operators:
        if operator.name in SHAPE_OPERATORS:
            continue
        if operator.name == "DEQUANTIZE" and len(operator.inputs) == 1 and tensors[operator.inputs[0]].is_const:
            aliases[operator.outputs[0]] = operator.inputs[0]
            continue
        operators.append(replace(operator, inputs=tuple(aliases.get(index, index) for index in operator.inputs)))
    for index in set(aliases.values()):
        if tensors[index].dtype == "float16":
            raw = tensor_data(source, tensors[index]).astype(np.float32).tobytes()
            tensors[index] = replace(tensors[index], dtype="float32", raw=np.frombuffer(raw, np.uint8))
    return replace(model, tensors=tuple(tensors), operators=tuple(operators))
