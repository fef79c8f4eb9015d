"""Random small networks, and builds of them in which every node is executed in a random one of its possible ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.build import Build
from edgegen.emit.render import Emission, render
from edgegen.fixedpoint import Requant
from edgegen.ir import Const, Graph, Node, Op
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.reshape import Reshape
from edgegen.pipeline import integer_graph
from edgegen.planning.plan import plan
from edgegen.selection.candidates import Candidate, Options, enumerate_graph
from edgegen.selection.choose import Choice
from edgegen.selection.codebooks import offer_shared_codes
from edgegen.target import load_target
from tests import graphs

Array = NDArray[Any]

#: rows x columns -> weights with a structure that some format is made for
STYLES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Array]] = {
    "any": lambda rng, shape: rng.integers(-128, 128, shape),
    "narrow": lambda rng, shape: rng.integers(-127, 128, shape),
    "laplace": lambda rng, shape: np.clip(np.rint(rng.laplace(0, 14, shape)), -127, 127),
    "4 bit": lambda rng, shape: np.clip(np.rint(rng.laplace(0, 2, shape)), -7, 7),
    "pruned": lambda rng, shape: rng.integers(-7, 8, shape) * (rng.random(shape) < 0.1),
    "half": lambda rng, shape: rng.integers(-127, 128, shape) * (rng.random(shape) < 0.5),
    "blocks": lambda rng, shape: rng.integers(-99, 99, shape) * _blocks(rng, shape),
    "two of four": lambda rng, shape: rng.integers(-99, 99, shape) * _two_of_four(rng, shape),
    "2 bit": lambda rng, shape: rng.integers(-2, 2, shape),
    "ternary": lambda rng, shape: 5 * rng.integers(-1, 2, shape),
    "binary": lambda rng, shape: rng.choice([-3, 4], shape),
    "few": lambda rng, shape: rng.choice([-128, -90, -7, 0, 33], shape),
    "constant": lambda rng, shape: np.full(shape, rng.integers(-128, 128)),
    "twins": lambda rng, shape: np.repeat(rng.integers(-60, 60, (-(-shape[0] // 2), shape[1])), 2, axis=0)[: shape[0]],
    "dead": lambda rng, shape: rng.integers(-127, 128, shape) * (rng.random((1, shape[1])) < 0.5),
    "zero rows": lambda rng, shape: rng.integers(-127, 128, shape) * (rng.random((shape[0], 1)) < 0.5),
}


def _blocks(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    return np.repeat(rng.random((shape[0], -(-shape[1] // 4))) < 0.3, 4, axis=1)[:, : shape[1]]


def _two_of_four(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    order = rng.random((shape[0], -(-shape[1] // 4), 4)).argsort(axis=2) < 2
    return order.reshape(shape[0], -1)[:, : shape[1]]


class Maker:
    """Draws ops that fit what is there; all values come from one generator."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def one_of(self, *values: Any) -> Any:
        return values[int(self.rng.integers(len(values)))]

    def matrix(self, rows: int, columns: int) -> Array:
        style = self.one_of(*STYLES)
        return STYLES[style](self.rng, (rows, columns)).astype(np.int8)

    def fields(self, w: Array) -> dict[str, Any]:
        """Bias, requantization that uses the range well, and the rest of an op with rows w."""
        rows = w.shape[0]
        norm = np.maximum(np.sqrt((w.astype(np.float64) ** 2).sum(axis=1)), 1.0)
        scale = np.minimum(self.rng.uniform(0.2, 1.2) / norm, 0.9)
        scales = [float(s) for s in scale] if self.rng.random() < 0.7 else [float(scale.min())]
        limit = self.one_of(50, 2000, 100_000)
        return {
            "b": Const(value=self.rng.integers(-limit, limit, rows).astype(np.int32)),
            "requant": Requant.from_scales(
                scales, int(self.rng.integers(-128, 128)), rounding=self.one_of("double", "single")
            ),
            "quant": graphs.QUANT,
            "origin": graphs.made("random"),
        }

    def window(self, x: Node, kernel: tuple[int, int]) -> Window | None:
        usual = self.rng.random() < 0.6
        stride = self.one_of((1, 1), (1, 1), (2, 2)) if usual else self.one_of((1, 1), (2, 2), (1, 2))
        dilation = (1, 1) if usual else self.one_of((1, 1), (2, 1), (1, 2))
        padding = self.one_of((0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1), (1, 0, 1, 0))
        padding = tuple(side if kernel[axis // 2] > 1 else 0 for axis, side in enumerate(padding))
        window = Window(kernel, stride, dilation, padding)
        out = window.out_size(x.type.shape[1], x.type.shape[2])
        return window if min(out) >= 1 and all(p < k for p, k in zip(padding[::2], kernel, strict=True)) else None

    def conv2d(self, x: Node) -> Node:
        kernel = self.one_of((1, 1), (1, 1), (3, 3), (3, 3), (1, 3), (2, 2), (5, 1))
        window = Window((1, 1), (1, 1), (1, 1), (0, 0, 0, 0)) if kernel == (1, 1) else self.window(x, kernel)
        if window is None:
            return x
        channels, out = x.type.shape[3], int(self.one_of(1, 3, 4, 7, 8, 8, 12, 16, 21))
        w = self.matrix(out, kernel[0] * kernel[1] * channels)
        rest = self.fields(w)
        return Conv2D(
            x=x, w=Const(value=w.reshape(out, *kernel, channels)), window=window,
            pad_value=int(self.rng.integers(-128, 128)), **rest,
        )  # fmt: skip

    def depthwise(self, x: Node) -> Node:
        kernel = self.one_of((3, 3), (3, 3), (3, 3), (3, 1), (1, 5), (2, 2), (5, 5))
        window = self.window(x, kernel)
        if window is None:
            return x
        out = x.type.shape[3] * self.one_of(1, 1, 1, 2)
        w = self.matrix(out, kernel[0] * kernel[1])
        rest = self.fields(w)
        return DepthwiseConv2D(
            x=x, w=Const(value=np.ascontiguousarray(w.T).reshape(*kernel, out)), window=window,
            pad_value=int(self.rng.integers(-128, 128)), **rest,
        )  # fmt: skip

    def pool(self, x: Node) -> Node:
        if min(x.type.shape[1:3]) < 2:
            return x
        return graphs.pool(self.one_of(AveragePool2D, MaxPool2D), x, 2, self.one_of(1, 2))

    def joined(self, x: Node) -> Node:
        """A branch of one layer of the same shape, added, multiplied or put beside."""
        channels = x.type.shape[3]
        w = self.matrix(channels, channels)
        point = Window((1, 1), (1, 1), (1, 1), (0, 0, 0, 0))
        branch = Conv2D(
            x=x, w=Const(value=w.reshape(channels, 1, 1, channels)), window=point, pad_value=0, **self.fields(w)
        )
        return graphs.concat(x, branch) if self.rng.random() < 0.2 else self.one_of(graphs.add, graphs.mul)(x, branch)

    def dense(self, x: Node) -> Node:
        if len(x.type.shape) != 2:
            x = Reshape(x=x, shape=(1, x.type.size))
        rows = int(self.one_of(1, 2, 5, 8, 13, 16, 32))
        w = self.matrix(rows, x.type.shape[1])
        return FullyConnected(x=x, w=Const(value=w), **self.fields(w))

    def network(self) -> Graph:
        """Two to six layers on an image, then one or two dense layers; branches are joined where shapes are equal."""
        rng = self.rng
        shape = (1, int(rng.integers(1, 12)), int(rng.integers(1, 12)), int(self.one_of(1, 3, 4, 5, 8, 8, 16, 24)))
        first: Node = graphs.source(shape)
        made = [first]
        for _ in range(int(rng.integers(2, 7))):
            x = made[-1]
            steps = (self.conv2d, self.conv2d, self.depthwise, self.depthwise, self.pool, graphs.lut, self.joined)
            made.append(self.one_of(*steps)(x))
        last = self.dense(made[-1])
        if rng.random() < 0.5:
            last = self.dense(last)
        outputs = [last]
        if isinstance(made[-1], Op) and rng.random() < 0.3:
            outputs.append(made[-1])
        assert isinstance(first, graphs.Input)
        assert all(isinstance(node, Op) for node in outputs)
        return graphs.graph(tuple(node for node in outputs if isinstance(node, Op)), first)


def build_at_random(network: Graph, seed: int, target: str) -> Build:
    """A build (prefix unit) in which a random candidate executes each node; sparse in int8, rich in the rest."""
    rng, machine = np.random.default_rng(seed), load_target(target)
    graph = integer_graph(network)
    choices = []
    options = Options("size")
    for node in offer_shared_codes(enumerate_graph(graph, machine, options), options, machine):
        weighed: dict[tuple[str, str], list[Candidate]] = {}
        for candidate in node.candidates:
            weighed.setdefault((candidate.kernel.name, candidate.format), []).append(candidate)
        ways = list(weighed.values())
        way = ways[int(rng.integers(len(ways)))]
        choices.append(Choice(node, way[int(rng.integers(len(way)))]))
    planned = plan(graph, tuple(choices))
    files = render(Emission(graph, planned, machine, "unit", False, False, ()))
    return Build(graph, machine, Options(), "unit", tuple(choices), planned, files)
