"""drop_noops: the printed graph before and after, and what must stay."""

from __future__ import annotations

from textwrap import dedent

from edgegen.ir import Graph, Input, Op, TensorType
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Window
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.transpose import Transpose
from edgegen.passes.drop_noops import drop_noops
from edgegen.printer import print_graph

IDENTITY = tuple(range(-128, 128))
NEGATE = tuple(max(-128, min(127, -v)) for v in range(-128, 128))


def image() -> Input:
    return Input(name="x", tensor=TensorType((1, 2, 3, 4)))


def graph(x: Input, *outputs: Op) -> Graph:
    return Graph("net", (x,), outputs)


def test_ops_that_copy_disappear() -> None:
    """Seven ways to do nothing between two tables."""
    x = image()
    y: Op = Lut(x=x, table=NEGATE, function="negate")
    y = Lut(x=y, table=IDENTITY, function="requantize")
    y = Reshape(x=y, shape=(1, 2, 3, 4))
    y = Pad(x=y, padding=((0, 0),) * 4, value=7)
    y = Concat(xs=(y,), axis=3)
    y = Transpose(x=y, perm=(0, 1, 2, 3))
    y = MaxPool2D(x=y, window=Window((1, 1)))
    y = ResizeNearest(x=y, rows=(0, 1), columns=(0, 1, 2))
    before = graph(x, Lut(x=y, table=NEGATE, function="negate"))
    assert len(before.ops) == 9
    assert print_graph(drop_noops(before)).replace(str(NEGATE), "T").count("lut(") == 2
    assert [op.op_name for op in drop_noops(before).ops] == ["lut", "lut"]


def test_a_chain_of_reshapes_is_one() -> None:
    x = image()
    y = Reshape(x=Reshape(x=Reshape(x=x, shape=(1, 6, 4)), shape=(1, 4, 6)), shape=(1, 24))
    before = graph(x, y)
    assert print_graph(before) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x2x3x4]
          %1 = reshape(x=%0, shape=(1, 6, 4)) : int8[1x6x4]
          %2 = reshape(x=%1, shape=(1, 4, 6)) : int8[1x4x6]
          %3 = reshape(x=%2, shape=(1, 24)) : int8[1x24]
          return %3
        """)
    assert print_graph(drop_noops(before)) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x2x3x4]
          %1 = reshape(x=%0, shape=(1, 24)) : int8[1x24]
          return %1
        """)


def test_a_reshape_that_moves_the_first_axis_stays() -> None:
    """Samples are stacked along the first axis, so (1, ..) -> (6, ..) -> (1, ..) is not the direct reshape."""
    x = image()
    before = graph(x, Reshape(x=Reshape(x=x, shape=(6, 4)), shape=(1, 24)))
    assert print_graph(drop_noops(before)) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x2x3x4]
          %1 = reshape(x=%0, shape=(6, 4)) : int8[6x4]
          %2 = reshape(x=%1, shape=(1, 24)) : int8[1x24]
          return %2
        """)


def test_an_output_stays() -> None:
    """An identity that is the model's output carries its name and scale."""
    x = image()
    before = graph(x, Lut(x=x, table=IDENTITY, function="requantize"))
    assert drop_noops(before) is before


def test_a_clamping_pool_stays() -> None:
    x = image()
    pool = MaxPool2D(x=x, window=Window((1, 1)), lo=0)
    before = graph(x, Lut(x=pool, table=NEGATE, function="negate"))
    assert drop_noops(before) is before


def test_a_pool_of_single_elements_stays_when_it_changes_scale_or_zero_point() -> None:
    x = image()
    for even, stays in ((EvenTies(3, 3), False), (EvenTies(3, 4), True), (EvenTies(3, 3, 1), True), (None, False)):
        pool = AveragePool2D(x=Lut(x=x, table=NEGATE, function="negate"), window=Window((1, 1)), even=even)
        kept = drop_noops(graph(x, Lut(x=pool, table=NEGATE, function="negate"))).ops
        assert any(isinstance(op, AveragePool2D) for op in kept) == stays
