"""Turn every chain of elementwise ops that depends on one int8 value into one table.

A converter spells hard-swish as ``x * relu6(x + 3) * (1 / 6)``: an addition and two multiplications, each with its own
rounding. All of it is a function of x, so 256 runs of the ops' references make the table that replaces it, exactly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgegen.ir import Array, Const, Graph, Node, Op, with_operands
from edgegen.ops.add import Add
from edgegen.ops.lut import Lut
from edgegen.ops.mul import Mul

_INPUTS = np.arange(-128, 128).astype(np.int8)
_ELEMENTWISE = (Add, Mul, Lut)


def fuse_tables(graph: Graph) -> Graph:
    """The same with a Lut for every Add, Mul and Lut that is a function of one element of one tensor.

    An Add or Mul of a tensor with itself or with one number is one; one value per channel, or two tensors, are not.
    """
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        new = with_operands(op, mapping)
        mapping[id(op)] = _as_table(new) if isinstance(new, _ELEMENTWISE) else new
    if all(mapping[id(op)] is op for op in graph.ops):
        return graph
    return replace(graph, outputs=tuple(mapping.get(id(node), node) for node in graph.outputs))


def _as_table(op: Op) -> Op:
    """op as a table over the one tensor that it depends on, or op itself."""
    parts = [_function(node) for node in op.operands]
    sources = {id(source): source for source, _ in parts if source is not None}
    if len(sources) != 1 or any(values is None for _, values in parts):
        return op
    (source,) = sources.values()
    if source.type.shape != op.type.shape or source.type.dtype != "int8":
        return op
    if isinstance(op, Lut) and op.x is source:
        return op
    table = op.reference(*(values for _, values in parts if values is not None))
    name = "_".join(dict.fromkeys([*(n.function for n in op.operands if isinstance(n, Lut)), _name(op)]))
    return Lut(
        x=source,
        table=tuple(int(value) for value in np.broadcast_to(table, 256)),
        function=name,
        quant=op.quant,
        origin=op.origin,
    )


def _name(op: Op) -> str:
    return op.function if isinstance(op, Lut) else op.op_name


def _function(node: Node) -> tuple[Node | None, Array | None]:
    """(tensor, its function's 256 values) that give the node; (None, value) for one number; no values for a vector."""
    match node:
        case Lut():
            return node.x, np.asarray(node.table, dtype=np.int8)
        case Const():
            single = node.value.size > 0 and bool((node.value == node.value.flat[0]).all())
            return None, np.full(256, node.value.flat[0], dtype=np.int8) if single else None
        case _:
            return node, _INPUTS
