"""What decoding rows of weights into RAM costs a convolution: the figures of docs/formats.md."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from edgegen.formats.measure import pruned_matrix
from edgegen.kernels.rows_decoders import DECODERS
from edgegen.profile.decode_cost import profiler
from edgegen.target import load_target


@pytest.mark.parametrize(
    ("bits", "pruned", "most"), [(4, 0.5, 4.14), (4, 0.8, 3.86), (4, 0.9, 3.86), (4, 0.95, 3.70), (8, 0.0, 10.8)]
)
def test_rows_of_ham_are_decoded_in_fewer_cycles_than_the_design_says(
    bits: int, pruned: float, most: float, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    target = load_target("cortex-m4")
    w = pruned_matrix(64, 512, "laplace", bits, pruned, 0)
    found = profiler(target)(w, "ham")
    assert found["decode_cycles_per_weight"] <= most
    counted = found["decode_instructions_per_weight"] * w.size + found["decode_setup_instructions"]
    assert DECODERS["ham"](w, target).instructions == pytest.approx(counted, rel=0.1)


def test_formats_without_tables_have_no_setup(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    found = profiler(load_target("cortex-m4"))(pruned_matrix(32, 128, "laplace", 4, 0.9, 0), "csr")
    assert found["decode_setup_instructions"] == 0
    assert 0 < found["decode_instructions_per_weight"] < 8


def test_a_matrix_that_the_format_does_not_hold_has_no_figures(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    assert profiler(load_target("cortex-m4"))(np.arange(-60, 60, dtype=np.int8).reshape(4, 30), "binary") == {}
