"""All that a template can see, computed from the plan; templates only substitute."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgegen.emit.blob import Blob
from edgegen.emit.cnames import comment
from edgegen.formats.base import Table
from edgegen.ir import Array, Graph, Node, TensorType
from edgegen.kernels.base import Function, Param
from edgegen.planning.plan import Place, Plan, Step
from edgegen.sharing import Sharing

_TABLE_TYPES = {
    "int8": "int8_t",
    "uint8": "uint8_t",
    "int16": "int16_t",
    "uint16": "uint16_t",
    "int32": "int32_t",
    "uint32": "uint32_t",
    "int64": "int64_t",
    "uint64": "uint64_t",
}


def literal(value: int, dtype: str) -> str:
    """A C constant expression of exactly this value and type, clean under -Wconversion."""
    if dtype == "int32" and value == -(2**31):
        return "INT32_MIN"
    if dtype == "int64":
        return "INT64_MIN" if value == -(2**63) else f"INT64_C({value})"
    if dtype == "uint64":
        return f"UINT64_C({value})"
    return f"{value}U" if dtype in ("uint8", "uint16", "uint32") else str(value)


@dataclass(frozen=True)
class TableView:
    """One constant array: C symbol, element type, and lines of initialisers.

    comment: lines that name its readers, for a table that several nodes share.
    """

    symbol: str
    c_type: str
    count: int
    align: int
    lines: tuple[str, ...]
    comment: tuple[str, ...] = ()


@dataclass(frozen=True)
class PortView:
    """One input or output of the model."""

    name: str
    macro: str
    c_type: str
    size: int
    shape: str
    scale: str
    zero_point: int
    #: what a real number is more than scale * (value - zero point), if anything
    offset: str | None
    comment: str


@dataclass(frozen=True)
class FunctionView:
    """One shared kernel function: its text and its parameter struct."""

    symbol: str
    params: str
    fields: tuple[Param, ...]
    text: str


@dataclass(frozen=True)
class StructView:
    """One parameter struct of a node: the name of the variable, the struct's type, and its fields."""

    name: str
    c_type: str
    fields: tuple[Param, ...]


@dataclass(frozen=True)
class NodeView:
    """One node: its C function and its call."""

    index: int
    function: str
    comment: tuple[str, ...]
    kernel: str
    structs: tuple[StructView, ...]
    arguments: str
    signature: str
    call: str
    output: str
    output_bytes: int


def table_view(symbol: str, table: Table, users: tuple[str, ...] = ()) -> TableView:
    """Initialisers, at most 110 columns a line. users: names of the nodes that share the table."""
    dtype = str(table.values.dtype)
    said = textwrap.wrap(f"shared by {', '.join(users)}", 110) if users else []
    return TableView(
        symbol, _TABLE_TYPES[dtype], table.values.size, max(8, table.align), tuple(_lines(table.values)), tuple(said)
    )


def _lines(values: Array) -> Iterator[str]:
    dtype = str(values.dtype)
    flat = [literal(int(v), dtype) for v in np.ravel(values).tolist()]
    width = max(map(len, flat), default=1) + 2
    step = max(1, 110 // width)
    for start in range(0, len(flat), step):
        yield ", ".join(flat[start : start + step]) + ","


def c_float(value: float) -> str:
    """A C float literal, the shortest that reads back as the same float32: double arithmetic is slow on small cores."""
    text = str(np.float32(value))
    return f"{text}F" if any(c in text for c in ".e") else f"{text}.0F"


def _meaning(tensor: TensorType, line: tuple[float, float] | None) -> tuple[float, int, float]:
    """(scale, zero point, offset); line: (a, b) of Graph.output_lines."""
    scale, zero = (tensor.quant.scale[0], tensor.quant.zero_point[0]) if tensor.quant else (1.0, 0)
    if line is None or np.allclose(line, (scale, -scale * zero), rtol=1e-6, atol=1e-9 * scale):
        return scale, zero, 0.0
    return line[0], 0, line[1]


def port_view(
    prefix: str, kind: str, index: int, name: str, tensor: TensorType, line: tuple[float, float] | None = None
) -> PortView:
    """Macros of one input or output."""
    scale, zero, offset = _meaning(tensor, line)
    return PortView(
        f"{kind.lower()}_{index}",
        f"{prefix.upper()}_{kind}_{index}",
        tensor.c_type,
        tensor.size,
        "{ " + ", ".join(map(str, tensor.shape)) + " }",
        c_float(scale),
        zero,
        c_float(offset) if offset else None,
        comment(f"{name}: {tensor}"),
    )


def pointer(place: Place, node: Node, ports: tuple[tuple[PortView, ...], tuple[PortView, ...]], write: bool) -> str:
    """The C expression for a tensor's address inside <p>_run."""
    if place.kind == "input":
        return ports[0][place.index].name
    if place.kind == "output":
        return ports[1][place.index].name
    c_type = node.type.c_type
    qualifier = "" if write else "const "
    address = f"arena + {place.index}" if place.index else "arena"
    return (
        f"({qualifier}{c_type} *)(void *)({address})"
        if node.type.numpy.itemsize > 1
        else (f"({qualifier}{c_type} *)({address})")
    )


def table_argument(prefix: str, step: Step, table: Table, sharing: Sharing, blob: Blob | None) -> str:
    """The C expression for a table's address inside the node's function."""
    if blob is None:
        shared = sharing.table(step.name, table.name)
        return f"{prefix}_{shared.name}" if shared else f"{prefix}_{step.name}_{table.name}"
    c_type = _TABLE_TYPES[str(table.values.dtype)]
    return f"(const {c_type} *)(const void *)&weights[{blob.offsets[step.name, table.name]}U]"


def node_view(
    prefix: str,
    step: Step,
    ports: tuple[tuple[PortView, ...], tuple[PortView, ...]],
    sharing: Sharing,
    blob: Blob | None = None,
) -> NodeView:
    """Signature, arguments and call of one node's function."""
    op, chosen = step.op, step.choice.chosen
    lowered = chosen.lowered
    operands = op.data_operands
    names = ["x"] if len(operands) == 1 else [f"x{i}" for i in range(len(operands))]
    signature = [f"const {node.type.c_type} *{name}" for node, name in zip(operands, names, strict=True)]
    signature.append(f"{op.type.c_type} *y")
    inner = lowered.inner
    structs = tuple(
        StructView(variable, f"{prefix}_{bound.function.symbol}_params", bound.params)
        for variable, bound in (("p", lowered), *([("q", inner)] if inner else []))
        if bound.params
    )
    arguments = [f"&{struct.name}" for struct in structs]
    arguments += [table_argument(prefix, step, table, sharing, blob) for table in lowered.tables]
    arguments += [*names, "y"]
    call = [pointer(place, node, ports, False) for place, node in zip(step.inputs, operands, strict=True)]
    output = pointer(step.output, op, ports, True)
    call.append(output)
    if blob is not None and lowered.tables:
        signature.insert(0, "const uint8_t *weights")
        call.insert(0, "net->weights")
    if lowered.workspace:
        signature.append("void *work")
        arguments.append("work")
        call.append(f"(void *)(arena + {step.workspace})" if step.workspace else "(void *)arena")
    shapes = ", ".join(str(node.type) for node in operands)
    return NodeView(
        step.index,
        f"{prefix}_{step.name}",
        (
            comment(f"{step.index}: {op.op_name} from {op.origin}"),
            comment(f"{shapes} to {op.type}; kernel {chosen.kernel.name}, format {chosen.format}"),
        ),
        f"{prefix}_{lowered.function.symbol}",
        structs,
        ", ".join(arguments),
        ", ".join(signature),
        ", ".join(call),
        output,
        op.type.nbytes,
    )


def functions_of(plan: Plan) -> list[tuple[Function, tuple[Param, ...]]]:
    """Every C function once, helpers before the functions that call them, with the fields of its parameter struct."""
    found: dict[str, tuple[Function, tuple[Param, ...]]] = {}
    for step in plan.steps:
        for function, params in step.choice.chosen.lowered.functions:
            found.setdefault(function.symbol, (function, params))
    return list(found.values())


def input_ports(prefix: str, graph: Graph) -> tuple[PortView, ...]:
    """Views of the model's inputs, in model order."""
    return tuple(port_view(prefix, "INPUT", i, n.name, n.type) for i, n in enumerate(graph.inputs))


def output_ports(prefix: str, graph: Graph) -> tuple[PortView, ...]:
    """Views of the model's outputs, in model order."""
    names = graph.output_names or tuple(f"output {i}" for i in range(len(graph.outputs)))
    lines = graph.output_lines or (None,) * len(names)
    return tuple(
        port_view(prefix, "OUTPUT", i, name, node.type, line)
        for i, (name, node, line) in enumerate(zip(names, graph.outputs, lines, strict=True))
    )
