"""Every pass leaves every output of every graph as it was, bit for bit, and value ranges hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Node, Op, TensorType
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
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
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.ops.softmax import Softmax
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.ops.transpose import Transpose
from edgegen.passes import PASSES
from edgegen.passes.equal_channels import equal_channels
from edgegen.passes.merge_duplicate_channels import merge_duplicate_channels
from edgegen.passes.ranges import element_ranges
from edgegen.verifier import accumulator_range, verify_integer, verify_structure


@dataclass
class Maker:
    """Draws layers that are often partly dead: rows of zeros, tight clamps, few distinct scales."""

    rng: np.random.Generator
    #: every layer with weights has equal channels
    twinned: bool = False

    def flip(self, chance: float = 0.5) -> bool:
        return bool(self.rng.random() < chance)

    def int8(self) -> int:
        return int(self.rng.integers(-128, 128))

    def weights(self, shape: tuple[int, ...], channel_axis: int, depthwise: bool = False) -> Const:
        """Zero rows and columns in half of the layers; small ones, of which a few still sum to int8, in others."""
        low, high = [(-128, 128), (-20, 21), (-1, 2)][int(self.rng.choice(3, p=[0.5, 0.4, 0.1]))]
        w = self.rng.integers(low, high, shape)
        dead = self.rng.random(shape[channel_axis]) < (0.5 if self.flip() else 0)
        np.moveaxis(w, channel_axis, 0)[dead] = 0
        if not depthwise:
            w[..., self.rng.random(shape[-1]) < (0.3 if self.flip() else 0)] = 0
        return Const(value=w.astype(np.int8))

    def requant(self, channels: int, scale: float) -> Requant:
        """Per channel or not, either rounding, sometimes a clamp of few values, sometimes multipliers of zero."""
        zero_point = self.int8()
        lo, hi = (-128, 127) if self.flip(0.3) else sorted((self.int8(), zero_point))
        count = channels if self.flip() else 1
        scales = scale * 2.0 ** self.rng.uniform(-2, 2, count) * (self.rng.random(count) < 0.9)
        return Requant.from_scales(scales, zero_point, lo, hi, "single" if self.flip(0.3) else "double")

    def twins(self, op: Any) -> Op:
        """op with some of its channels made like the one before, or like one anywhere before."""
        axis = 2 if isinstance(op, DepthwiseConv2D) else 0
        count = op.w.type.shape[axis]
        source = np.arange(count)
        for channel in range(1, count):
            if self.flip(0.5):
                source[channel] = source[channel - 1 if self.flip(0.7) else int(self.rng.integers(channel))]
        fields: dict[str, Any] = {"w": replace(op.w, value=np.take(op.w.value, source, axis))}
        fields |= {k: replace(v, value=v.value[source]) for k in ("b", "t", "base") if (v := getattr(op, k, None))}
        requant = getattr(op, "requant", None)
        if requant is not None and requant.channels > 1:
            scales = {k: tuple(getattr(requant, k)[i] for i in source) for k in ("multiplier", "shift")}
            fields["requant"] = replace(requant, **scales)
        return replace(op, **fields)  # type: ignore[no-any-return]

    def perhaps_twins(self, op: Op) -> Op:
        """Equal channels in a third of the layers."""
        return self.twins(op) if self.twinned or self.flip(0.3) else op

    def bias(self, count: int) -> Const:
        spread = int(self.rng.choice([1, 1000, 100000]))
        return Const(value=self.rng.integers(-spread, spread + 1, count).astype(np.int32))

    def window(self, x: Node) -> Window:
        """A window that fits into x with at least one element of x under it."""
        kernel, stride, padding = [], [], []
        for size in x.type.shape[1:3]:
            kernel.append(int(self.rng.integers(1, min(size, 3) + 1)))
            stride.append(int(self.rng.integers(1, 3)))
            padding += [int(self.rng.integers(0, kernel[-1])) if self.flip() else 0 for _ in range(2)]
        return Window((kernel[0], kernel[1]), (stride[0], stride[1]), (1, 1), (*padding,))  # type: ignore[arg-type]

    def conv2d(self, x: Node) -> Op:
        window, out = self.window(x), int(self.rng.integers(1, 6))
        w = self.weights((out, *window.kernel, x.type.shape[3]), 0)
        requant = self.requant(out, 0.01)
        y = Conv2D(x=x, w=w, b=self.bias(out), window=window, pad_value=self.pad_value(x), requant=requant)
        return self.perhaps_twins(y)

    def pad_value(self, x: Node) -> int:
        """Often the zero point of x, which is where dead channels sit."""
        requant = getattr(x, "requant", None)
        return requant.zero_point if requant is not None and self.flip(0.7) else self.int8()

    def depthwise(self, x: Node) -> Op:
        window, out = self.window(x), x.type.shape[3] * int(self.rng.integers(1, 3))
        w = self.weights((*window.kernel, out), 2, True)
        requant = self.requant(out, 0.02)
        y = DepthwiseConv2D(x=x, w=w, b=self.bias(out), window=window, pad_value=self.pad_value(x), requant=requant)
        return self.perhaps_twins(y)

    def add(self, x: Node, y: Node) -> Op:
        scales = [InputScale(self.int8(), int(self.rng.integers(1 << 30, (1 << 31) - 1)), -1) for _ in range(2)]
        requant = self.requant(1, 2.0**-19)
        requant = replace(requant, rounding="even") if self.flip(0.3) else requant
        return Add(a=x, b=y, a_scale=scales[0], b_scale=scales[1], requant=requant)

    def mul(self, x: Node, y: Node) -> Op:
        return Mul(a=x, b=y, a_zero=self.int8(), b_zero=self.int8(), requant=self.requant(1, 0.02))

    def lut(self, x: Node) -> Op:
        table = np.sort(self.rng.integers(-128, 128, 256)) if self.flip() else self.rng.integers(-128, 128, 256)
        identity = np.arange(-128, 128)
        return Lut(x=x, table=tuple((identity if self.flip(0.2) else table).tolist()), function="random")

    def pool(self, x: Node) -> Op:
        lo, hi = sorted((self.int8(), self.int8())) if self.flip() else (-128, 127)
        fields: dict[str, Any] = {"x": x, "window": self.window(x), "lo": lo, "hi": hi}
        if self.flip():
            return MaxPool2D(**fields)
        if self.flip():
            scales = [self.rng.uniform(0.5, 2) / count for count in range(1, np.prod(fields["window"].kernel) + 1)]
            requant = Requant.from_scales(scales, self.int8(), lo, hi, "single")
            return ScaledAveragePool2D(x=x, window=fields["window"], zero_point=self.int8(), requant=requant)
        even = EvenTies(self.int8(), self.int8(), int(self.rng.integers(-1, 2))) if self.flip() else None
        return AveragePool2D(**fields, even=even)

    def mean(self, x: Node) -> Op:
        return Mean(x=x, zero_point=self.int8(), requant=self.requant(1, 1 / (x.type.shape[1] * x.type.shape[2])))

    def pad(self, x: Node) -> Op:
        pairs = [(int(self.rng.integers(0, 2)), int(self.rng.integers(0, 2))) for _ in range(2)]
        last = (1, 0) if self.flip(0.2) else (0, 0)
        return Pad(x=x, padding=((0, 0), *pairs, last), value=self.pad_value(x) if self.flip() else -128)

    def resize(self, x: Node) -> Op:
        rows, columns = (tuple(sorted(self.rng.integers(0, size, 3).tolist())) for size in x.type.shape[1:3])
        return ResizeNearest(x=x, rows=rows, columns=columns)

    def transpose(self, x: Node) -> Op:
        return Transpose(x=x, perm=(0, 2, 1, 3) if self.flip() else (0, 3, 1, 2))

    def constant(self, x: Node) -> Const:
        """A scalar, one value per channel, or one value in all channels."""
        shape = () if self.flip(0.4) else (x.type.shape[-1],)
        values = self.rng.integers(-128, 128, shape) if self.flip() else np.full(shape, self.int8())
        return Const(value=values.astype(np.int8))

    def head(self, x: Node) -> Op:
        """Reshape and fully connected layer, perhaps softmax."""
        flat = Reshape(x=x, shape=(1, x.type.size))
        if self.flip(0.3):
            return AccumulateDense(x=self.thresholds(flat), w=self.weights((3, 4), 0))
        rows = int(self.rng.integers(1, 5))
        x = self.thresholds(flat) if self.flip(0.4) else flat
        w = self.weights((rows, x.type.shape[1]), 0)
        y = self.perhaps_twins(FullyConnected(x=x, w=w, b=self.bias(rows), requant=self.requant(rows, 0.005)))
        if self.flip(0.3):
            y = Softmax(x=y, table=tuple(np.floor(np.exp(-0.1 * np.arange(256)) * (2**31 - 1)).astype(int).tolist()))
        return y

    def decoder(self, x: Node) -> Op:
        """A small map made of one vector, as the second half of an autoencoder begins."""
        flat = Reshape(x=x, shape=(1, x.type.size))
        w = self.weights((8, x.type.size), 0)
        y = self.perhaps_twins(FullyConnected(x=flat, w=w, b=self.bias(8), requant=self.requant(8, 0.005)))
        return Reshape(x=y, shape=(1, 2, 2, 2))

    def thresholds(self, x: Node) -> Op:
        """A layer of 4 channels and a few levels, some of which no sum reaches."""
        w = self.weights((4, x.type.shape[1]), 0)
        reach = int(np.abs(w.value.astype(np.int64)).sum(axis=1).max()) * 200 + 1
        t = np.sort(self.rng.integers(-reach, reach, (4, 3)), axis=1)
        t[self.rng.random(4) < 0.3, 1:] = NEVER
        base = Const(value=self.rng.integers(-128, 100, 4).astype(np.int8))
        step = int(self.rng.integers(1, 4))
        return self.perhaps_twins(ThresholdDense(x=x, w=w, t=Const(value=t.astype(np.int32)), base=base, step=step))

    def layer(self, live: list[Node]) -> Op:
        """Any layer on any of the live tensors."""
        x = live[int(self.rng.integers(len(live)))]
        same = [node for node in live if node.type.shape == x.type.shape]
        partner = same[int(self.rng.integers(len(same)))]
        other: Node = self.constant(x) if self.flip(0.3) else partner
        unary: list[Callable[[Node], Op]] = [
            self.conv2d, self.conv2d, self.depthwise, self.depthwise, self.lut, self.pool, self.mean, self.pad,
            self.resize, self.transpose, self.decoder, lambda t: Reshape(x=t, shape=t.type.shape),
        ]  # fmt: skip
        binary: list[Callable[[Node, Node], Op]] = [
            self.add, self.add, self.mul, lambda a, b: Concat(xs=(a, partner), axis=int(self.rng.integers(1, 4)))
        ]  # fmt: skip
        number = int(self.rng.integers(len(unary) + len(binary)))
        return unary[number](x) if number < len(unary) else binary[number - len(unary)](x, other)

    def graph(self) -> Graph:
        source = Input(name="x", tensor=TensorType((1, 5, 4, int(self.rng.integers(1, 4)))))
        live: list[Node] = [source]
        for _ in range(int(self.rng.integers(2, 9))):
            node = self.layer(live)
            if node.type.size <= 3000:
                live.append(node)
        outputs = [node for node in live[-2:] if isinstance(node, Op)] or [self.lut(source)]
        outputs.append(self.head(live[-1]))
        return Graph("random", (source,), tuple(outputs))


def inputs(graph: Graph, rng: np.random.Generator) -> Array:
    """Random samples, stacked; the first two are the extremes."""
    shape = graph.inputs[0].type.shape
    x = rng.integers(-128, 128, (6, *shape[1:]))
    x[0], x[1] = -128, 127
    return x.astype(np.int8)


def run(graph: Graph, x: Array) -> list[tuple[Array, ...]]:
    """Outputs of every sample by itself."""
    interpreter = Interpreter(graph)
    return [interpreter.run({"x": sample[None]}) for sample in x]


@given(st.integers(0, 2**32))
def test_passes_keep_every_output(seed: int) -> None:
    """Each pass alone, then all in order: the outputs' shapes and bits are the imported graph's."""
    rng = np.random.default_rng(seed)
    graph = Maker(rng).graph()
    x = inputs(graph, rng)
    expected = run(graph, x)
    current = graph
    for name, function in PASSES:
        for candidate in (function(graph), function(current)):
            verify_structure(candidate, name)
            for got, wanted in zip(run(candidate, x), expected, strict=True):
                for a, b in zip(got, wanted, strict=True):
                    assert a.shape == b.shape, name
                    assert a.tobytes() == b.tobytes(), name
        current = function(current)
    verify_integer(current, "all passes")


@given(st.integers(0, 2**32))
def test_merging_keeps_every_output_of_networks_full_of_equal_channels(seed: int) -> None:
    """Alone, without constants folded before; accumulators stay within int32 where they were."""
    rng = np.random.default_rng(seed)
    graph = Maker(rng, twinned=True).graph()
    x = inputs(graph, rng)
    merged = merge_duplicate_channels(graph)
    verify_structure(merged, "merge")
    for got, wanted in zip(run(merged, x), run(graph, x), strict=True):
        for a, b in zip(got, wanted, strict=True):
            assert a.shape == b.shape
            assert a.tobytes() == b.tobytes()
    for reach in (min, max):
        assert abs(reach(map(reach, map(accumulator_range, merged.ops)))) <= abs(
            reach(map(reach, map(accumulator_range, graph.ops)))
        )


@given(st.integers(0, 2**32))
def test_channels_called_equal_are_equal(seed: int) -> None:
    """At every position of every op's output."""
    rng = np.random.default_rng(seed)
    graph = Maker(rng, twinned=True).graph()
    labels = equal_channels(graph)
    for sample in inputs(graph, rng):
        interpreter = Interpreter(graph)
        interpreter.run({"x": sample[None]})
        for op in graph.ops:
            value = interpreter.value(op)
            assert np.array_equal(value, value[..., labels[id(op)]]), op.op_name


@given(st.integers(0, 2**32))
def test_ranges_hold_for_every_element(seed: int) -> None:
    """No value of any node leaves its range."""
    rng = np.random.default_rng(seed)
    graph = Maker(rng).graph()
    ranges = element_ranges(graph)
    for sample in inputs(graph, rng):
        interpreter = Interpreter(graph)
        interpreter.run({"x": sample[None]})
        for op in graph.ops:
            bounds = ranges[id(op)].expand()
            value = interpreter.value(op)
            assert (value >= bounds.lo).all(), op.op_name
            assert (value <= bounds.hi).all(), op.op_name
