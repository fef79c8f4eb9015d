"""propagate_constant_channels: the printed graph before and after, borders, and the real network it was made for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Node, Op, TensorType
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.base import InputScale
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.mul import Mul
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.ops.transpose import Transpose
from edgegen.passes.propagate_constant_channels import propagate_constant_channels
from edgegen.passes.ranges import value_ranges
from edgegen.printer import print_graph

ZERO = -128
RNG = np.random.default_rng(12)


@pytest.fixture(autouse=True)
def _the_same_weights_in_any_order() -> None:
    """Random weights can happen to be dead: a test draws the same ones, whichever tests ran before it."""
    RNG.bit_generator.state = np.random.default_rng(12).bit_generator.state


def image(channels: int = 2) -> Input:
    return Input(name="x", tensor=TensorType((1, 4, 4, channels)))


def conv(
    x: Node, out: int, dead: tuple[int, ...] = (), kernel: int = 1, pad_value: int = ZERO, bias: int = 0
) -> Conv2D:
    """Random weights, zero in the rows `dead`, whose outputs are then ZERO + bias / 64; SAME padding."""
    w = RNG.integers(-128, 128, (out, kernel, kernel, x.type.shape[3])).astype(np.int8)
    w[list(dead)] = 0
    edge = (kernel - 1) // 2
    return Conv2D(
        x=x, w=Const(value=w), b=Const(value=np.full(out, bias, np.int32)),
        window=Window((kernel, kernel), padding=(edge,) * 4),
        pad_value=pad_value, requant=Requant.from_scales([2.0**-6], ZERO),
    )  # fmt: skip


def depthwise(x: Node, w: Array, pad_value: int, bias: int, scale: float = 2.0**-6, multiplier: int = 1) -> Op:
    channels = x.type.shape[3] * multiplier
    return DepthwiseConv2D(
        x=x, w=Const(value=np.broadcast_to(w, (3, 3, channels)).astype(np.int8)),
        b=Const(value=np.full(channels, bias, np.int32)), window=Window((3, 3), padding=(1, 1, 1, 1)),
        pad_value=pad_value, requant=Requant.from_scales([scale] * channels, ZERO),
    )  # fmt: skip


def dense(x: Node, rows: int) -> Op:
    w = RNG.integers(-128, 128, (rows, x.type.shape[1])).astype(np.int8)
    return FullyConnected(
        x=x, w=Const(value=w), b=Const(value=np.zeros(rows, np.int32)), requant=Requant.from_scales([2.0**-10], 0)
    )


def folded(output: Op, x: Input) -> Graph:
    """The graph after the pass, whose outputs are proven to be what they were."""
    before = Graph("net", (x,), (output,))
    after = propagate_constant_channels(before)
    samples = RNG.integers(-128, 128, (8, *x.type.shape[1:])).astype(np.int8)
    samples[0], samples[1] = -128, 127
    (want,), (got,) = (Interpreter(graph).run({"x": samples}) for graph in (before, after))
    assert want.shape == got.shape
    assert np.array_equal(want, got)
    return after


def shapes(graph: Graph) -> list[tuple[str, int]]:
    """(op, channels) in order."""
    return [(op.op_name, op.type.shape[-1]) for op in graph.ops]


def test_a_dead_row_leaves_both_layers() -> None:
    x = image()
    before = Graph("net", (x,), (conv(conv(x, 4, dead=(0, 2)), 3),))
    after = propagate_constant_channels(before)
    requant = "requant(1 ch, zp -128, [-128, 127], double)"
    window = "window(k 1x1, s 1x1, d 1x1, p 0/0/0/0)"
    assert print_graph(after) == dedent(f"""\
        graph net
          %0 = input 'x' : int8[1x4x4x2]
          %1 = const : int8[2x1x1x2]
          %2 = const : int32[2]
          %3 = conv2d(x=%0, w=%1, b=%2, window={window}, pad_value=-128, requant={requant}) : int8[1x4x4x2]
          %4 = const : int8[3x1x1x2]
          %5 = const : int32[3]
          %6 = conv2d(x=%3, w=%4, b=%5, window={window}, pad_value=-128, requant={requant}) : int8[1x4x4x3]
          return %6
        """)
    assert after.notes == ("constant and unread channels: 2 of 7 folded away; MACs 320 to 160, weights 20 to 10 bytes",)


def test_the_constant_goes_into_the_bias() -> None:
    """The dropped channel holds -128 + 640 / 64 = -118, times its weight."""
    x = image()
    second = conv(conv(x, 2, dead=(1,), bias=640), 1)
    after = folded(second, x)
    last = after.ops[-1]
    assert isinstance(last, Conv2D)
    assert isinstance(last.b, Const)
    assert isinstance(second.w, Const)
    assert last.b.value.tolist() == [-118 * int(second.w.value[0, 0, 0, 1])]


def test_padding_of_the_same_value_folds() -> None:
    x = image()
    assert shapes(folded(conv(conv(x, 4, dead=(0, 2)), 3, kernel=3), x)) == [("conv2d", 2), ("conv2d", 3)]


def test_padding_of_another_value_keeps_the_channel() -> None:
    """The constant is -118, the border -128: at the border the sum differs. The channel stays, without weights."""
    x = image()
    after = folded(conv(conv(x, 4, dead=(0, 2), bias=640), 3, kernel=3), x)
    assert shapes(after) == [("conv2d", 4), ("conv2d", 3)]


def test_a_depthwise_border_that_rounds_away_folds() -> None:
    """The border's accumulators differ from the interior's, but every one requantizes to the same value."""
    x = image()
    middle = depthwise(conv(x, 4, dead=(0, 2), bias=64), np.full(4, -1), ZERO, 0, scale=2.0**-9)
    assert shapes(folded(conv(middle, 3), x)) == [("conv2d", 2), ("depthwise_conv2d", 2), ("conv2d", 3)]


def test_a_depthwise_border_that_shows_stays() -> None:
    x = image()
    middle = depthwise(conv(x, 4, dead=(0, 2), bias=640), np.full(4, -1), ZERO, 0, scale=2.0**-5)
    assert shapes(folded(conv(middle, 3), x)) == [("conv2d", 4), ("depthwise_conv2d", 4), ("conv2d", 3)]


def test_a_depth_multiplier_keeps_its_groups() -> None:
    """Channels 2c and 2c+1 come from channel c: both or none."""
    x = image()
    w = np.ones(8)
    w[2] = 0  # one half of the group of input channel 1
    middle = depthwise(conv(x, 4, dead=(0,)), w, ZERO, 0, multiplier=2)
    assert shapes(folded(conv(middle, 3), x)) == [("conv2d", 3), ("depthwise_conv2d", 6), ("conv2d", 3)]


def test_channels_that_nobody_reads_go() -> None:
    """Zero columns of the reader, found backwards through reshape and depthwise."""
    x = image()
    middle = depthwise(conv(x, 4), np.full(4, 3), ZERO, 0)
    head = dense(Reshape(x=middle, shape=(1, 64)), 5)
    assert isinstance(head, FullyConnected)
    assert isinstance(head.w, Const)
    w = head.w.value.copy()
    w.reshape(5, 16, 4)[:, :, [1, 3]] = 0
    unread = FullyConnected(x=head.x, w=Const(value=w), b=head.b, requant=head.requant)
    assert shapes(folded(unread, x)) == [
        ("conv2d", 2), ("depthwise_conv2d", 2), ("reshape", 32), ("fully_connected", 5)
    ]  # fmt: skip


def test_dead_rows_leave_a_chain_of_dense_layers() -> None:
    """Of 8 rows each: zero weights (0), saturation (1), columns that nobody reads (2), and what only these read (3)."""
    x = Input(name="x", tensor=TensorType((1, 8)))
    first = planted(dense(x, 8), zero=(0,), high=(1,))
    second = planted(dense(first, 8), zero=(0,), high=(1,), only=(2, 3))
    third = planted(dense(second, 8), unread=(2,), high=(0,))
    last = planted(dense(third, 3), unread=(5, 6))
    after = folded(last, x)
    # Column 3 of the second layer is read by row 2 alone, which the third does not read.
    assert shapes(after) == [("fully_connected", count) for count in (5, 5, 5, 3)]
    assert all(isinstance(op, FullyConnected) and w_of(op).any(axis=1).all() for op in after.ops)


def w_of(op: Op) -> Array:
    w = op.operands[1]
    assert isinstance(w, Const)
    return w.value


def planted(
    op: Op, zero: tuple[int, ...] = (), high: tuple[int, ...] = (), unread: tuple[int, ...] = (), only: Any = None
) -> Op:
    """A dense layer with rows of zero weights, rows that saturate, columns of zeros.

    only = (row, column): no other row reads this column.
    """
    assert isinstance(op, FullyConnected) and isinstance(op.b, Const)
    w, b = w_of(op).copy(), op.b.value.copy()
    w[list(zero)] = 0
    b[list(high)] = 1 << 24
    w[:, list(unread)] = 0
    if only is not None:
        row, column = only
        w[np.arange(len(w)) != row, column] = 0
    return FullyConnected(x=op.x, w=Const(value=w), b=Const(value=b), requant=op.requant)


def through(x: Node) -> dict[str, Node]:
    """Ops that carry each channel on."""
    window = Window((2, 2), (2, 2))
    scale = InputScale(0, 1 << 30, 0)
    gate = Mean(x=x, zero_point=0, requant=Requant.from_scales([1 / 16], 0))
    rescaled = Requant.from_scales([2.0**-20], 0)
    return {
        "lut": Lut(x=x, table=tuple(range(127, -129, -1)), function="minus"),
        "max_pool2d": MaxPool2D(x=x, window=window),
        "average_pool2d": AveragePool2D(x=x, window=window),
        "mean": gate,
        "resize_nearest": ResizeNearest(x=x, rows=(0, 0, 2), columns=(1, 3)),
        "pad": Pad(x=x, padding=((0, 0), (1, 0), (0, 1), (0, 0)), value=ZERO),
        "transpose": Transpose(x=x, perm=(0, 2, 1, 3)),
        "reshape": Reshape(x=x, shape=(1, 2, 8, x.type.shape[3])),
        "depthwise_conv2d": depthwise(x, np.full(x.type.shape[3], 3), ZERO, 27 * 128),
        "add": Add(a=x, b=x, a_scale=scale, b_scale=scale, requant=rescaled),
        "mul": Mul(a=x, b=gate, a_zero=0, b_zero=0, requant=Requant.from_scales([0.1], 0)),
        "concat": Concat(xs=(x, x), axis=1),
    }


@pytest.mark.parametrize("name", list(through(image())))
@pytest.mark.parametrize("unread", [True, False], ids=["unread", "constant"])
def test_dead_channels_leave_through(name: str, unread: bool) -> None:
    """Zero columns of the reader, or zero rows of the maker, with any op between: two of five channels go."""
    x = image()
    middle = through(conv(x, 5, () if unread else (1, 4)))[name]
    reader = conv(middle, 3)
    if unread:
        w = w_of(reader).copy()
        w[..., [1, 4]] = 0
        reader = replace(reader, w=Const(value=w))
    after = folded(reader, x)
    assert {count for _, count in shapes(after)[:-1]} == {3}, shapes(after)


@pytest.mark.parametrize("unread", [True, False], ids=["unread", "constant"])
def test_dead_channels_of_a_folded_vector_go(unread: bool) -> None:
    """A vector becomes two positions of three channels; what is dead in both of them goes, in one of them stays."""
    x = Input(name="x", tensor=TensorType((1, 4)))
    vector = planted(dense(x, 6), zero=() if unread else (1, 4, 3))
    reader = conv(Reshape(x=vector, shape=(1, 1, 2, 3)), 2)
    if unread:
        w = w_of(reader).copy()
        w[..., 1] = 0
        reader = replace(reader, w=Const(value=w))
    assert shapes(folded(reader, x)) == [("fully_connected", 4), ("reshape", 2), ("conv2d", 2)]


def test_operands_of_an_addition_keep_the_same_channels() -> None:
    """Channel 1 is constant in both branches, 0 in one only: the sum needs 0 of both."""
    x = image()
    scale = InputScale(0, 1 << 30, 0)
    total = Add(
        a=conv(x, 4, dead=(0, 1)), b=conv(x, 4, dead=(1,)), a_scale=scale, b_scale=scale,
        requant=Requant.from_scales([2.0**-20], 0),
    )  # fmt: skip
    after = folded(conv(total, 2), x)
    assert shapes(after) == [("conv2d", 3), ("conv2d", 3), ("add", 3), ("conv2d", 2)]


def test_a_constant_operand_is_sliced() -> None:
    """A product with zero is constant; the vector loses that entry, too."""
    x = image()
    vector = Const(value=np.array([7, 3, 0, 9], dtype=np.int8))
    product = Mul(a=conv(x, 4), b=vector, a_zero=0, b_zero=3, requant=Requant.from_scales([0.1], 4))
    after = folded(conv(product, 2), x)
    assert shapes(after) == [("conv2d", 3), ("mul", 3), ("conv2d", 2)]
    (mul,) = (op for op in after.ops if isinstance(op, Mul))
    assert isinstance(mul.b, Const)
    assert mul.b.value.tolist() == [7, 0, 9]


def test_a_constant_gate_is_not_computed() -> None:
    """A gate of one value per channel: the mean and the layer that it came from leave, the product reads a table."""
    x = image(4)
    body = conv(x, 4)
    squeezed = Mean(x=body, zero_point=0, requant=Requant.from_scales([1 / 16], 0))
    gate = conv(squeezed, 4, dead=(0, 1, 2, 3), bias=6400)
    product = Mul(a=body, b=gate, a_zero=3, b_zero=7, requant=Requant.from_scales([0.05], 4))
    after = folded(conv(product, 3), x)
    assert shapes(after) == [("conv2d", 4), ("mul", 4), ("conv2d", 3)]
    (mul,) = (op for op in after.ops if isinstance(op, Mul))
    assert isinstance(mul.b, Const)
    assert mul.b.value.tolist() == [[[[-28] * 4]]]
    assert len(after.notes) == 1 and "MACs 464 to 448" in after.notes[0]


def test_a_constant_that_is_an_output_is_computed_for_it_alone() -> None:
    x = image(4)
    gate = conv(x, 4, dead=(0, 1, 2, 3), bias=6400)
    scale = InputScale(0, 1 << 30, 0)
    total = Add(
        a=conv(x, 4), b=gate, a_scale=scale, b_scale=scale, requant=Requant.from_scales([2.0**-20], 0)
    )  # fmt: skip
    before = Graph("net", (x,), (total, gate))
    after = propagate_constant_channels(before)
    add = after.outputs[0]
    assert isinstance(add, Add) and isinstance(add.b, Const)
    samples = RNG.integers(-128, 128, (8, 4, 4, 4)).astype(np.int8)
    for want, got in zip(*(Interpreter(graph).run({"x": samples}) for graph in (before, after)), strict=True):
        assert np.array_equal(want, got)


def test_a_concatenation_maps_channels_to_operands() -> None:
    x = image()
    joined = Concat(xs=(conv(x, 3, dead=(0,)), conv(x, 2, dead=(0, 1))), axis=3)
    # The second branch is constant altogether; one channel of it remains, since a tensor of none is none.
    assert shapes(folded(conv(joined, 2), x)) == [("conv2d", 2), ("conv2d", 1), ("concat", 3), ("conv2d", 2)]


def test_an_output_keeps_its_constant_channels() -> None:
    """Its shape is the model's; the constant rows only lose their weights."""
    x = image()
    output = conv(x, 3)
    w, b = (value.value.copy() for value in (output.w, output.b) if isinstance(value, Const))
    b[1] = 1 << 20  # saturates for every input
    saturated = Conv2D(
        x=x, w=Const(value=w), b=Const(value=b), window=output.window, pad_value=ZERO, requant=output.requant
    )
    (after,) = folded(saturated, x).ops
    assert isinstance(after, Conv2D)
    assert isinstance(after.w, Const)
    assert after.type.shape == (1, 4, 4, 3)
    assert not after.w.value[1].any()
    assert after.w.value[0].any()


def test_a_live_network_is_left_alone() -> None:
    x = image()
    before = Graph("net", (x,), (conv(conv(x, 3), 2),))
    assert propagate_constant_channels(before) is before


def test_ranges_know_relu_and_weights() -> None:
    """A tensor behind a clamp lies in it; one with small weights lies in less."""
    x = image()
    tight = Conv2D(
        x=x, w=Const(value=np.full((1, 1, 1, 2), 1, np.int8)), b=Const(value=np.zeros(1, np.int32)),
        window=Window((1, 1)), pad_value=0, requant=Requant.from_scales([0.25], -10, -10),
    )  # fmt: skip
    lo, hi = value_ranges(Graph("net", (x,), (tight,)))[id(tight)]
    assert (lo.tolist(), hi.tolist()) == ([-10], [-10 + 64])


@pytest.mark.parametrize(("kernel", "scale"), [(3, 2.0**-6), (3, 2.0**-9)])
def test_random_partly_dead_networks(kernel: int, scale: float) -> None:
    """Constants of many values meet SAME borders of many values; whatever is folded, the outputs stay."""
    for seed in range(40):
        x = image(3)
        rng = np.random.default_rng(seed)
        first = conv(x, 6, tuple(rng.integers(0, 6, 4)), kernel, ZERO, int(rng.integers(0, 2)) * 64)
        middle = depthwise(first, rng.integers(-9, 10, 6), ZERO, int(rng.integers(-200, 2000)), scale)
        folded(conv(conv(middle, 5, kernel=kernel, pad_value=int(rng.integers(-128, -120))), 2), x)


@pytest.mark.models
def test_half_of_vww_is_dead(shared: Path) -> None:
    """The figures that the design promises: 3.73M of 7.49M MACs, about 29 KB of 208 KB of weights."""
    graph = load(shared / "models/tflite/mlperf_tiny/vww_mobilenet_int8.tflite")
    after = propagate_constant_channels(graph)
    assert sum(op.macs() for op in graph.ops) == 7_489_664
    assert sum(op.macs() for op in after.ops) <= 3_730_000
    weights = [getattr(op, "w", None) for op in after.ops]
    assert sum(w.type.size for w in weights if isinstance(w, Const)) <= 29_100
    x = np.random.default_rng(0).integers(-128, 128, (1, 96, 96, 3)).astype(np.int8)
    for sample in (x, np.full_like(x, -128), np.full_like(x, 127)):
        (want,), (got,) = (Interpreter(g).run({graph.inputs[0].name: sample}) for g in (graph, after))
        assert np.array_equal(want, got)


def test_a_constant_input_moves_thresholds() -> None:
    """Row 1 of the first layer reaches its one level for every input: 3 there, a part of the second layer's sums."""
    x = Input(name="x", tensor=TensorType((1, 4)))
    w1 = np.array([[1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 5, 0]], np.int8)
    t1 = np.array([[0], [-2000], [100]], np.int32)
    first = ThresholdDense(x=x, w=Const(value=w1), t=Const(value=t1), base=Const(value=np.zeros(3, np.int8)), step=3)
    w2, t2 = np.array([[1, 7, 0], [2, -5, 0]], np.int8), np.array([[22, 24], [-10, NEVER]], np.int32)
    second = ThresholdDense(
        x=first, w=Const(value=w2), t=Const(value=t2), base=Const(value=np.zeros(2, np.int8)), step=1
    )
    before = Graph("net", (x,), (second,))
    after = propagate_constant_channels(before)
    assert print_graph(after) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x4]
          %1 = const : int8[1x4]
          %2 = const : int32[1x1]
          %3 = const : int8[1]
          %4 = threshold_dense(x=%0, w=%1, t=%2, base=%3, step=3) : int8[1x1]
          %5 = const : int8[2x1]
          %6 = const : int32[2x2]
          %7 = const : int8[2]
          %8 = threshold_dense(x=%4, w=%5, t=%6, base=%7, step=1) : int8[1x2]
          return %8
        """)
    last = after.ops[-1]
    assert isinstance(last, ThresholdDense)
    assert isinstance(last.t, Const)
    assert last.t.value.tolist() == [[22 - 21, 24 - 21], [-10 + 15, NEVER]]
    samples = RNG.integers(-128, 128, (40, 4)).astype(np.int8)
    (want,), (got,) = (Interpreter(graph).run({"x": samples}) for graph in (before, after))
    assert np.array_equal(want, got)
