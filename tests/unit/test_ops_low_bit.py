"""threshold_dense, accumulate_dense and arg_max against loops over their definitions, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from edgegen.errors import GraphError
from edgegen.ir import Const, Input, TensorType
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.arg_max import ArgMax
from edgegen.ops.lut import Lut
from edgegen.ops.reshape import Reshape
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.passes.levels import levels

RNG = np.random.default_rng(8)
W = RNG.integers(-8, 8, (3, 5)).astype(np.int8)
T = np.array([[-40, 0, 90], [5, 5, NEVER], [NEVER, NEVER, NEVER]], dtype=np.int32)
BASE = np.array([-1, 0, 7], dtype=np.int8)


def row(columns: int = 5, dtype: str = "int8") -> Input:
    return Input(name="x", tensor=TensorType((1, columns), dtype))


def threshold_dense(w: np.ndarray = W, t: np.ndarray = T, base: np.ndarray = BASE, step: int = 2) -> ThresholdDense:
    return ThresholdDense(x=row(), w=Const(value=w), t=Const(value=t), base=Const(value=base), step=step)


def test_levels_count_the_thresholds_that_are_reached() -> None:
    x = RNG.integers(-128, 128, (50, 5)).astype(np.int8)
    got = threshold_dense().reference(x, W, T, BASE)
    for sample, values in zip(x.tolist(), got.tolist(), strict=True):
        for r in range(3):
            acc = sum(a * b for a, b in zip(sample, W[r].tolist(), strict=True))
            assert values[r] == BASE[r] + 2 * sum(acc >= limit for limit in T[r].tolist())
    assert len(np.unique(got[:, 0])) == 4


def test_sums_are_sums() -> None:
    x = RNG.integers(-128, 128, (9, 5)).astype(np.int8)
    op = AccumulateDense(x=row(), w=Const(value=W))
    got = op.reference(x, W)
    assert got.dtype == np.int32
    assert got.tolist() == [[int(np.dot(s.astype(int), r.astype(int))) for r in W] for s in x]
    low, high = op.accumulator_range()
    assert low <= got.min() <= got.max() <= high


def test_arg_max_is_the_first_of_equal_ones() -> None:
    x = np.array([[3, 9, 9, 1], [-5, -5, -6, -7]], dtype=np.int32)
    assert ArgMax(x=row(4, "int32")).reference(x).tolist() == [[1], [0]]


@pytest.mark.parametrize(
    "op",
    [
        AccumulateDense(x=row(4), w=Const(value=W)),
        ArgMax(x=row(4, "int16")),
        threshold_dense(t=T[:2]),
        threshold_dense(t=T[:, ::-1].copy()),
        threshold_dense(base=np.array([125, 0, 0], np.int8)),
        threshold_dense(step=0),
    ],
)
def test_operands_that_do_not_fit_are_refused(op: AccumulateDense | ArgMax | ThresholdDense) -> None:
    with pytest.raises(GraphError, match=type(op).__name__):
        _ = op.type


def test_levels_are_known_behind_tables_and_thresholds() -> None:
    table = Lut(x=row(), table=(-1,) * 100 + (1,) * 156, function="quantize")
    assert levels(Reshape(x=table, shape=(5, 1))).tolist() == [-1, 1]
    assert levels(threshold_dense()).tolist() == [-1, 0, 1, 2, 3, 4, 5, 7]
    assert len(levels(row())) == 256
