"""What verify reads, compares and names; the runs are on the host, tests/qemu has the targets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgegen import compile_model, random_vectors, verify_build
from edgegen.build import Build
from edgegen.errors import InstallationError, UsageError
from edgegen.ir import QuantParams, TensorType
from edgegen.target import load_target
from edgegen.verify.check import (
    Difference,
    accuracy,
    emulator_name,
    expected_outputs,
    interface_of,
    load_vectors,
    sources_digest,
)
from edgegen.verify.npz import read_npz
from edgegen.verify.oracles import convert_in, convert_out, open_oracle, to_real, to_stored
from tests.graphs import network, two_by_two

REAL = TensorType((4,), "int8", QuantParams((0.5,), (10,)))


def test_random_vectors_follow_their_seed() -> None:
    first, again, other = (random_vectors(network(), 3, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(first.inputs, again.inputs, strict=True))
    assert not np.array_equal(first.inputs[0][0], other.inputs[0][0])


def test_vectors_are_taken_by_name_or_as_the_only_array(tmp_path: Path) -> None:
    values = np.arange(2 * 64, dtype=np.int8).reshape(2, 4, 4, 4)
    np.savez(tmp_path / "duo.npz", right=values, left=values[::-1])
    found = load_vectors(tmp_path / "duo.npz", two_by_two())
    assert [v[0].shape for v in found.inputs] == [(1, 4, 4, 4)] * 2
    assert np.array_equal(found.inputs[0][1][0], values[0]) and np.array_equal(found.inputs[0][0][0], values[1])
    np.savez(tmp_path / "one.npz", anything=np.zeros((5, 192), np.int8), labels=np.arange(5))
    one = load_vectors(tmp_path / "one.npz", network())
    assert len(one.inputs) == 5 and one.labels is not None and one.inputs[0][0].shape == (1, 8, 8, 3)


def test_vectors_of_unequal_count_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", left=np.zeros((2, 64), np.int8), right=np.zeros((3, 64), np.int8))
    with pytest.raises(UsageError, match=r"arrays hold \[2, 3\] vectors"):
        load_vectors(tmp_path / "v.npz", two_by_two())


def test_real_vectors_are_quantized_to_nearest_even_and_clamped(tmp_path: Path) -> None:
    stored = to_stored(np.array([0.0, 0.25, 0.75, 1e9], dtype=np.float32), REAL)
    assert stored.tolist() == [10, 10, 12, 127]
    assert to_real(np.array([10, 12], dtype=np.int8), REAL).tolist() == [0.0, 1.0]


def test_oracles_get_and_give_what_their_files_declare() -> None:
    values = np.array([-128, 0, 127, 5], dtype=np.int8)
    assert convert_in(values, REAL, np.uint8).tolist() == [0, 128, 255, 133]
    assert np.array_equal(convert_out(convert_in(values, REAL, np.uint8), REAL), values)
    assert np.array_equal(convert_out(convert_in(values, REAL, np.float32), REAL), values)
    assert convert_in(values, REAL, np.int8) is not None


def test_an_unknown_oracle_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="litert, onnxruntime"):
        open_oracle("tvm", tmp_path, network())


@pytest.mark.parametrize("name", ["litert", "onnxruntime", "qonnx"])
def test_a_file_that_the_oracle_cannot_read_is_a_usage_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"neither")
    with pytest.raises(UsageError, match=f"--against {name}: .* cannot run"):
        open_oracle(name, tmp_path / "bad", network())


@pytest.mark.parametrize("name", ["litert", "onnxruntime", "qonnx"])
def test_an_oracle_that_is_not_installed_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, {"litert": "ai_edge_litert"}.get(name, name), None)
    with pytest.raises(InstallationError, match=f"--against {name} needs the package") as missing:
        open_oracle(name, tmp_path / "m.onnx", network())
    assert missing.value.exit_code == 4


def test_accuracy_counts_the_largest_entry_of_the_first_output() -> None:
    outputs = [(np.array([[1, 5, 2]], np.int8),), (np.array([[9, 5, 2]], np.int8),)]
    assert accuracy(outputs, np.array([1, 2])) == 0.5


def test_a_difference_says_vector_node_origin_element_and_values() -> None:
    text = str(Difference(3, "n02_add", "ADD #7 'sum' in m.tflite", 11, -5, 6))
    assert text.startswith("vector 3: node n02_add (from ADD #7 'sum' in m.tflite) differs first, at element 11:")
    assert text.endswith("expected -5, got 6")
    assert "checksum" in str(Difference(3, "n02_add", "ADD #7"))


def test_programs_that_run_by_themselves_have_no_emulator() -> None:
    assert emulator_name(load_target("host")) == "none"
    assert emulator_name(load_target("cortex-m3")) == "qemu-system-arm"


def test_the_digest_of_sources_covers_names_and_contents() -> None:
    files = {"a": b"1", "b": b"2"}
    changed = ({"a": b"1", "b": b"3"}, {"a": b"1", "c": b"2"}, {"a": b"1"})
    assert len({sources_digest(f) for f in (files, *changed)}) == 4


def test_an_archive_is_read_without_running_what_is_in_it(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
            return (Path.touch, (str(tmp_path / "ran"),))  # type: ignore[return-value]

    np.savez(tmp_path / "v.npz", x=np.array([Evil()], dtype=object))
    with pytest.raises(UsageError, match=r"v\.npz"):
        read_npz(tmp_path / "v.npz", UsageError, "no")
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def build() -> Build:
    return compile_model(network(), "host")


def test_a_build_that_computes_the_reference_is_bit_exact(build: Build, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    done: list[int] = []
    report = verify_build(build, random_vectors(build.graph, 40, 0), progress=done.append)
    assert report.bit_exact and report.first is None and report.vectors == 40
    assert done == [32, 8]
    wanted = expected_outputs(build.graph, random_vectors(build.graph, 40, 0).inputs)
    assert all(np.array_equal(g[0], w[0]) for g, w in zip(report.outputs, wanted, strict=True))


def test_two_inputs_and_outputs_keep_their_order(need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    build = compile_model(two_by_two(), "host")
    assert [b.elements for b in interface_of(build).outputs] == [3, 64]
    assert verify_build(build, random_vectors(build.graph, 5, 1)).bit_exact


def test_a_kernel_that_is_wrong_is_named_as_the_first_differing_node(
    build: Build, need_tools: Callable[..., None]
) -> None:
    need_tools("gcc")
    step = next(s for s in build.plan.steps if s.op.op_name == "depthwise_conv2d")
    code = build.files["net1.c"].decode()
    start = code.index("static NET1_HOT_SECTION void net1_depthwise_conv2d_s8_")
    wrong = code[:start] + code[start:].replace("acc += value * *w;", "acc += value * *w + 40;", 1)
    assert wrong != code
    tampered = replace(build, files={**build.files, "net1.c": wrong.encode()})
    report = verify_build(tampered, random_vectors(build.graph, 3, 0))
    assert not report.bit_exact and report.first is not None
    assert report.first.node == step.name and report.first.origin == str(step.op.origin)
    assert report.first.expected != report.first.got
    assert report.to_json()["first_difference"]["node"] == step.name


def test_labels_give_the_accuracy_on_the_target(build: Build, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    vectors = random_vectors(build.graph, 6, 0)
    truth = [int(out[0].argmax()) for out in expected_outputs(build.graph, vectors.inputs)]
    truth[0] = (truth[0] + 1) % 6
    report = verify_build(build, replace(vectors, labels=np.array(truth)))
    assert report.accuracy == pytest.approx(5 / 6)
    assert "83.33%" in report.remarks()[0]
