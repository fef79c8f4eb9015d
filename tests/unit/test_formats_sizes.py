"""Stored sizes against the figures of the design, on matrices made the same way from fixed seeds."""

from __future__ import annotations

from typing import Literal

import constriction
import numpy as np
import pytest

from edgegen.formats.base import get
from edgegen.formats.gap_sham import JointGapSham
from edgegen.formats.measure import entropy, pruned_matrix

Distribution = Literal["gauss", "laplace"]

#: formats of the columns of ROWS
COLUMNS = ("csr", "gap_csr", "bitmap", "cer", "cser", "ham", "sham", "gap_sham")
#: distribution, bits, share pruned, a seed whose entropy is within 1 % of the row's (the largest of 235,200 random
#: weights sets the scale, so entropy varies with the seed), entropy, then bits per weight
ROWS: list[tuple[Distribution, int, float, int, float, tuple[float, ...]]] = [
    ("gauss", 2, 0.50, 0, 1.50, (12.0, 6.00, 5.02, 8.10, 8.12, 1.50, 8.54, 1.52)),
    ("gauss", 2, 0.90, 0, 0.57, (2.42, 1.47, 1.82, 1.66, 1.68, 1.10, 1.72, 0.59)),
    ("gauss", 4, 0.00, 1, 2.74, (18.1, 9.03, 7.04, 12.5, 12.6, 2.79, 14.1, 2.99)),
    ("gauss", 4, 0.80, 1, 1.23, (4.82, 2.47, 2.62, 3.39, 3.47, 1.52, 3.74, 1.27)),
    ("gauss", 4, 0.90, 1, 0.68, (2.42, 1.47, 1.82, 1.75, 1.81, 1.22, 1.84, 0.71)),
    ("gauss", 4, 0.95, 1, 0.41, (1.22, 1.07, 1.42, 0.95, 1.01, 1.12, 0.94, 0.43)),
    ("gauss", 8, 0.00, 1, 6.89, (23.7, 11.8, 8.91, 23.7, 22.8, 6.94, 22.7, 7.85)),
    ("gauss", 8, 0.90, 0, 1.07, (2.42, 1.47, 1.82, 3.71, 2.97, 1.61, 2.23, 1.11)),
    ("laplace", 4, 0.00, 0, 1.59, (9.09, 4.52, 4.04, 6.34, 6.38, 1.69, 6.76, 1.70)),
    ("laplace", 8, 0.00, 0, 5.66, (22.8, 11.4, 8.60, 20.5, 19.2, 5.70, 20.6, 6.42)),
    ("laplace", 8, 0.95, 11, 0.57, (1.22, 1.07, 1.42, 2.39, 1.61, 1.29, 1.11, 0.60)),
]
#: bits, share pruned, entropy, then bits per weight of the stream and row counts for codes of 8, 9, 10 and 12 bits
JOINT = [
    (2, 0.90, 0.569, (0.608, 0.600, 0.594, 0.591)),
    (4, 0.80, 1.106, (1.180, 1.156, 1.146, 1.133)),
    (4, 0.90, 0.712, (0.791, 0.762, 0.750, 0.734)),
    (4, 0.95, 0.384, (0.451, 0.428, 0.413, 0.402)),
    (8, 0.90, 1.060, (1.436, 1.315, 1.206, 1.098)),
]


@pytest.mark.parametrize(("distribution", "bits", "pruned", "seed", "bound", "expected"), ROWS)
def test_sizes_are_those_of_the_design_or_smaller(
    distribution: Distribution, bits: int, pruned: float, seed: int, bound: float, expected: tuple[float, ...]
) -> None:
    w = pruned_matrix(300, 784, distribution, bits, pruned, seed=seed)
    assert entropy(w) == pytest.approx(bound, rel=0.01, abs=0.005)
    found = {name: 8 * get(name).checked(w).nbytes / w.size for name in COLUMNS}
    above = {n: found[n] for n, figure in zip(COLUMNS, expected, strict=True) if found[n] > 1.02 * figure}
    assert above == {}


@pytest.mark.parametrize(("bits", "pruned", "bound", "expected"), JOINT)
def test_joint_codes_cost_as_little_over_the_entropy_as_the_design_says(
    bits: int, pruned: float, bound: float, expected: tuple[float, ...]
) -> None:
    w = pruned_matrix(300, 784, "laplace", bits, pruned, seed=0)
    for limit, figure in zip((8, 9, 10, 12), expected, strict=True):
        encoded = JointGapSham(limit, symbol_bits=0).checked(w)
        stored = encoded.table("stream").nbytes + encoded.table("pairs").nbytes
        assert 8 * stored / w.size / entropy(w) <= 1.02 * figure / bound


@pytest.mark.parametrize(("bits", "pruned", "excess"), [(4, 0.0, 0.01), (4, 0.9, 0.01), (8, 0.9, 0.07)])
def test_tans_comes_close_to_the_coder_of_constriction(bits: int, pruned: float, excess: float) -> None:
    w = pruned_matrix(300, 784, "laplace", bits, pruned, seed=1)
    values, index, counts = np.unique(w, return_inverse=True, return_counts=True)
    model = constriction.stream.model.Categorical(counts / counts.sum(), perfect=False)
    coder = constriction.stream.stack.AnsCoder()
    coder.encode_reverse(index.ravel().astype(np.int32), model)
    bound = coder.num_bits() / w.size
    assert values.size > 1
    assert bound == pytest.approx(entropy(w), abs=0.002)
    assert 8 * get("tans").checked(w).nbytes / w.size <= bound + excess


@pytest.mark.parametrize("name", ["ham", "gap_sham"])
def test_no_entropy_coder_beats_the_entropy_of_its_symbols(name: str) -> None:
    """A stream below the bound that constriction reaches for the same values would be a measuring error."""
    w = pruned_matrix(300, 784, "gauss", 4, 0.0, seed=2)
    assert 8 * get(name).encode(w).table("stream").nbytes / w.size >= entropy(w)
