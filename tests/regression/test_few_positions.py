"""A convolution of one or two positions alone: the register tile of four positions was named, but not emitted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.ir import Input
from edgegen.ops.conv2d import Window
from tests.graphs import graph
from tests.qemu.layers import conv2d
from tests.qemu.nodes import check


@pytest.mark.parametrize(
    ("kernel", "window"), [("dsp_pointwise", Window((1, 1))), ("dsp_conv", Window((1, 1), (2, 2)))]
)
@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_network_of_few_positions_compiles_and_is_exact(
    kernel: str, window: Window, width: int, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(width)
    layer = conv2d(rng, (1, 1, width * window.stride[1], 12), 6, window)
    assert isinstance(layer.x, Input)
    check(graph(layer, layer.x), kernel, tmp_path, rng)
