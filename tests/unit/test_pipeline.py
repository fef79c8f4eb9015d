from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import edgegen
from edgegen import compile_model, load
from edgegen.errors import GraphError, UnsupportedError, UsageError
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, Input, TensorType
from edgegen.passes import PASSES
from edgegen.pipeline import SELFTEST_BYTES, integer_graph, random_inputs, selftest_vectors
from edgegen.selection.candidates import Options
from edgegen.verifier import accumulator_range, verify_integer, verify_structure
from tests.graphs import add, bias, conv2d, dense, graph, network, requant, source, two_by_two, weights
from tests.tiny_tflite import dense_softmax

TARGET = "cortex-m3"


def test_the_public_functions_are_there_and_nothing_else_answers() -> None:
    assert all(callable(getattr(edgegen, name)) for name in edgegen.__all__ if name != "__version__")
    with pytest.raises(AttributeError, match="no attribute 'compile'"):
        _ = edgegen.compile


def test_a_loaded_model_compiles_in_two_calls(tmp_path: Path) -> None:
    (tmp_path / "m.tflite").write_bytes(dense_softmax())
    build = compile_model(load(tmp_path / "m.tflite"), TARGET)
    assert build.prefix == "m" and "m.c" in build.files
    assert build.graph.sha256 == hashlib.sha256(dense_softmax()).hexdigest()


def test_the_dump_sees_the_graph_after_import_and_after_every_pass() -> None:
    seen: list[str] = []
    integer_graph(network(), lambda name, _: seen.append(name))
    assert seen == ["import", *(name for name, _ in PASSES)]


def test_no_pass_changes_what_a_graph_computes() -> None:
    for model in (network(), two_by_two(), network("zeros")):
        inputs = random_inputs(model, np.random.default_rng(5))
        feed = {node.name: value for node, value in zip(model.inputs, inputs, strict=True)}
        before = Interpreter(model).run(feed)
        after = Interpreter(integer_graph(model)).run(feed)
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_passes_keep_inputs_and_the_types_of_outputs() -> None:
    for model in (network(), two_by_two()):
        done = integer_graph(model)
        assert done.inputs == model.inputs
        assert [node.type.shape for node in done.outputs] == [node.type.shape for node in model.outputs]


def test_compiling_is_a_function_of_graph_target_and_options() -> None:
    first, second = (compile_model(network(), TARGET, Options("size")) for _ in range(2))
    assert first.files == second.files
    assert list(first.files) == sorted(first.files)


@pytest.mark.parametrize("seed", ["0", "1", "424242"])
def test_builds_are_the_same_under_every_hash_seed_and_in_every_folder(seed: str, tmp_path: Path) -> None:
    model = tmp_path / "tiny.tflite"
    model.write_bytes(dense_softmax())
    folder = tmp_path / f"cwd{seed}"
    folder.mkdir()
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed[0]}", "PYTHONPATH": str(Path.cwd())}
    script = "import sys; from edgegen.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", script, "build", str(model), "-o", "out", "--target", TARGET, "--json"]
    subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)
    expected = compile_model(load(model), TARGET).files
    written = {str(p.relative_to(folder / "out")): p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()}
    del written[".edgegen"]
    assert written == expected


def test_the_self_test_holds_what_the_reference_computes_and_a_checksum_of_every_node() -> None:
    build = compile_model(network(), TARGET)
    vectors = selftest_vectors(build.graph, build.choices)
    interpreter = Interpreter(build.graph)
    assert 1 <= len(vectors.vectors) <= 4
    for (inputs, outputs), checksums in zip(vectors.vectors, vectors.checksums, strict=True):
        assert np.array_equal(interpreter.run({"image": inputs[0]})[0], outputs[0])
        assert len(checksums) == len(build.plan.steps)


def test_a_model_with_large_inputs_stores_fewer_vectors() -> None:
    x = source((1, SELFTEST_BYTES // 2))
    build = compile_model(graph(dense(x, 1, "ternary"), x), TARGET)
    assert len(selftest_vectors(build.graph, build.choices).vectors) == 1


def test_no_self_test_means_no_self_test_files() -> None:
    assert not [name for name in compile_model(network(), TARGET, selftest=False).files if "selftest" in name]


def test_a_prefix_of_the_users_choice_names_everything() -> None:
    build = compile_model(network(), TARGET, prefix="Kws")
    assert {"Kws.h", "Kws.c", "Kws_weights.h"} <= set(build.files)
    with pytest.raises(UsageError):
        compile_model(network(), TARGET, prefix="not-c")


def test_random_inputs_span_the_whole_range_of_their_type() -> None:
    x = source((1, 100, 100, 3))
    (values,) = random_inputs(graph(conv2d(x, 1), x), np.random.default_rng(0))
    assert (values.min(), values.max(), values.dtype) == (-128, 127, np.int8)


def test_an_accumulator_that_could_leave_int32_is_refused_with_all_such_layers() -> None:
    x = source((1, 16))
    heavy = dense(x, 2)
    heavy = replace(heavy, b=Const(value=np.array([2**31 - 5, 0], dtype=np.int32)))  # type: ignore[call-arg]
    model = graph((heavy, replace(heavy, origin=heavy.origin)), x)
    assert accumulator_range(heavy)[1] > 2**31 - 1
    with pytest.raises(UnsupportedError) as refused:
        verify_integer(model, "test")
    assert len(refused.value.refusals) == 2


def test_a_constant_left_in_float_is_named_with_the_stage() -> None:
    x = source((1, 4, 4, 6), "a")
    left = add(x, Const(value=np.ones(6, dtype=np.float32)))
    with pytest.raises(GraphError, match="after quantize: .*float32"):
        verify_integer(graph(left, x), "quantize")


def bad_graphs() -> dict[str, tuple[Graph, str]]:
    x, other = source((1, 8)), source((1, 8), "stranger")
    empty = Input(name="x", tensor=TensorType((1, 0)))
    return {
        "foreign input": (graph(dense(other, 2), x), "stranger"),
        "no output": (Graph("none", (x,), ()), "no output"),
        "empty axis": (Graph("empty", (empty,), (empty,)), "every axis"),
    }


@pytest.mark.parametrize("how", bad_graphs())
def test_a_broken_graph_is_named_with_the_stage_that_made_it(how: str) -> None:
    model, part = bad_graphs()[how]
    with pytest.raises(GraphError, match=f"after fold: .*{part}"):
        verify_structure(model, "fold")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"w": weights((4, 9))}, r"FullyConnected \(from FULLY_CONNECTED #1 'dense' in tiny.tflite\): x has 8"),
        ({"b": bias(3)}, "b is .*it must have 4"),
        ({"requant": requant(3)}, "requant has 3 channels"),
    ],
)
def test_operands_that_do_not_fit_are_named_with_node_and_origin(change: dict[str, Any], message: str) -> None:
    node = replace(dense(source((1, 8)), 4), **change)
    with pytest.raises(GraphError, match=message):
        _ = node.type
