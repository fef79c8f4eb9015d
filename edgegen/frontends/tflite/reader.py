"""TFLite flatbuffer -> plain dataclasses, every offset, length and size checked against the file.

Nothing here knows what an operator means. Tensor data are views of the file, never copies, so that memory stays in
proportion to the file whatever its tables claim.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isfinite, prod
from typing import Any

import numpy as np
import tflite

from edgegen.errors import ModelError
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.options import OPTIONS, OptionSpec
from edgegen.frontends.tflite.sparse import densify, read_sparsity, without_densify
from edgegen.ir import Array, QuantParams

IDENTIFIER = b"TFL3"

#: what reading past the end of a flatbuffer, or through a wrong offset, raises
_READ_ERRORS = (
    struct.error, IndexError, ValueError, TypeError, OverflowError, AttributeError, UnicodeError, AssertionError,
)  # fmt: skip

_NUMPY_TYPES: Mapping[str, type[np.generic]] = {
    "float32": np.float32,
    "float16": np.float16,
    "float64": np.float64,
    "int8": np.int8,
    "uint8": np.uint8,
    "int16": np.int16,
    "uint16": np.uint16,
    "int32": np.int32,
    "uint32": np.uint32,
    "int64": np.int64,
    "uint64": np.uint64,
    "bool": np.bool_,
}

#: most elements that a tensor may have: what a 32-bit target can address
_MAX_ELEMENTS = 1 << 31
#: most bytes of all sparse tensors of a file together, once dense
_MAX_SPARSE_BYTES = 1 << 28


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


_TYPE_NAMES = {value: name.lower() for value, name in _names(tflite.TensorType).items()}
_OP_NAMES = _names(tflite.BuiltinOperator)


@dataclass(frozen=True)
class TensorInfo:
    """A tensor as the file describes it; `raw` are its constant bytes, None for a tensor computed at run time.

    A tensor that the file stores sparse is dense here.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quant: QuantParams | None
    raw: Array | None
    is_variable: bool

    @property
    def is_const(self) -> bool:
        return self.raw is not None

    def __str__(self) -> str:
        return f"'{self.name}' {self.dtype}[{'x'.join(map(str, self.shape))}]"


@dataclass(frozen=True)
class OperatorInfo:
    """An operator as the file describes it; -1 stands for an operand that is left out."""

    index: int
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class ModelInfo:
    """The main subgraph of a file."""

    tensors: tuple[TensorInfo, ...]
    operators: tuple[OperatorInfo, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    subgraphs: int


class Reader:
    """Reads one file; `_spend` bounds the work by the file's size, however vectors overlap or repeat."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._left = 8 * len(source.data) + 4096
        self._sparse_left = _MAX_SPARSE_BYTES

    def model(self) -> ModelInfo:
        """Raises ModelError for anything that a sound file cannot hold."""
        with self._guard("its tables"):
            root = tflite.Model.GetRootAs(self.source.data, 0)
            if root.Version() != 3:
                raise self.source.error(f"its schema version is {root.Version()}; it must be 3")
            subgraphs = self._length(root.SubgraphsLength(), "subgraphs")
            if subgraphs < 1:
                raise self.source.error("it has no subgraph; it must have one")
            names = [self._op_name(root.OperatorCodes(i)) for i in self._range(root.OperatorCodesLength(), "codes")]
            graph = root.Subgraphs(0)
            buffers = self._length(root.BuffersLength(), "buffers")
            counts = self._range(graph.TensorsLength(), "tensors"), self._range(graph.OperatorsLength(), "operators")
        tensors = tuple(self._tensor(root, graph, i, buffers) for i in counts[0])
        operators = tuple(self._operator(graph, i, names, len(tensors)) for i in counts[1])
        with self._guard("its inputs and outputs"):
            inputs = self._indices(graph.InputsLength, graph.Inputs, len(tensors), "graph inputs", False)
            outputs = self._indices(graph.OutputsLength, graph.Outputs, len(tensors), "graph outputs", False)
        tensors, operators = without_densify(tensors, operators, self._tensor_error)
        return ModelInfo(tensors, operators, inputs, outputs, subgraphs)

    @contextmanager
    def _guard(self, what: str) -> Iterator[None]:
        """Turns what a flatbuffer reader raises on a corrupt file into a ModelError."""
        try:
            yield
        except ModelError:
            raise
        except _READ_ERRORS as error:
            raise self.source.error(
                f"{what} point outside of the file ({len(self.source.data)} bytes) or are malformed;"
                " it is truncated or corrupt: export or copy it again"
            ) from error

    def _spend(self, amount: int, what: str) -> None:
        self._left -= amount
        if self._left < 0:
            raise self.source.error(
                f"{what} hold more elements than the file has bytes; it is corrupt: export it again"
            )

    def _length(self, length: int, what: str) -> int:
        self._spend(int(length), what)
        return int(length)

    def _range(self, length: int, what: str) -> range:
        return range(self._length(length, what))

    def _indices(
        self, length: Callable[[], int], item: Callable[[int], int], limit: int, what: str, optional: bool
    ) -> tuple[int, ...]:
        """A vector of tensor indices, each below `limit` (or -1 when optional)."""
        found = tuple(int(item(i)) for i in self._range(length(), what))
        for index in found:
            if not (0 <= index < limit or (optional and index == -1)):
                raise self.source.error(f"{what} name tensor {index}; the file has {limit} tensors")
        return found

    def _text(self, value: bytes | None, what: str) -> str:
        text = value or b""
        self._spend(len(text), what)
        return text.decode("utf-8", "replace")

    def _op_name(self, code: Any) -> str:
        """BuiltinOperator name, or CUSTOM:<name>. The larger of the two code fields counts, as in TFLite."""
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        name = _OP_NAMES.get(number, f"BUILTIN_{number}")
        return f"CUSTOM:{self._text(code.CustomCode(), 'operator names')}" if name == "CUSTOM" else name

    def _tensor(self, root: Any, graph: Any, index: int, buffers: int) -> TensorInfo:
        with self._guard(f"tensor {index}'s fields"):
            table = graph.Tensors(index)
            name = self._text(table.Name(), "tensor names")
            dtype = _TYPE_NAMES.get(table.Type(), f"type {table.Type()}")
            shape = tuple(int(table.Shape(i)) for i in self._range(table.ShapeLength(), "shapes"))
            quant = self._quantization(table.Quantization(), name)
            if not 0 <= table.Buffer() < max(buffers, 1):
                raise self.source.error(f"tensor '{name}' uses buffer {table.Buffer()}; the file has {buffers}")
            raw = self._buffer(root.Buffers(table.Buffer())) if table.Buffer() else None
            variable, sparsity = bool(table.IsVariable()), table.Sparsity()
        if any(d < 0 for d in shape) or prod(shape) > _MAX_ELEMENTS:
            raise self.source.error(
                f"tensor '{name}' has shape {shape}; no axis may be negative and the size is at most 2**31 elements"
            )
        info = TensorInfo(index, name, shape, dtype, quant, raw, variable)
        return info if sparsity is None else self._dense(info, sparsity)

    def _tensor_error(self, info: TensorInfo, message: str) -> ModelError:
        return self.source.error(f"tensor {info}: {message}")

    def _dense(self, info: TensorInfo, table: Any) -> TensorInfo:
        """A sparse tensor as a dense one."""

        def fail(message: str) -> ModelError:
            return self._tensor_error(info, f"it is stored sparse and {message}; the file is corrupt")

        dtype = _NUMPY_TYPES.get(info.dtype)
        if dtype is None:
            raise self._tensor_error(info, "it is stored sparse in a type that cannot be read")
        size = np.dtype(dtype).itemsize
        self._sparse_left -= prod(info.shape) * size
        if self._sparse_left < 0:
            raise self._tensor_error(info, f"the sparse tensors take more than {_MAX_SPARSE_BYTES} bytes once dense")
        raw = np.zeros(0, np.uint8) if info.raw is None else info.raw
        if raw.size % size:
            raise fail(f"has {raw.size} bytes of data, no multiple of {size}")
        with self._guard(f"tensor {info}'s sparsity"):
            sparsity = read_sparsity(table, self._length, fail)
            dense = densify(sparsity, info.shape, np.frombuffer(raw.tobytes(), dtype), fail)
        return replace(info, raw=dense.reshape(-1).view(np.uint8))

    def _quantization(self, table: Any, name: str) -> QuantParams | None:
        if table is None or not table.ScaleLength():
            return None
        scale = tuple(float(table.Scale(i)) for i in self._range(table.ScaleLength(), "scales"))
        zero = tuple(int(table.ZeroPoint(i)) for i in self._range(table.ZeroPointLength(), "zero points"))
        if len(zero) not in (0, 1, len(scale)):
            raise self.source.error(f"tensor '{name}' has {len(scale)} scales and {len(zero)} zero points")
        if not all(isfinite(s) and s > 0 for s in scale):
            # Exporters leave unused quantization as zeros; whoever needs it says so.
            return None
        zero = zero or (0,)
        zero = zero * len(scale) if len(zero) == 1 else zero
        return QuantParams(scale, zero, int(table.QuantizedDimension()) if len(scale) > 1 else None)

    def _buffer(self, buffer: Any) -> Array | None:
        """The bytes of a buffer, in the table or, for files beyond 2 GB, behind it; None when it is empty."""
        if buffer.DataLength():
            data: Array = buffer.DataAsNumpy()
            if not isinstance(data, np.ndarray) or len(data) != buffer.DataLength():
                raise self.source.error("a buffer points outside of the file; it is truncated or corrupt")
            return data
        offset, size = int(buffer.Offset()), int(buffer.Size())
        if offset <= 1 or size == 0:
            return None
        if offset + size > len(self.source.data):
            raise self.source.error(
                f"a buffer spans bytes {offset} to {offset + size}; the file has {len(self.source.data)}:"
                " it is truncated"
            )
        return np.frombuffer(self.source.data, np.uint8, size, offset)

    def _operator(self, graph: Any, index: int, names: list[str], tensors: int) -> OperatorInfo:
        with self._guard(f"operator {index}'s fields"):
            table = graph.Operators(index)
            code = table.OpcodeIndex()
            if not 0 <= code < len(names):
                raise self.source.error(f"operator {index} has code {code}; the file has {len(names)} codes")
            name = names[code]
            what = f"{name} #{index}'s operands"
            inputs = self._indices(table.InputsLength, table.Inputs, tensors, what, True)
            outputs = self._indices(table.OutputsLength, table.Outputs, tensors, what, False)
            spec = OPTIONS.get(name)
            options = self._options(table, spec, f"{name} #{index}") if spec else {}
        return OperatorInfo(index, name, inputs, outputs, options)

    def _options(self, table: Any, spec: OptionSpec, what: str) -> dict[str, Any]:
        """The option fields that importers use; {} when the file has none."""
        union = table.BuiltinOptions()
        if table.BuiltinOptionsType() == 0 or union is None:
            return {}
        if table.BuiltinOptionsType() != getattr(tflite.BuiltinOptions, spec.table):
            raise self.source.error(f"{what} has options of type {table.BuiltinOptionsType()}, not {spec.table}")
        options = getattr(tflite, spec.table)()
        options.Init(union.Bytes, union.Pos)
        found: dict[str, Any] = {field: getattr(options, field)() for field in spec.fields}
        for field in spec.vectors:
            length = self._length(getattr(options, f"{field}Length")(), f"{what}'s options")
            found[field] = tuple(int(getattr(options, field)(i)) for i in range(length))
        return found


def tensor_data(source: Source, info: TensorInfo) -> Array:
    """A constant tensor's values in its own type (int4 unpacked to int8) and shape.

    Raises ModelError when its bytes do not fit its shape.
    """
    if info.raw is None:
        raise source.error(f"tensor {info} has no data; it must be constant")
    raw = np.ascontiguousarray(info.raw).view(np.uint8)
    count = prod(info.shape)
    dtype = _NUMPY_TYPES.get(info.dtype)
    if info.dtype == "int4":
        _check_bytes(source, info, raw.size, (count + 1) // 2)
        nibbles = np.stack([raw << 4, raw & 0xF0], axis=-1).reshape(-1)[:count]
        return (nibbles.view(np.int8) >> 4).reshape(info.shape)
    if dtype is None:
        raise source.error(f"tensor {info} has constant data of a type that cannot be read")
    _check_bytes(source, info, raw.size, count * np.dtype(dtype).itemsize)
    # A copy where the file does not align the data.
    return np.frombuffer(raw.tobytes() if dtype().itemsize > 1 else raw, dtype).reshape(info.shape)


def _check_bytes(source: Source, info: TensorInfo, have: int, need: int) -> None:
    if have != need:
        raise source.error(
            f"tensor {info} has {have} bytes of data; its shape and type need {need}: the file is corrupt"
        )
