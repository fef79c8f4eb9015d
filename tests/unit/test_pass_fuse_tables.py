"""fuse_tables: the printed graph before and after, and every one of the 256 values."""

from __future__ import annotations

from textwrap import dedent

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, Input, Node, Op, TensorType
from edgegen.ops.add import Add
from edgegen.ops.base import InputScale
from edgegen.ops.lut import Lut
from edgegen.ops.mul import Mul
from edgegen.passes.fuse_tables import fuse_tables
from edgegen.printer import print_graph


def image(name: str = "x") -> Input:
    return Input(name=name, tensor=TensorType((1, 16, 4, 4)))


def add(a: Node, b: Node, lo: int = -128) -> Op:
    scale = InputScale(-3, 1 << 30, 0)
    return Add(a=a, b=b, a_scale=scale, b_scale=scale, requant=Requant.from_scales([2.0**-20], -3, lo))


def mul(a: Node, b: Node) -> Op:
    return Mul(a=a, b=b, a_zero=-3, b_zero=-3, requant=Requant.from_scales([0.01], 5))


def number(value: int, *shape: int) -> Const:
    return Const(value=np.full(shape, value, dtype=np.int8))


def tables_printed(graph: Graph) -> str:
    """The printed graph with each table written T."""
    text = print_graph(graph)
    for op in graph.ops:
        if isinstance(op, Lut):
            text = text.replace(f"{repr(op.table)[:57]}...", "T")
    return text


def hard_swish(x: Node) -> Op:
    """x * relu6(x + 3) / 6 as converters spell it."""
    return mul(mul(x, add(x, number(40), lo=-3)), number(21, 1))


def test_hard_swish_becomes_one_table() -> None:
    x = image()
    before = Graph("net", (x,), (hard_swish(x),))
    after = fuse_tables(before)
    assert [op.op_name for op in before.ops] == ["add", "mul", "mul"]
    assert tables_printed(after) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x16x4x4]
          %1 = lut(x=%0, table=T, function='add_mul_mul') : int8[1x16x4x4]
          return %1
        """)
    every = np.arange(-128, 128).reshape(1, 16, 4, 4).astype(np.int8)
    (want,), (got,) = (Interpreter(graph).run({"x": every}) for graph in (before, after))
    assert np.array_equal(want, got)
    assert len(np.unique(want)) > 20


def test_a_table_read_by_another_op_stays() -> None:
    """Both functions of x are tables of x; neither waits for the other."""
    x = image()
    shifted = add(x, number(40))
    after = fuse_tables(Graph("net", (x,), (shifted, mul(shifted, shifted))))
    assert tables_printed(after) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x16x4x4]
          %1 = lut(x=%0, table=T, function='add') : int8[1x16x4x4]
          %2 = lut(x=%0, table=T, function='add_mul') : int8[1x16x4x4]
          return %1, %2
        """)


def test_two_tensors_are_no_table() -> None:
    x, y = image(), image("y")
    before = Graph("net", (x, y), (mul(x, y),))
    assert fuse_tables(before) is before


def test_a_value_per_channel_is_no_table() -> None:
    x = image()
    before = Graph("net", (x,), (mul(x, Const(value=np.array([1, 2, 3, 4], dtype=np.int8))),))
    assert fuse_tables(before) is before


def test_a_channel_vector_of_one_value_is_a_number() -> None:
    x = image()
    after = fuse_tables(Graph("net", (x,), (mul(x, number(9, 4)),)))
    assert [op.op_name for op in after.ops] == ["lut"]
