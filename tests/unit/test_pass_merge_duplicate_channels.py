"""merge_duplicate_channels: the printed graph before and after, what keeps channels equal, sums that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Node, Op, TensorType, with_operands
from edgegen.ops.accumulate_dense import AccumulateDense
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
from edgegen.ops.softmax import Softmax
from edgegen.ops.threshold_dense import ThresholdDense
from edgegen.ops.transpose import Transpose
from edgegen.passes.merge_duplicate_channels import merge_duplicate_channels
from edgegen.passes.propagate_constant_channels import propagate_constant_channels
from edgegen.printer import print_graph
from edgegen.verifier import accumulator_range

RNG = np.random.default_rng(7)
SCALE = InputScale(3, 1 << 30, -1)


def vector(size: int = 6) -> Input:
    return Input(name="x", tensor=TensorType((1, size)))


def image(channels: int = 2) -> Input:
    return Input(name="x", tensor=TensorType((1, 4, 4, channels)))


def dense(x: Node, w: Array | list[list[int]], bias: list[int] | None = None, scales: list[float] | None = None) -> Op:
    w = np.asarray(w, dtype=np.int8)
    return FullyConnected(
        x=x, w=Const(value=w), b=Const(value=np.asarray(bias or [0] * len(w), np.int32)),
        requant=Requant.from_scales(scales or [2.0**-6], 0),
    )  # fmt: skip


def conv(x: Node, w: Array, pad_value: int = 0) -> Op:
    edge = (w.shape[1] - 1) // 2
    return Conv2D(
        x=x, w=Const(value=w.astype(np.int8)), b=Const(value=np.zeros(len(w), np.int32)),
        window=Window(w.shape[1:3], padding=(edge,) * 4), pad_value=pad_value,
        requant=Requant.from_scales([2.0**-6], 0),
    )  # fmt: skip


def small(*shape: int) -> Array:
    """Weights of which any three sum to int8."""
    return RNG.integers(-40, 41, shape).astype(np.int8)


def twins(rows: Array, source: list[int]) -> Array:
    """Row k is rows[source[k]]."""
    return rows[source]


def maker(x: Node, source: tuple[int, ...] = (0, 1, 0, 2, 1)) -> Op:
    """A pointwise convolution whose channels are equal where their sources are."""
    rows = RNG.integers(-128, 128, (max(source) + 1, 1, 1, x.type.shape[3]))
    return conv(x, twins(rows, list(source)))


def merged(output: Op, x: Input) -> Graph:
    """The graph after the pass, whose outputs and bounds of accumulators are proven to be no other."""
    before = Graph("net", (x,), (output,))
    after = merge_duplicate_channels(before)
    samples = RNG.integers(-128, 128, (8, *x.type.shape[1:])).astype(np.int8)
    samples[0], samples[1] = -128, 127
    for sample in samples[:, None]:
        (want,), (got,) = (Interpreter(graph).run({"x": sample}) for graph in (before, after))
        assert want.shape == got.shape
        assert np.array_equal(want, got)
    for old, new in zip(before.ops, after.ops, strict=True):
        assert accumulator_range(old)[0] <= accumulator_range(new)[0] <= accumulator_range(new)[1]
        assert accumulator_range(new)[1] <= accumulator_range(old)[1]
    return after


def shapes(graph: Graph) -> list[tuple[str, int]]:
    """(op, channels) in order."""
    return [(op.op_name, op.type.shape[-1]) for op in graph.ops]


def weights(op: Op) -> list[list[int]]:
    w = op.operands[1]
    assert isinstance(w, Const)
    found: list[list[int]] = w.value.tolist()
    return found


def test_equal_rows_are_computed_once() -> None:
    x = vector(3)
    before = Graph("net", (x,), (dense(dense(x, [[1, 2, 3], [4, 5, 6], [1, 2, 3]]), [[10, 20, 30], [7, 8, -9]]),))
    after = merge_duplicate_channels(before)
    requant = "requant(1 ch, zp 0, [-128, 127], double)"
    assert print_graph(before) == dedent(f"""\
        graph net
          %0 = input 'x' : int8[1x3]
          %1 = const : int8[3x3]
          %2 = const : int32[3]
          %3 = fully_connected(x=%0, w=%1, b=%2, requant={requant}) : int8[1x3]
          %4 = const : int8[2x3]
          %5 = const : int32[2]
          %6 = fully_connected(x=%3, w=%4, b=%5, requant={requant}) : int8[1x2]
          return %6
        """)
    assert print_graph(after) == dedent(f"""\
        graph net
          %0 = input 'x' : int8[1x3]
          %1 = const : int8[2x3]
          %2 = const : int32[2]
          %3 = fully_connected(x=%0, w=%1, b=%2, requant={requant}) : int8[1x2]
          %4 = const : int8[2x2]
          %5 = const : int32[2]
          %6 = fully_connected(x=%3, w=%4, b=%5, requant={requant}) : int8[1x2]
          return %6
        """)
    assert weights(after.ops[1]) == [[40, 20], [-2, 8]]
    assert after.notes == ("duplicate channels: 1 of 5 merged; MACs 15 to 10, weights 15 to 10 bytes",)


@pytest.mark.parametrize(("bias", "scales"), [([0, 1], None), (None, [0.25, 0.125])], ids=["bias", "scale"])
def test_rows_that_differ_elsewhere_stay(bias: list[int] | None, scales: list[float] | None) -> None:
    """In bias or in requantization: the same graph comes back."""
    x = vector(3)
    before = Graph("net", (x,), (dense(dense(x, [[1, 2, 3], [1, 2, 3]], bias, scales), [[1, 2]]),))
    assert merge_duplicate_channels(before) is before


def test_scales_per_channel_that_agree_merge() -> None:
    x = vector(3)
    after = merged(dense(dense(x, [[1, 2, 3]] * 3, [5, 5, 5], [0.25, 0.5, 0.25]), [[1, 2, 3]]), x)
    assert shapes(after) == [("fully_connected", 2), ("fully_connected", 1)]
    assert weights(after.ops[1]) == [[4, 2]]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([[100, 27]], [[127]]),
        ([[100, 28]], [[100, 28]]),
        ([[-100, -27]], [[-127]]),
        ([[-100, -28]], [[-100, -28]]),
        ([[-128, 1], [0, 0]], [[-127], [0]]),
        ([[-128, 0], [0, 5]], [[-128], [5]]),
        ([[100, 100, 50]], [[127, 123]]),
        ([[-60, -60, -60], [90, 90, -100]], [[-127, -53], [80, 0]]),
        ([[100, 100, -80], [1, 2, 3]], [[120], [6]]),
        ([[100, 100, 100]], [[100, 100, 100]]),
    ],
)
def test_sums_stay_within_int8(columns: list[list[int]], expected: list[list[int]]) -> None:
    """As many of the equal channels stay as can share the sum; -128 only where there was one before."""
    x = vector(3)
    first = dense(x, [[1, 2, 3]] * len(columns[0]))
    after = merged(dense(first, columns), x)
    assert weights(after.ops[1]) == expected
    assert after.ops[0].type.shape == (1, len(expected[0]))


def test_weights_that_cancel_leave_their_channel_unread() -> None:
    x = vector(3)
    first = dense(x, [[1, 2, 3], [1, 2, 3], [4, 5, 6]])
    assert weights(merged(dense(first, [[9, -9, 2], [-7, 7, 1]]), x).ops[1]) == [[2], [1]]


def test_rows_made_equal_by_merging_merge() -> None:
    """Rows 0 and 1 of the second layer differ, but not in the sum over the equal channels that they read."""
    x = vector(3)
    second = dense(dense(x, [[1, 2, 3], [1, 2, 3], [4, 5, 6]]), [[10, 20, 5], [25, 5, 5], [1, 1, 1]])
    after = merged(dense(second, [[1, 2, 4]]), x)
    assert shapes(after) == [("fully_connected", count) for count in (2, 2, 1)]
    assert weights(after.ops[1]) == [[30, 5], [2, 1]]
    assert weights(after.ops[2]) == [[3, 4]]


def test_an_output_keeps_its_equal_channels() -> None:
    """Its shape is the model's, and what reads it besides reads all of it."""
    x = vector(3)
    first = dense(x, [[1, 2, 3]] * 2)
    before = Graph("net", (x,), (first, dense(first, [[1, 2]])))
    assert merge_duplicate_channels(before) is before


def test_a_softmax_reads_every_channel() -> None:
    x = vector(3)
    table = tuple(np.floor(np.exp(-0.1 * np.arange(256)) * (2**31 - 1)).astype(int).tolist())
    before = Graph("net", (x,), (Softmax(x=dense(x, [[1, 2, 3]] * 2), table=table),))
    assert merge_duplicate_channels(before) is before


def test_one_reader_that_needs_a_channel_keeps_it_for_all() -> None:
    """The second reader's sum does not fit; the first then has two channels to sum into, and needs one."""
    x = vector(3)
    first = dense(x, [[1, 2, 3]] * 2)
    readers = dense(first, [[10, 20]]), dense(first, [[100, 100]])
    before = Graph("net", (x,), readers)
    assert merge_duplicate_channels(before) is before


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        (np.array([[1, -1, 1, 1], [1, 1, -1, 1]]), 4),
        (np.array([[1, 0, 0, -1], [0, -1, 1, 0]]), 3),
        (np.array([[1, -1, 1, 1], [1, -1, -1, -1]]), 2),
    ],
    ids=["binary stays", "ternary fits", "half the weights of two bits"],
)
def test_weights_of_few_bits_do_not_grow(columns: Array, count: int) -> None:
    """A sum of weights of one bit needs two: then merging pays only where half of them go."""
    x = vector(5)
    source = [0, 1, 0, 2] if count > 2 else [0, 1, 0, 1]
    first = dense(x, twins(small(3, 5), source))
    y = AccumulateDense(x=first, w=Const(value=columns.astype(np.int8)))
    assert shapes(merged(y, x))[0] == ("fully_connected", count)


def same_through(x: Node) -> dict[str, Node]:
    """Ops behind which channels are equal that were equal before them."""
    channels = x.type.shape[3]
    window = Window((2, 2), (2, 2))
    return {
        "lut": Lut(x=x, table=tuple(range(127, -129, -1)), function="minus"),
        "max_pool2d": MaxPool2D(x=x, window=window),
        "average_pool2d": AveragePool2D(x=x, window=window),
        "mean": Mean(x=x, zero_point=4, requant=Requant.from_scales([1 / 16], 0)),
        "resize_nearest": ResizeNearest(x=x, rows=(0, 0, 2), columns=(1, 3)),
        "pad": Pad(x=x, padding=((0, 0), (1, 0), (0, 1), (0, 0)), value=9),
        "transpose": Transpose(x=x, perm=(0, 2, 1, 3)),
        "reshape": Reshape(x=x, shape=(1, 2, 8, channels)),
        "add": Add(a=x, b=x, a_scale=SCALE, b_scale=SCALE, requant=Requant.from_scales([2.0**-20], 0)),
        "add of a scalar": Add(
            a=x, b=Const(value=np.int8([[[[5]]]])), a_scale=SCALE, b_scale=SCALE,
            requant=Requant.from_scales([2.0**-20], 0),
        ),
        "mul": Mul(
            a=x, b=Mean(x=x, zero_point=4, requant=Requant.from_scales([1 / 16], 0)), a_zero=1, b_zero=2,
            requant=Requant.from_scales([0.01], 0),
        ),
        "concat of rows": Concat(xs=(x, Lut(x=x, table=tuple(range(-128, 128)), function="same")), axis=1),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(same_through(image())))
def test_channels_stay_equal_through(name: str) -> None:
    x = image()
    after = merged(conv(same_through(maker(x))[name], small(3, 1, 1, 5)), x)
    assert {count for op, count in shapes(after)[:-1]} == {3}, shapes(after)


def test_a_reader_with_padding_sums_its_columns() -> None:
    """Padding is the same in all channels, so its sums are, too."""
    x = image()
    after = merged(conv(maker(x), small(3, 3, 3, 5), pad_value=77), x)
    assert shapes(after) == [("conv2d", 3), ("conv2d", 3)]


@pytest.mark.parametrize(("filters", "count"), [((0, 1, 0, 2, 1), 3), ((0, 1, 0, 2, 3), 4), ((0, 1, 2, 3, 4), 5)])
def test_equal_filters_keep_equal_channels(filters: tuple[int, ...], count: int) -> None:
    """A depthwise convolution of equal filters; channels whose filters differ stay, and so do their operands."""
    x = image()
    w = RNG.integers(-128, 128, (3, 3, 5))[..., list(filters)].astype(np.int8)
    middle = DepthwiseConv2D(
        x=maker(x), w=Const(value=w), b=Const(value=np.zeros(5, np.int32)), window=Window((3, 3), padding=(1, 1, 1, 1)),
        pad_value=-3, requant=Requant.from_scales([2.0**-7] * 5, 0),
    )  # fmt: skip
    after = merged(conv(middle, small(3, 1, 1, 5)), x)
    assert shapes(after) == [("conv2d", count), ("depthwise_conv2d", count), ("conv2d", 3)]


def test_a_depth_multiplier_keeps_its_groups() -> None:
    """Channel 0 and 2 are equal and so are both of their filters; 1 has two equal filters, which need their group."""
    x = image()
    w = RNG.integers(-128, 128, (1, 1, 6))[..., [0, 1, 2, 2, 0, 1]].astype(np.int8)
    middle = DepthwiseConv2D(
        x=maker(x, (0, 1, 0)), w=Const(value=w), b=Const(value=np.zeros(6, np.int32)), window=Window((1, 1)),
        pad_value=0, requant=Requant.from_scales([2.0**-7], 0),
    )  # fmt: skip
    after = merged(conv(middle, small(3, 1, 1, 6)), x)
    assert shapes(after) == [("conv2d", 2), ("depthwise_conv2d", 4), ("conv2d", 3)]


def test_operands_of_an_addition_must_both_be_equal() -> None:
    """Equal in one operand and not in the other is not equal; a constant operand counts, too, and is sliced."""
    x = image()
    total = Add(
        a=maker(x, (0, 0, 1, 1)), b=maker(x, (0, 0, 1, 2)), a_scale=SCALE, b_scale=SCALE,
        requant=Requant.from_scales([2.0**-20], 0),
    )  # fmt: skip
    shifted = Mul(
        a=total, b=Const(value=np.int8([7, 7, 3, 3])), a_zero=0, b_zero=1, requant=Requant.from_scales([0.05], 0)
    )
    after = merged(conv(shifted, small(2, 1, 1, 4)), x)
    assert shapes(after) == [(op, 3) for op in ("conv2d", "conv2d", "add", "mul")] + [("conv2d", 2)]
    (mul,) = (op for op in after.ops if isinstance(op, Mul))
    assert isinstance(mul.b, Const)
    assert mul.b.value.tolist() == [7, 3, 3]


def test_a_concatenation_maps_channels_to_operands() -> None:
    """Each operand's equal channels merge."""
    x = image()
    joined = Concat(xs=(maker(x, (0, 1, 0)), maker(x, (0, 0))), axis=3)
    after = merged(conv(joined, small(2, 1, 1, 5)), x)
    assert shapes(after) == [("conv2d", 2), ("conv2d", 1), ("concat", 3), ("conv2d", 2)]


def test_a_tensor_joined_with_itself_keeps_its_channels() -> None:
    """The reader needs the first half alone, but the operand is the same tensor, and has all channels of it."""
    x = image()
    branch = maker(x, (0, 1))
    before = Graph("net", (x,), (conv(Concat(xs=(branch, branch), axis=3), small(2, 1, 1, 4)),))
    assert merge_duplicate_channels(before) is before


def test_positions_of_a_flattened_map_stay_apart() -> None:
    """Channel 2 equals channel 0 at the same position only."""
    x = image()
    head = dense(Reshape(x=maker(x, (0, 1, 0)), shape=(1, 48)), small(4, 48))
    assert shapes(merged(head, x)) == [("conv2d", 2), ("reshape", 32), ("fully_connected", 4)]


@pytest.mark.parametrize(("source", "count"), [((0, 1, 0, 2, 3, 2), 2), ((0, 1, 0, 2, 2, 3), 3)])
def test_channels_of_a_folded_vector_are_equal_in_all_of_its_parts(source: tuple[int, ...], count: int) -> None:
    """Six values become two positions of three channels, of which 0 and 2 are equal in both, or in the first only."""
    x = vector(4)
    folded = Reshape(x=dense(x, twins(small(4, 4), list(source))), shape=(1, 1, 2, 3))
    after = merged(conv(folded, small(2, 1, 1, 3)), x)
    assert shapes(after) == [("fully_connected", 2 * count), ("reshape", count), ("conv2d", 2)]


def test_a_network_widened_by_copies_becomes_what_it_was(project: Path) -> None:
    """Every channel of each layer of the example twice, its readers' weights halved: the pass undoes that, exactly."""
    graph = propagate_constant_channels(load(project / "examples/digits/digits_int8.onnx"))
    wide = widened(graph)
    assert sum(op.macs() for op in wide.ops) > 3 * sum(op.macs() for op in graph.ops)
    narrow = merge_duplicate_channels(wide)
    assert print_graph(narrow) == print_graph(graph)
    for old, new in zip(graph.nodes, narrow.nodes, strict=True):
        if isinstance(old, Const):
            assert isinstance(new, Const) and np.array_equal(old.value, new.value)


def widened(graph: Graph) -> Graph:
    """The same function; all channels but the inputs' and the last layer's are computed twice, side by side."""
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        new = with_operands(op, mapping)
        w, b, requant = (getattr(new, name, None) for name in ("w", "b", "requant"))
        if isinstance(new, Reshape) and new is not op:
            new = replace(new, shape=(*new.shape[:-1], new.shape[-1] * 2))
        elif isinstance(w, Const) and isinstance(b, Const) and isinstance(requant, Requant):
            value, bias = w.value, b.value
            if new is not op:  # its operand has twice the channels
                half = value >> 1
                value = np.stack((half, value - half), axis=-1).reshape(*value.shape[:-1], -1)
            if op not in graph.outputs:
                value, bias = np.repeat(value, 2, axis=0), np.repeat(bias, 2)
                if requant.channels > 1:
                    requant = replace(
                        requant,
                        multiplier=tuple(np.repeat(requant.multiplier, 2).tolist()),
                        shift=tuple(np.repeat(requant.shift, 2).tolist()),
                    )
            changes = {"w": replace(w, value=value), "b": replace(b, value=bias), "requant": requant}
            new = replace(new, **changes)
        mapping[id(op)] = new
    return replace(graph, outputs=tuple(mapping[id(node)] for node in graph.outputs))


@pytest.mark.parametrize("make", ["thresholds", "base"])
def test_equal_thresholds_are_computed_once(make: str) -> None:
    x = vector(4)
    t = np.array([[-500, 10], [-500, 10], [3, 500]], np.int32)
    base = np.array([-5, -5 if make == "thresholds" else -6, 0], np.int8)
    first = ThresholdDense(
        x=x, w=Const(value=twins(small(2, 4), [0, 0, 1])), t=Const(value=t), base=Const(value=base), step=3
    )
    y = AccumulateDense(x=first, w=Const(value=np.int8([[50, 60, 70], [1, -9, 3]])))
    after = merged(y, x)
    assert shapes(after) == [("threshold_dense", 2 if make == "thresholds" else 3), ("accumulate_dense", 2)]


def test_columns_of_padding_channels_end_what_is_known() -> None:
    """Pad and Transpose that change the last axis: nothing is known behind them, nothing is merged."""
    x = image()
    makers: tuple[Callable[[Node], Node], ...] = (
        lambda y: Pad(x=y, padding=((0, 0), (0, 0), (0, 0), (1, 0)), value=0),
        lambda y: Transpose(x=y, perm=(0, 3, 1, 2)),
    )
    for make in makers:
        last = make(maker(x))
        before = Graph("net", (x,), (conv(last, small(3, 1, 1, last.type.shape[3])),))
        assert merge_duplicate_channels(before) is before


def test_a_network_without_equal_channels_is_left_alone() -> None:
    x = image()
    before = Graph("net", (x,), (conv(maker(x, (0, 1, 2)), small(3, 1, 1, 3)),))
    assert merge_duplicate_channels(before) is before
