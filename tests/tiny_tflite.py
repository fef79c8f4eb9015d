"""Writes a small TFLite file: one fully connected layer and a softmax, with names of the caller's choice."""

from __future__ import annotations

import flatbuffers
import numpy as np
import tflite
from flatbuffers import Builder


def _vector(builder: Builder, start: object, items: list[int], put: str) -> int:
    start(builder, len(items))  # type: ignore[operator]
    for item in reversed(items):
        getattr(builder, put)(item)
    return int(builder.EndVector())


def _quantization(builder: Builder, scale: float, zero_point: int) -> int:
    scales = builder.CreateNumpyVector(np.array([scale], dtype=np.float32))
    zeros = builder.CreateNumpyVector(np.array([zero_point], dtype=np.int64))
    tflite.QuantizationParametersStart(builder)
    tflite.QuantizationParametersAddScale(builder, scales)
    tflite.QuantizationParametersAddZeroPoint(builder, zeros)
    return int(tflite.QuantizationParametersEnd(builder))


def _tensor(
    builder: Builder, name: str, shape: tuple[int, ...], kind: int, buffer: int, scale: float, zero_point: int = 0
) -> int:
    label = builder.CreateString(name)
    dims = builder.CreateNumpyVector(np.array(shape, dtype=np.int32))
    quantization = _quantization(builder, scale, zero_point)
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, dims)
    tflite.TensorAddType(builder, kind)
    tflite.TensorAddBuffer(builder, buffer)
    tflite.TensorAddName(builder, label)
    tflite.TensorAddQuantization(builder, quantization)
    return int(tflite.TensorEnd(builder))


def _operator(builder: Builder, code: int, inputs: list[int], output: int, options: int, kind: int) -> int:
    ins = builder.CreateNumpyVector(np.array(inputs, dtype=np.int32))
    outs = builder.CreateNumpyVector(np.array([output], dtype=np.int32))
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, code)
    tflite.OperatorAddInputs(builder, ins)
    tflite.OperatorAddOutputs(builder, outs)
    tflite.OperatorAddBuiltinOptionsType(builder, kind)
    tflite.OperatorAddBuiltinOptions(builder, options)
    return int(tflite.OperatorEnd(builder))


def _code(builder: Builder, builtin: int) -> int:
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddBuiltinCode(builder, builtin)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, builtin)
    tflite.OperatorCodeAddVersion(builder, 1)
    return int(tflite.OperatorCodeEnd(builder))


def _buffers(builder: Builder, contents: list[bytes]) -> int:
    offsets = []
    for content in contents:
        data = builder.CreateByteVector(content)
        tflite.BufferStart(builder)
        tflite.BufferAddData(builder, data)
        offsets.append(int(tflite.BufferEnd(builder)))
    return _vector(builder, tflite.ModelStartBuffersVector, offsets, "PrependUOffsetTRelative")


def dense_softmax(rows: int = 6, columns: int = 20, *, name: str = "dense", seed: int = 1) -> bytes:
    """The file's bytes. name: the stem of all tensor names."""
    rng = np.random.default_rng(seed)
    w = rng.integers(-127, 128, (rows, columns), dtype=np.int8)
    b = rng.integers(-500, 500, rows, dtype=np.int32)
    builder = flatbuffers.Builder(4096)
    buffers = _buffers(builder, [b"", w.tobytes(), b.tobytes()])
    int8, int32 = tflite.TensorType.INT8, tflite.TensorType.INT32
    tensors = [
        _tensor(builder, f"{name}_in", (1, columns), int8, 0, 0.05, 3),
        _tensor(builder, f"{name}_w", (rows, columns), int8, 1, 0.01),
        _tensor(builder, f"{name}_b", (rows,), int32, 2, 0.05 * 0.01),
        _tensor(builder, f"{name}_out", (1, rows), int8, 0, 0.1, -4),
        _tensor(builder, f"{name}_p", (1, rows), int8, 0, 1 / 256, -128),
    ]
    tensor_list = _vector(builder, tflite.SubGraphStartTensorsVector, tensors, "PrependUOffsetTRelative")
    tflite.FullyConnectedOptionsStart(builder)
    dense = tflite.FullyConnectedOptionsEnd(builder)
    tflite.SoftmaxOptionsStart(builder)
    tflite.SoftmaxOptionsAddBeta(builder, 1.0)
    softmax = tflite.SoftmaxOptionsEnd(builder)
    options = tflite.BuiltinOptions
    operators = [
        _operator(builder, 0, [0, 1, 2], 3, dense, options.FullyConnectedOptions),
        _operator(builder, 1, [3], 4, softmax, options.SoftmaxOptions),
    ]
    operator_list = _vector(builder, tflite.SubGraphStartOperatorsVector, operators, "PrependUOffsetTRelative")
    inputs = builder.CreateNumpyVector(np.array([0], dtype=np.int32))
    outputs = builder.CreateNumpyVector(np.array([4], dtype=np.int32))
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensor_list)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    tflite.SubGraphAddOperators(builder, operator_list)
    subgraphs = [tflite.SubGraphEnd(builder)]
    subgraph_list = _vector(builder, tflite.ModelStartSubgraphsVector, subgraphs, "PrependUOffsetTRelative")
    builtin = tflite.BuiltinOperator
    codes = [_code(builder, builtin.FULLY_CONNECTED), _code(builder, builtin.SOFTMAX)]
    code_list = _vector(builder, tflite.ModelStartOperatorCodesVector, codes, "PrependUOffsetTRelative")
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, code_list)
    tflite.ModelAddSubgraphs(builder, subgraph_list)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())
