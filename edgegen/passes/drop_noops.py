"""Remove ops that change nothing, and read through chains of reshapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edgegen.ir import Graph, Node, Op, with_operands
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.concat import Concat
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.transpose import Transpose


def _idle_pool(op: Any) -> bool:
    window, full = op.window, (op.lo, op.hi) == (-128, 127)
    return full and window.kernel == window.stride == (1, 1) and not any(window.padding)


#: op class -> whether such an op's output is its first operand, element for element
_IDLE: dict[type[Op], Callable[[Any], bool]] = {
    Reshape: lambda op: op.shape == op.x.type.shape,
    Lut: lambda op: op.table == tuple(range(-128, 128)),
    Pad: lambda op: not any(map(any, op.padding)),
    Concat: lambda op: len(op.xs) == 1,
    Transpose: lambda op: op.perm == tuple(range(len(op.perm))),
    MaxPool2D: _idle_pool,
    AveragePool2D: lambda op: (
        _idle_pool(op) and (op.even is None or (op.even.x_zero, 0) == (op.even.y_zero, op.even.shift))
    ),
    ResizeNearest: lambda op: (op.rows, op.columns) == tuple(tuple(range(size)) for size in op.x.type.shape[1:3]),
}


def _is_idle(op: Op) -> bool:
    return type(op) in _IDLE and _IDLE[type(op)](op)


def drop_noops(graph: Graph) -> Graph:
    """The same without ops that copy. An op that is an output stays: it carries the output's name and scale."""
    outputs = set(map(id, graph.outputs))
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        new = with_operands(op, mapping)
        if isinstance(new, Reshape) and isinstance(new.x, Reshape) and _same_batch(new.x):
            new = replace(new, x=new.x.x)
        if id(op) not in outputs and _is_idle(new):
            mapping[id(op)] = new.operands[0]
        elif new is not op:
            mapping[id(op)] = new
    return replace(graph, outputs=tuple(mapping.get(id(node), node) for node in graph.outputs)) if mapping else graph


def _same_batch(op: Reshape) -> bool:
    """Whether the first axis stays: samples may be stacked along it, and only then may a reshape be skipped."""
    return op.shape[0] == op.x.type.shape[0]
