"""The intermediate representation: frozen nodes whose operands are fields.

    Graph  = (name, inputs: Input*, outputs: Node*)
    Node   = Input | Const | Op            every Node has .type (computed, cached) and .origin
    Op     = one class per module in edgegen/ops; operands are the fields annotated Node (or tuple of Node)

Nodes compare by identity. A pass returns a new graph; unchanged nodes are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import GraphError

Array = NDArray[Any]

#: dtype name -> (numpy dtype, C type)
DTYPES: Mapping[str, tuple[type[np.generic], str]] = {
    "int8": (np.int8, "int8_t"),
    "uint8": (np.uint8, "uint8_t"),
    "int16": (np.int16, "int16_t"),
    "int32": (np.int32, "int32_t"),
    "int64": (np.int64, "int64_t"),
}


@dataclass(frozen=True)
class QuantParams:
    """real = scale * (stored - zero_point); per tensor when axis is None, else one entry per index of that axis."""

    scale: tuple[float, ...]
    zero_point: tuple[int, ...]
    axis: int | None = None

    def __post_init__(self) -> None:
        if len(self.scale) != len(self.zero_point) or not self.scale:
            raise GraphError(f"{len(self.scale)} scales and {len(self.zero_point)} zero points; they must be as many")

    @property
    def formula(self) -> str:
        """What a stored value of one scale stands for, as notes say it: `real = 0.02 * (value + 3)`."""
        return real_formula(self.scale[0], self.zero_point[0])


def real_formula(scale: float, zero: float) -> str:
    """The same of a zero point that need not be a whole number."""
    value = "value" if zero == 0 else f"(value {'-' if zero > 0 else '+'} {abs(zero):.9g})"
    return f"real = {scale:.9g} * {value}"


@dataclass(frozen=True)
class TensorType:
    """Shape (with the batch axis, channels last), element type and quantization parameters of a tensor."""

    shape: tuple[int, ...]
    dtype: str = "int8"
    quant: QuantParams | None = None

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def numpy(self) -> np.dtype[Any]:
        return np.dtype(DTYPES[self.dtype][0])

    @property
    def c_type(self) -> str:
        return DTYPES[self.dtype][1]

    @property
    def nbytes(self) -> int:
        return self.size * self.numpy.itemsize

    def __str__(self) -> str:
        return f"{self.dtype}[{'x'.join(map(str, self.shape))}]"


@dataclass(frozen=True)
class Origin:
    """Where a node comes from, for messages: model file, operator name, index in the file, tensor name."""

    file: str = ""
    op: str = ""
    index: int = -1
    name: str = ""

    def __str__(self) -> str:
        where = f" in {self.file}" if self.file else ""
        index = f" #{self.index}" if self.index >= 0 else ""
        name = self.name if len(self.name) <= 80 else f"{self.name[:38]}...{self.name[-38:]}"
        label = f" '{name}'" if name else ""
        return f"{self.op}{index}{label}{where}".strip()


@dataclass(frozen=True, eq=False, kw_only=True)
class Node:
    """A value in the graph; `type` is that of the value."""

    origin: Origin = field(default_factory=Origin)

    @property
    def type(self) -> TensorType:
        raise NotImplementedError

    @property
    def operands(self) -> tuple[Node, ...]:
        """Every operand, in field order (inputs, then constants as the class orders them)."""
        return ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Input(Node):
    """A model input, supplied by the caller."""

    name: str
    tensor: TensorType

    @property
    def type(self) -> TensorType:
        return self.tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class Const(Node):
    """A constant tensor; `value` is never written to."""

    value: Array
    quant: QuantParams | None = None

    def __post_init__(self) -> None:
        self.value.setflags(write=False)

    @cached_property
    def _type(self) -> TensorType:
        return TensorType(tuple(int(d) for d in self.value.shape), str(self.value.dtype), self.quant)

    @property
    def type(self) -> TensorType:
        return self._type


@dataclass(frozen=True, eq=False, kw_only=True)
class Op(Node):
    """An operation; subclasses live in edgegen/ops, one module each, and own its meaning.

    `quant` holds the quantization parameters of the output (for reports, headers and conversions).
    """

    op_name: ClassVar[str] = ""
    #: True for ops whose output is the first operand's bytes under another shape: no kernel, no storage
    is_view: ClassVar[bool] = False
    quant: QuantParams | None = None

    def infer(self) -> TensorType:
        """The output's type; raises GraphError when operands do not fit."""
        raise NotImplementedError

    def reference(self, *values: Array) -> Array:
        """The op's meaning: numpy values of all operands in field order -> output value, bit for bit as the C."""
        raise NotImplementedError

    def macs(self) -> int:
        """Multiply-accumulates of one inference (dense count)."""
        return 0

    @cached_property
    def _type(self) -> TensorType:
        return self.infer()

    @property
    def type(self) -> TensorType:
        return self._type

    @cached_property
    def _operands(self) -> tuple[Node, ...]:
        found: list[Node] = []
        for spec in fields(self):
            value = getattr(self, spec.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(item for item in value if isinstance(item, Node))
        return tuple(found)

    @property
    def operands(self) -> tuple[Node, ...]:
        return self._operands

    @property
    def data_operands(self) -> tuple[Node, ...]:
        """Operands that are not constants: the tensors a kernel receives at run time."""
        return tuple(node for node in self.operands if not isinstance(node, Const))

    def error(self, message: str) -> GraphError:
        """A GraphError that names this node."""
        return GraphError(f"{type(self).__name__} (from {self.origin}): {message}")


@dataclass(frozen=True)
class OutputError:
    """How far an output of a quantised graph is from the float model's.

    snr_db: signal to noise, None where either is 0. max_abs_error: in the output's unit. top1_agreement: share of
    samples in which the float output's largest element is the largest here too, None for outputs of one element.
    """

    name: str
    snr_db: float | None
    max_abs_error: float
    top1_agreement: float | None


@dataclass(frozen=True)
class Calibration:
    """What quantization after training cost, on so many calibration samples."""

    samples: int
    outputs: tuple[OutputError, ...]


@dataclass(frozen=True)
class Graph:
    """A model: named, with ordered inputs and outputs."""

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Node, ...]
    output_names: tuple[str, ...] = ()
    #: per output (a, b) where stored integers v stand for a * v + b, whatever scale and zero point say; or empty
    output_lines: tuple[tuple[float, float] | None, ...] = ()
    #: sha256 of the model file, hex
    sha256: str = ""
    #: file name without folders
    source: str = ""
    #: what the import changed at the model's edges, one sentence each, for reports
    notes: tuple[str, ...] = ()
    #: set when the model's activations were float and were quantised here
    calibration: Calibration | None = None

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node in topological order (operands first), deterministic: depth first from the outputs."""
        order: list[Node] = []
        seen: set[int] = set()
        for source in self.inputs:
            seen.add(id(source))
            order.append(source)
        for output in self.outputs:
            stack: list[tuple[Node, Iterator[Node]]] = []
            if id(output) not in seen:
                seen.add(id(output))
                stack.append((output, iter(output.operands)))
            while stack:
                node, rest = stack[-1]
                for operand in rest:
                    if id(operand) not in seen:
                        seen.add(id(operand))
                        stack.append((operand, iter(operand.operands)))
                        break
                else:
                    stack.pop()
                    order.append(node)
        return tuple(order)

    @property
    def ops(self) -> tuple[Op, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Op))

    @cached_property
    def users(self) -> Mapping[int, tuple[Op, ...]]:
        """id(node) -> the ops that read it."""
        found: dict[int, list[Op]] = {}
        for op in self.ops:
            for operand in dict.fromkeys(map(id, op.operands)):
                found.setdefault(operand, []).append(op)
        return {key: tuple(value) for key, value in found.items()}


def with_operands(op: Op, mapping: Mapping[int, Node]) -> Op:
    """op with every operand replaced by mapping[id(operand)] where present; op itself when nothing changes."""
    changes: dict[str, Any] = {}
    for spec in fields(op):
        value = getattr(op, spec.name)
        if isinstance(value, Node):
            new = mapping.get(id(value), value)
            if new is not value:
                changes[spec.name] = new
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            items = tuple(mapping.get(id(item), item) if isinstance(item, Node) else item for item in value)
            if any(a is not b for a, b in zip(items, value, strict=True)):
                changes[spec.name] = items
    return replace(op, **changes) if changes else op


def rewrite(graph: Graph, rule: Callable[[Op], Node]) -> Graph:
    """Apply `rule` to every op once, operands first; rule gets the op with operands already rewritten."""
    mapping: dict[int, Node] = {}
    for node in graph.nodes:
        if isinstance(node, Op):
            new = rule(with_operands(node, mapping))
            if new is not node:
                mapping[id(node)] = new
    outputs = tuple(mapping.get(id(node), node) for node in graph.outputs)
    return replace(graph, outputs=outputs)
