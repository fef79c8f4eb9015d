"""The generated text, reviewed as text: every kernel with every format on a tiny layer, and the digits example.

A change of a template or of a packing shows here as a difference to read. When it is meant:

    python -m pytest tests/golden --update-golden

The same builds are compiled under strict flags and run under sanitizers by tests/c/test_generated.py.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from edgegen import compile_model, load
from edgegen.build import Build
from tests.c.compilers import COMPILERS, SANITIZERS, compile_strictly, run, selftest_program, unpack
from tests.c.ways import Way, built, ways
from tests.graphs import network, two_by_two

HERE = Path(__file__).parent / "text"
LONGEST_DIFFERENCE = 60
ROOT = Path(__file__).resolve().parents[2]


def kernels_and_tables(build: Build) -> str:
    """Of the source file the kernels and nodes, of the weights the tables: what one kernel and one format decide."""
    source = build.files[f"{build.prefix}.c"].decode()
    start = source.index("#endif", source.index("#error")) + len("#endif\n\n")
    tables = build.files[f"{build.prefix}_weights.h"].decode()
    first = tables.find("static const")
    body = tables[first : tables.rindex("#endif")] if first >= 0 else "/* no tables */\n\n"
    return body + source[start : source.index(f"void {build.prefix}_run(")].rstrip() + "\n"


@cache
def digits() -> Build:
    return compile_model(load(ROOT / "examples/digits/digits_int8.onnx"), "cortex-m4", prefix="digits")


def whole(name: str) -> str:
    """A generated file as it is."""
    files = {
        "digits.h": lambda: digits().files["digits.h"],
        "digits.c": lambda: digits().files["digits.c"],
        "digits_README.md": lambda: digits().files["README.md"],
        "digits_CMakeLists.txt": lambda: digits().files["CMakeLists.txt"],
        "duo.h": lambda: compile_model(two_by_two(), "cortex-m4").files["duo.h"],
        "net1_portable.c": lambda: compile_model(network(), "cortex-m0").files["net1.c"],
        "net1_selftest.c": lambda: compile_model(network(), "cortex-m0").files["selftest/net1_selftest.c"],
    }
    return files[name]().decode()


WHOLE = (
    "digits.h",
    "digits.c",
    "digits_README.md",
    "digits_CMakeLists.txt",
    "duo.h",
    "net1_portable.c",
    "net1_selftest.c",
)


def golden_ways() -> list[Way]:
    """All but most of unpack's: a driver and its tile around decoders that the texts of kernel rows show as well."""
    shown = [Way(op, "unpack", form) for op in ("conv2d", "depthwise_conv2d") for form in ("ham", "int8")]
    return [way for way in ways() if not way.kernel.startswith("unpack") or way in shown]


def compare(name: str, text: str, update: bool) -> None:
    """Fail with the difference, or accept the text."""
    path = HERE / name
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return
    golden = path.read_text() if path.is_file() else ""
    if text != golden:
        old, new = golden.splitlines(), text.splitlines()
        lines = difflib.unified_diff(old, new, f"golden {name}", "generated now", lineterm="")
        shown = "\n".join(list(lines)[:LONGEST_DIFFERENCE])
        pytest.fail(f"{shown}\nIf this is meant: python -m pytest tests/golden --update-golden", pytrace=False)


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.mark.parametrize("way", golden_ways(), ids=str)
def test_every_kernel_and_format_is_the_golden_text(way: Way, update: bool) -> None:
    compare(f"{way.prefix}.c", kernels_and_tables(built(way)), update)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_files_are_the_golden_text(name: str, update: bool) -> None:
    compare(name, whole(name), update)


def test_there_is_no_golden_text_of_what_is_gone(update: bool) -> None:
    expected = {f"{way.prefix}.c" for way in golden_ways()} | set(WHOLE)
    stale = [path for path in HERE.iterdir() if path.name not in expected]
    if update:
        for path in stale:
            path.unlink()
        return
    assert [path.name for path in stale] == []


def test_golden_texts_stay_small(update: bool) -> None:
    sizes = {path.name: path.stat().st_size for path in HERE.iterdir()}
    assert {name: size for name, size in sizes.items() if size > 45_000} == {}
    assert sum(sizes.values()) < 1_100_000


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_digits_example_compiles_strictly(compiler: str, need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools(COMPILERS[compiler][0])
    compile_strictly(compiler, unpack(digits().files, tmp_path), "digits.c", "digits.o")


def test_the_digits_example_passes_its_self_test(need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("gcc")
    run([selftest_program("digits", unpack(digits().files, tmp_path), *SANITIZERS)], tmp_path)
