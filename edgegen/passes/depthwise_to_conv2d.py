"""A depthwise convolution of one input channel is a convolution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgegen.ir import Const, Graph, Node, Op, rewrite
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D


def depthwise_to_conv2d(graph: Graph) -> Graph:
    """The same with every depthwise convolution of one channel as Conv2D: the same sums, more kernels for them.

    Exporters write the first layer of a network on grey images or spectrograms this way.
    """
    return rewrite(graph, _rule)


def _rule(op: Op) -> Node:
    match op:
        case DepthwiseConv2D(w=Const() as w) if op.x.type.shape[3] == 1:
            weights = replace(w, value=np.ascontiguousarray(w.value.transpose(2, 0, 1)[..., np.newaxis]))
            return Conv2D(
                x=op.x,
                w=weights,
                b=op.b,
                window=op.window,
                pad_value=op.pad_value,
                requant=op.requant,
                quant=op.quant,
                origin=op.origin,
            )
    return op
