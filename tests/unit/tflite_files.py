"""Writes TFLite files for tests from a plain description of tensors and operators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite
from flatbuffers import Builder
from numpy.typing import NDArray

from edgegen.frontends.tflite.options import OPTIONS

Array = NDArray[Any]


@dataclass
class S:
    """How a constant is stored sparse: levels are a number (DENSE) or segments and indices of one numpy type each."""

    order: tuple[int, ...]
    blocks: tuple[int, ...]
    levels: list[int | tuple[Array, Array]]
    values: Array


@dataclass
class T:
    """A tensor: data makes it constant (its type and shape then come from it)."""

    name: str
    shape: tuple[int, ...] = ()
    dtype: str = "int8"
    scale: tuple[float, ...] = ()
    zero: tuple[int, ...] = (0,)
    axis: int = 0
    data: Array | None = None
    #: store int8 data as int4, two in a byte
    packed: bool = False
    #: store data sparse
    sparse: S | None = None


@dataclass
class O:  # noqa: E742
    """An operator: inputs and outputs by tensor name ("" leaves an operand out), options by schema field name."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


def _offsets(builder: Builder, start: Any, items: list[int]) -> int:
    start(builder, len(items))
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return int(builder.EndVector())


def _ints(builder: Builder, items: Any) -> int:
    return int(builder.CreateNumpyVector(np.array(items, dtype=np.int32)))


_INDEX_TABLES = {"int32": "Int32Vector", "uint16": "Uint16Vector", "uint8": "Uint8Vector"}


def _numbers(builder: Builder, items: Array) -> tuple[int, int]:
    """(type, offset) of a SparseIndexVector."""
    table = _INDEX_TABLES[str(items.dtype)]
    values = builder.CreateNumpyVector(items)
    getattr(tflite, f"{table}Start")(builder)
    getattr(tflite, f"{table}AddValues")(builder, values)
    return getattr(tflite.SparseIndexVector, table), getattr(tflite, f"{table}End")(builder)


def _level(builder: Builder, level: int | tuple[Array, Array]) -> int:
    if isinstance(level, int):
        tflite.DimensionMetadataStart(builder)
        tflite.DimensionMetadataAddFormat(builder, tflite.DimensionType.DENSE)
        tflite.DimensionMetadataAddDenseSize(builder, level)
        return int(tflite.DimensionMetadataEnd(builder))
    (segments_type, segments), (indices_type, indices) = (_numbers(builder, items) for items in level)
    tflite.DimensionMetadataStart(builder)
    tflite.DimensionMetadataAddFormat(builder, tflite.DimensionType.SPARSE_CSR)
    tflite.DimensionMetadataAddArraySegmentsType(builder, segments_type)
    tflite.DimensionMetadataAddArraySegments(builder, segments)
    tflite.DimensionMetadataAddArrayIndicesType(builder, indices_type)
    tflite.DimensionMetadataAddArrayIndices(builder, indices)
    return int(tflite.DimensionMetadataEnd(builder))


def _sparsity(builder: Builder, sparse: S) -> int:
    order, blocks = _ints(builder, sparse.order), _ints(builder, sparse.blocks)
    levels = [_level(builder, level) for level in sparse.levels]
    level_list = _offsets(builder, tflite.SparsityParametersStartDimMetadataVector, levels)
    tflite.SparsityParametersStart(builder)
    tflite.SparsityParametersAddTraversalOrder(builder, order)
    tflite.SparsityParametersAddBlockMap(builder, blocks)
    tflite.SparsityParametersAddDimMetadata(builder, level_list)
    return int(tflite.SparsityParametersEnd(builder))


def _tensor(builder: Builder, tensor: T, buffer: int) -> int:
    shape = tensor.shape if tensor.data is None else tensor.data.shape
    dtype = tensor.dtype if tensor.data is None else str(tensor.data.dtype)
    dtype = "int4" if tensor.packed else dtype
    label, dims, quantization = builder.CreateString(tensor.name), _ints(builder, shape), None
    if tensor.scale:
        scales = builder.CreateNumpyVector(np.array(tensor.scale, dtype=np.float32))
        zeros = builder.CreateNumpyVector(np.array(tensor.zero, dtype=np.int64))
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scales)
        tflite.QuantizationParametersAddZeroPoint(builder, zeros)
        tflite.QuantizationParametersAddQuantizedDimension(builder, tensor.axis)
        quantization = tflite.QuantizationParametersEnd(builder)
    sparsity = _sparsity(builder, tensor.sparse) if tensor.sparse else None
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, dims)
    tflite.TensorAddType(builder, getattr(tflite.TensorType, dtype.upper()))
    tflite.TensorAddBuffer(builder, buffer)
    tflite.TensorAddName(builder, label)
    if quantization is not None:
        tflite.TensorAddQuantization(builder, quantization)
    if sparsity is not None:
        tflite.TensorAddSparsity(builder, sparsity)
    return int(tflite.TensorEnd(builder))


def _options(builder: Builder, op: O) -> tuple[int, int]:
    """(kind, offset) of the operator's option table."""
    spec = OPTIONS[op.name]
    vectors = {name: _ints(builder, value) for name, value in op.options.items() if name in spec.vectors}
    getattr(tflite, f"{spec.table}Start")(builder)
    for name, value in op.options.items():
        getattr(tflite, f"{spec.table}Add{name}")(builder, vectors.get(name, value))
    return getattr(tflite.BuiltinOptions, spec.table), getattr(tflite, f"{spec.table}End")(builder)


def _operator(builder: Builder, op: O, code: int, index: dict[str, int]) -> int:
    ins, outs = (_ints(builder, [index.get(name, -1) for name in names]) for names in (op.inputs, op.outputs))
    kind, options = _options(builder, op) if op.name in OPTIONS else (0, None)
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, code)
    tflite.OperatorAddInputs(builder, ins)
    tflite.OperatorAddOutputs(builder, outs)
    if options is not None:
        tflite.OperatorAddBuiltinOptionsType(builder, kind)
        tflite.OperatorAddBuiltinOptions(builder, options)
    return int(tflite.OperatorEnd(builder))


def _codes(builder: Builder, names: list[str]) -> int:
    codes = []
    for name in names:
        number = getattr(tflite.BuiltinOperator, name)
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddBuiltinCode(builder, number)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(number, 127))
        tflite.OperatorCodeAddVersion(builder, 1)
        codes.append(int(tflite.OperatorCodeEnd(builder)))
    return _offsets(builder, tflite.ModelStartOperatorCodesVector, codes)


def _stored(tensor: T) -> bytes:
    """A constant's bytes; packed: the first of two int4 values is in the low half."""
    data = tensor.data if tensor.sparse is None else tensor.sparse.values
    assert data is not None
    if not tensor.packed:
        return data.tobytes()
    nibbles = np.append(data.reshape(-1), np.zeros(data.size % 2, data.dtype)).astype(np.uint8) & 15
    return (nibbles[::2] | nibbles[1::2] << 4).tobytes()


def tflite_file(tensors: list[T], operators: list[O], inputs: tuple[str, ...], outputs: tuple[str, ...]) -> bytes:
    """The file's bytes."""
    builder = flatbuffers.Builder(4096)
    index = {tensor.name: i for i, tensor in enumerate(tensors)}
    contents = [b""] + [_stored(tensor) for tensor in tensors if tensor.data is not None]
    buffers = []
    for content in contents:
        data = builder.CreateByteVector(content)
        tflite.BufferStart(builder)
        tflite.BufferAddData(builder, data)
        buffers.append(int(tflite.BufferEnd(builder)))
    buffer_list = _offsets(builder, tflite.ModelStartBuffersVector, buffers)
    numbers = iter(range(1, len(contents)))
    made = [_tensor(builder, t, 0 if t.data is None else next(numbers)) for t in tensors]
    tensor_list = _offsets(builder, tflite.SubGraphStartTensorsVector, made)
    names = sorted({op.name for op in operators})
    ops = [_operator(builder, op, names.index(op.name), index) for op in operators]
    op_list = _offsets(builder, tflite.SubGraphStartOperatorsVector, ops)
    ins, outs = (_ints(builder, [index[name] for name in edge]) for edge in (inputs, outputs))
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensor_list)
    tflite.SubGraphAddInputs(builder, ins)
    tflite.SubGraphAddOutputs(builder, outs)
    tflite.SubGraphAddOperators(builder, op_list)
    subgraphs = _offsets(builder, tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(builder)])
    codes = _codes(builder, names)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, subgraphs)
    tflite.ModelAddBuffers(builder, buffer_list)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


_CONV = {"Padding": 0, "StrideH": 2, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1,
         "FusedActivationFunction": 1}  # fmt: skip


def small_network(seed: int = 0) -> bytes:
    """Every common operator once: pad, convolutions, add, multiply, pools, tables, concat, resize, mean, softmax."""
    rng = np.random.default_rng(seed)

    def weights(*shape: int) -> Array:
        return rng.integers(-127, 128, shape).astype(np.int8)

    def bias(count: int) -> Array:
        return rng.integers(-500, 500, count).astype(np.int32)

    def act(name: str, *shape: int, scale: float = 0.05, zero: int = 3) -> T:
        return T(name, shape, scale=(scale,), zero=(zero,))

    tensors = [
        act("x", 1, 9, 7, 3, scale=0.02, zero=-5),
        T("pads", data=np.array([[0, 0], [1, 1], [2, 0], [0, 0]], dtype=np.int32)),
        act("padded", 1, 11, 9, 3, scale=0.02, zero=-5),
        T("w1", scale=tuple(rng.uniform(0.001, 0.01, 4)), zero=(0,) * 4, data=weights(4, 3, 3, 3)),
        T("b1", scale=(0.0002,), data=bias(4)),
        act("c1", 1, 6, 9, 4, zero=-128),
        T("w2", scale=tuple(rng.uniform(0.001, 0.01, 8)), zero=(0,) * 8, axis=3, data=weights(1, 3, 3, 8)),
        act("c2", 1, 3, 9, 8),
        T("w3", scale=(0.01,), data=weights(8, 1, 1, 8)),
        T("b3", scale=(0.0005,), data=bias(8)),
        act("c3", 1, 2, 9, 8, scale=0.06, zero=-7),
        act("c4", 1, 2, 9, 8, scale=0.05, zero=3),
        act("sum", 1, 2, 9, 8, scale=0.1, zero=0),
        act("gate", 1, 2, 9, 8, scale=1 / 256, zero=-128),
        act("product", 1, 2, 9, 8, scale=0.08, zero=11),
        act("max", 1, 1, 4, 8, scale=0.08, zero=11),
        act("average", 1, 1, 4, 8, scale=0.08, zero=11),
        act("joined", 1, 1, 4, 16, scale=0.08, zero=11),
        T("size", data=np.array([3, 9], dtype=np.int32)),
        act("resized", 1, 3, 9, 16, scale=0.08, zero=11),
        T("axes", data=np.array([1, 2], dtype=np.int32)),
        act("mean", 1, 16, scale=0.03, zero=2),
        T("w5", scale=(0.004,), data=weights(5, 16)),
        act("scores", 1, 5, scale=0.2, zero=-4),
        act("p", 1, 5, scale=1 / 256, zero=-128),
    ]
    pool = {"Padding": 1, "StrideH": 1, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2}
    operators = [
        O("PAD", ("x", "pads"), ("padded",)),
        O("CONV_2D", ("padded", "w1", "b1"), ("c1",), _CONV),
        O("DEPTHWISE_CONV_2D", ("c1", "w2"), ("c2",), _CONV | {"DepthMultiplier": 2, "FusedActivationFunction": 0}),
        O("CONV_2D", ("c2", "w3", "b3"), ("c3",), _CONV | {"FusedActivationFunction": 3}),
        O("QUANTIZE", ("c3",), ("c4",)),
        O("ADD", ("c3", "c4"), ("sum",), {"FusedActivationFunction": 1}),
        O("LOGISTIC", ("sum",), ("gate",)),
        O("MUL", ("sum", "gate"), ("product",)),
        O("MAX_POOL_2D", ("product",), ("max",), pool),
        O("AVERAGE_POOL_2D", ("product",), ("average",), pool),
        O("CONCATENATION", ("max", "average"), ("joined",), {"Axis": -1}),
        O("RESIZE_NEAREST_NEIGHBOR", ("joined", "size"), ("resized",)),
        O("MEAN", ("resized", "axes"), ("mean",)),
        O("FULLY_CONNECTED", ("mean", "w5"), ("scores",)),
        O("SOFTMAX", ("scores",), ("p",), {"Beta": 1.0}),
    ]
    return tflite_file(tensors, operators, ("x",), ("p",))
