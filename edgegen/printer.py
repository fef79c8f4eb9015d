"""The graph as text: one line per node; for --dump-after, pass tests and reading."""

from __future__ import annotations

from dataclasses import fields

from edgegen.fixedpoint import Requant
from edgegen.ir import Const, Graph, Input, Node, Op
from edgegen.ops.conv2d import Window


def _attribute(value: object) -> str | None:
    if isinstance(value, Requant):
        return f"requant({value.channels} ch, zp {value.zero_point}, [{value.lo}, {value.hi}], {value.rounding})"
    if isinstance(value, Window):
        return (
            f"window(k {value.kernel[0]}x{value.kernel[1]}, s {value.stride[0]}x{value.stride[1]}, "
            f"d {value.dilation[0]}x{value.dilation[1]}, p {'/'.join(map(str, value.padding))})"
        )
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def print_graph(graph: Graph) -> str:
    """Text of the whole graph, ending with a newline."""
    names: dict[int, str] = {}
    lines = [f"graph {graph.name}"]
    for node in graph.nodes:
        names[id(node)] = f"%{len(names)}"
        if isinstance(node, Input):
            lines.append(f"  {names[id(node)]} = input '{node.name}' : {node.type}")
        elif isinstance(node, Const):
            lines.append(f"  {names[id(node)]} = const : {node.type}")
        elif isinstance(node, Op):
            lines.append(f"  {names[id(node)]} = {op_text(node, names)} : {node.type}")
    lines.append("  return " + ", ".join(names[id(node)] for node in graph.outputs))
    return "\n".join(lines) + "\n"


def op_text(op: Op, names: dict[int, str]) -> str:
    """name(field=operand or value, ...)."""
    parts = []
    for spec in fields(op):
        value = getattr(op, spec.name)
        if spec.name in ("origin", "quant"):
            continue
        if isinstance(value, Node):
            parts.append(f"{spec.name}={names[id(value)]}")
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            parts.append(f"{spec.name}=({', '.join(names[id(item)] for item in value)})")
        else:
            parts.append(f"{spec.name}={_attribute(value)}")
    return f"{op.op_name}({', '.join(parts)})"
