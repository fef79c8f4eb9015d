"""A float or hybrid TFLite model with ranges -> the same model in int8, as the importer takes it.

Works on the plain description of the file, so that the importer of int8 models makes every node: there is one place
that knows what an int8 operator is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from edgegen.frontends.source import Source
from edgegen.frontends.tflite.reader import ModelInfo, OperatorInfo, TensorInfo, tensor_data
from edgegen.ir import Array, QuantParams
from edgegen.quantization.ranges import Range, stored, symmetric_params
from edgegen.quantization.scales import activation_scales
from edgegen.quantization.tflite_rules import rule
from edgegen.quantization.weights import channel_scales, quantize_bias, quantize_channels


@dataclass
class Rewrite:
    """The rewriting of one model under way; tensors and operators are only ever added."""

    source: Source
    model: ModelInfo
    params: Mapping[int, QuantParams]
    tensors: list[TensorInfo] = field(default_factory=list)
    operators: list[OperatorInfo] = field(default_factory=list)

    def constant(self, like: TensorInfo, values: Array, quant: QuantParams) -> int:
        """The index of a new constant tensor; each use of a shared constant gets its own."""
        raw = np.frombuffer(np.ascontiguousarray(values).tobytes(), dtype=np.uint8)
        index = len(self.tensors)
        self.tensors.append(replace(like, index=index, dtype=str(values.dtype), quant=quant, raw=raw))
        return index

    def values(self, index: int) -> Array:
        return tensor_data(self.source, self.model.tensors[index])

    def is_float_constant(self, index: int) -> bool:
        return index >= 0 and self.model.tensors[index].is_const and self.model.tensors[index].dtype == "float32"

    def requantized(self, operator: OperatorInfo, index: int, quant: QuantParams) -> int:
        """The index of an operand in another scale: a QUANTIZE in front of the operator."""
        info = self.tensors[index]
        if info.quant == quant:
            return index
        made = len(self.tensors)
        self.tensors.append(replace(info, index=made, quant=quant))
        self.operators.append(OperatorInfo(operator.index, "QUANTIZE", (index,), (made,), {}))
        return made


def quantized_model(source: Source, model: ModelInfo, ranges: Mapping[int, Range]) -> ModelInfo:
    """ranges: of every float tensor that is computed at run time or is an input."""
    params = activation_scales(model, ranges)
    tensors = [
        replace(info, dtype="int8", quant=params[info.index]) if info.index in params else info
        for info in model.tensors
    ]
    state = Rewrite(source, model, params, tensors)
    for operator in model.operators:
        inputs = _operands(state, operator)
        state.operators.append(replace(operator, inputs=inputs))
    return replace(model, tensors=tuple(state.tensors), operators=tuple(state.operators))


def _operands(state: Rewrite, operator: OperatorInfo) -> tuple[int, ...]:
    """The operator's operands in int8 (bias: int32)."""
    found = rule(operator.name)
    if found.weights_axis is not None:
        return _linear_operands(state, operator, found.weights_axis)
    inputs = []
    for index in operator.inputs:
        if found.same and index in state.params:
            index = state.requantized(operator, index, state.params[operator.outputs[0]])
        elif state.is_float_constant(index):
            values = state.values(index)
            quant = state.params[operator.outputs[0]] if found.same else symmetric_params(values)
            index = state.constant(state.model.tensors[index], stored(values, quant), quant)
        inputs.append(index)
    return tuple(inputs)


def _linear_operands(state: Rewrite, operator: OperatorInfo, axis: int) -> tuple[int, ...]:
    """Weights per output channel unless they are integers already, and the bias in steps of the accumulator."""
    x, w, *rest = operator.inputs
    x_scale = state.params[x].scale[0]
    bias_index = rest[0] if rest else -1
    bias = state.values(bias_index).reshape(-1) if state.is_float_constant(bias_index) else None
    info = state.model.tensors[w]
    if state.is_float_constant(w):
        values = state.values(w)
        scales = channel_scales(values, axis, bias, x_scale)
        quant = QuantParams(tuple(map(float, scales)), (0,) * len(scales), axis)
        w = state.constant(info, quantize_channels(values, axis, scales), quant)
    elif info.quant is not None:
        scales = np.asarray(info.quant.scale, dtype=np.float64)
    else:
        return operator.inputs
    if bias is not None:
        product = x_scale * scales
        quant = QuantParams(tuple(map(float, product)), (0,) * len(product), 0 if len(product) > 1 else None)
        info = state.model.tensors[bias_index]
        bias_index = state.constant(info, quantize_bias(bias, x_scale, scales).reshape(info.shape), quant)
    return (x, w, bias_index) if rest else (x, w)
