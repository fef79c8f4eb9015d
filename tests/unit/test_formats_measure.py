"""What ``edgegen formats --measure`` reports."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import ModelError
from edgegen.formats.base import registry
from edgegen.formats.measure import entropy, pruned_matrix, run


def saved(folder: Path, w: np.ndarray) -> Path:  # type: ignore[type-arg]
    np.save(folder / "w.npy", w)
    return folder / "w.npy"


def test_every_format_is_measured_on_the_matrix(tmp_path: Path) -> None:
    w = pruned_matrix(64, 128, "laplace", 4, 0.9, seed=0)
    report = json.loads(json.dumps(run(saved(tmp_path, w))))
    assert report["schema"] == "edgegen.formats/1"
    assert report["shape"] == [64, 128]
    assert (report["zeros"], report["distinct"]) == (int(np.sum(w == 0)), len(set(w.ravel().tolist())))
    assert [entry["name"] for entry in report["formats"]] == sorted(registry())
    by_name = {entry["name"]: entry for entry in report["formats"]}
    assert by_name["int8"]["bytes"] == w.size
    assert by_name["ham"]["bits_per_weight"] == 8 * by_name["ham"]["bytes"] / w.size
    assert all(entry["lossless"] or entry["reason"] for entry in report["formats"])
    assert by_name["binary"]["bytes"] is None


def test_a_profiler_adds_the_kernels_figures(tmp_path: Path) -> None:
    report = run(saved(tmp_path, np.eye(4, dtype=np.int8)), lambda w, name: {"cycles_per_weight": len(name) / w.size})
    assert next(e for e in report["formats"] if e["name"] == "ham")["cycles_per_weight"] == 3 / 16


@pytest.mark.parametrize(("values", "bits"), [([5, 5, 5, 5], 0.0), ([0, 1, 2, 3], 2.0), ([0, 0, 0, 1], 0.811278)])
def test_entropy_is_in_bits_per_weight(values: list[int], bits: float) -> None:
    assert entropy(np.array([values])) == pytest.approx(bits, abs=1e-6)


@pytest.mark.parametrize(
    "w",
    [np.zeros((2, 2)), np.zeros(4, dtype=np.int8), np.zeros((0, 3), dtype=np.int8), np.zeros((1, 1, 1), dtype=np.int8)],
)
def test_anything_but_a_2d_int8_matrix_is_refused(tmp_path: Path, w: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(ModelError, match="must be a 2-D int8 matrix"):
        run(saved(tmp_path, w))


def test_unreadable_files_are_model_errors(tmp_path: Path) -> None:
    for name, content in (("a.npy", b""), ("b.npy", b"not numpy"), ("c.npy", b"\x93NUMPY\x01\x00\xff\xff")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=r"is no \.npy file of numbers"):
            run(tmp_path / name)
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        run(tmp_path / "missing.npy")
    np.savez(tmp_path / "d.npz", w=np.eye(2))
    with pytest.raises(ModelError, match="archive"):
        run(tmp_path / "d.npz")
