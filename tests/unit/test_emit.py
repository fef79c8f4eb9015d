from __future__ import annotations

import re
from dataclasses import replace

import jinja2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen import compile_model
from edgegen.emit.render import environment
from edgegen.emit.views import c_float, literal, table_view
from edgegen.formats.base import Table
from edgegen.ir import Graph, Origin
from edgegen.resources import root
from tests.graphs import dense, graph, network, softmax, source, two_by_two

TARGET = "cortex-m3"


def text(model: Graph, name: str, **options: bool) -> str:
    return compile_model(model, TARGET, **options).files[name].decode()


@given(st.floats(min_value=2.0**-100, max_value=2.0**100, width=32))
def test_scales_are_float_literals_that_read_back_as_the_same_value(value: float) -> None:
    written = c_float(value)
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?F", written) and re.search(r"[.e]", written)
    assert np.float32(written[:-1]) == np.float32(value)


@pytest.mark.parametrize(
    ("dtype", "value", "written"),
    [
        ("int8", -128, "-128"),
        ("uint8", 255, "255U"),
        ("int16", -32768, "-32768"),
        ("int32", -(2**31), "INT32_MIN"),
        ("int32", 7, "7"),
        ("uint32", 2**32 - 1, "4294967295U"),
        ("int64", -(2**63), "INT64_MIN"),
        ("int64", -5, "INT64_C(-5)"),
        ("uint64", 2**64 - 1, "UINT64_C(18446744073709551615)"),
    ],
)
def test_literals_have_the_type_of_their_table(dtype: str, value: int, written: str) -> None:
    assert literal(value, dtype) == written


def test_tables_keep_every_value_in_lines_of_at_most_120_columns() -> None:
    values = np.random.default_rng(1).integers(-(2**31), 2**31, 1000).astype(np.int32)
    view = table_view("t", Table("t", values))
    joined = " ".join(view.lines).replace("INT32_MIN", str(-(2**31)))
    assert [int(v) for v in joined.rstrip(",").split(",")] == values.tolist()
    assert max(map(len, view.lines)) <= 116


def test_a_name_that_a_template_does_not_get_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_single_input_models_have_macros_without_a_number_too() -> None:
    header = text(network(), "net1.h")
    assert "#define NET1_INPUT_0_SIZE 192U" in header
    assert "#define NET1_INPUT_SIZE NET1_INPUT_0_SIZE" in header
    assert "#define NET1_INPUT_SHAPE NET1_INPUT_0_SHAPE" in header and "{ 1, 8, 8, 3 }" in header
    assert "#define NET1_OUTPUT_ZERO_POINT NET1_OUTPUT_0_ZERO_POINT" in header


def test_all_inputs_come_before_all_outputs_in_model_order() -> None:
    header = text(two_by_two(), "duo.h")
    expected = r"duo_run\(struct duo \*net, const int8_t input_0\[.*\], const int8_t input_1\[.*\], int8_t output_0\["
    assert re.search(expected + r".*\], int8_t output_1\[", header)
    assert "DUO_INPUT_SIZE" not in header
    assert "left: int8" in header and "right: int8" in header


def test_every_node_is_one_static_function_called_in_order_with_its_hook() -> None:
    build = compile_model(network(), TARGET)
    code = build.files["net1.c"].decode()
    names = [f"net1_{step.name}" for step in build.plan.steps]
    assert [name for name in names if f"static NET1_HOT_SECTION EG_NOINLINE void {name}(" not in code] == []
    run = code[code.index("void net1_run(") :]
    assert re.findall(r"(net1_n\d\d_\w+)\(|EG_NODE_DONE\((\d+)U", run) == [
        pair for index, name in enumerate(names) for pair in ((name, ""), ("", str(index)))
    ]


def test_kernels_are_shared_by_the_nodes_that_use_them() -> None:
    code = text(network(), "net1.c")
    assert len(re.findall(r"^static NET1_HOT_SECTION void net1_conv2d_s8_portable_int8_\w+\(", code, re.MULTILINE)) == 1


def test_two_compilations_give_the_same_bytes() -> None:
    assert compile_model(network(), TARGET).files == compile_model(network(), TARGET).files


def test_nothing_generated_holds_a_path_or_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    for name, data in compile_model(network(), TARGET).files.items():
        assert str(root("templates").parent).encode() not in data, name
        assert not re.search(rb"\b20[0-9]{2}-[01][0-9]-|\b[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\b", data), name


def test_generated_text_has_unix_line_ends_no_tabs_and_no_trailing_blanks() -> None:
    for name, data in compile_model(network(), TARGET).files.items():
        if not name.endswith(".npz"):
            lines = data.decode("ascii").split("\n")
            assert lines[-1] == "", name
            assert [line for line in lines if line != line.rstrip() or "\t" in line] == [], name


def test_the_amalgamation_is_one_header_and_one_source_without_own_includes() -> None:
    files = compile_model(network(), TARGET, amalgamate=True).files
    assert {name for name in files if name.endswith((".c", ".h")) and "/" not in name} == {"net1.h", "net1.c"}
    assert re.findall(r'#include "([^"]+)"', files["net1.c"].decode()) == ["net1.h"]


def test_only_runtime_headers_in_use_are_carried() -> None:
    x = source((1, 4))
    assert "eg_softmax.h" not in compile_model(graph(dense(x, 2), x), TARGET).files
    y = source((1, 4))
    assert "eg_softmax.h" in compile_model(graph(softmax(y), y), TARGET).files


HOSTILE = (
    "*/ int evil; /*",
    '"; system(0); //',
    "??/\n#error",
    "line\nbreak\r\n#define int char",
    "back\\\nslash",
    "\u202e\u2066вред\0",
    "${CMAKE} ${evil})",
    "`rm -rf`|<b>",
    "{{ 7 * 7 }}{% raw %}",
)


def code_of(path: str, data: bytes) -> str | int:
    """What a compiler sees: the text without comments; of a README how many lines and code marks it has."""
    written = data.decode("ascii")
    assert "\\\n" not in written and "??" not in written and "\0" not in written
    if path.endswith(".md"):
        return written.count("\n") * 1000 + written.count("`")
    return re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_a_model_file_cannot_leave_their_comment(name: str) -> None:
    plain = network()
    hostile = replace(
        plain,
        source=name,
        name=name,
        output_names=(name,),
        inputs=plain.inputs,
        outputs=(replace(plain.outputs[0], origin=Origin(name, name, 3, name)),),
    )
    files = compile_model(hostile, TARGET, prefix="net").files
    for path, expected in compile_model(plain, TARGET, prefix="net").files.items():
        if path.endswith((".c", ".h", ".txt", ".md")):
            assert code_of(path, files[path]) == code_of(path, expected), path


def test_the_header_states_model_digest_target_and_licence() -> None:
    header = text(network(), "net1.h")
    assert "net1.tflite" in header and "00" * 32 in header
    assert f"Target: {TARGET}" in header and "SPDX-License-Identifier: 0BSD" in header


def test_an_output_that_no_integer_zero_point_describes_has_an_offset() -> None:
    """As sums of a QONNX network behind a batch normalisation: its reals are a * value + b."""
    model = network()
    quant = model.outputs[0].type.quant
    assert quant is not None
    plain = text(model, "net1.h")
    same = (quant.scale[0], -quant.scale[0] * quant.zero_point[0])
    for lines in ((), (None,), (same,)):
        header = text(replace(model, output_lines=lines), "net1.h")
        assert header == plain and "OFFSET" not in header
    header = text(replace(model, output_lines=((0.5, -1.25),)), "net1.h")
    assert "real = scale * (value - zero point) + offset */" in header
    for line in ("_0_SCALE 0.5F", "_0_ZERO_POINT (0)", "_0_OFFSET (-1.25F)", "_OFFSET NET1_OUTPUT_0_OFFSET"):
        assert f"#define NET1_OUTPUT{line}\n" in header
