from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.emit.cnames import checked_prefix, comment, prefix_from
from edgegen.errors import UsageError


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("kws_dscnn_int8", "kws_dscnn_int8"),
        ("My Model (v2)", "my_model_v2"),
        ("3layers", "model_3layers"),
        ("while", "model_while"),
        ("namespace", "model_namespace"),
        ("eg_runtime", "model_eg_runtime"),
        ("string", "model_string"),
        ("arena", "model_arena"),
        ("int8_t", "model_int8_t_model"),
        ("вода", "model"),
        ("", "model"),
        ("x" * 100, "x" * 40),
    ],
)
def test_a_prefix_is_made_from_any_model_name(name: str, prefix: str) -> None:
    assert prefix_from(name) == prefix


@given(st.text())
def test_every_prefix_made_is_one_that_a_user_could_give(name: str) -> None:
    prefix = prefix_from(name)
    assert checked_prefix(prefix) == prefix


@pytest.mark.parametrize("name", ["", "2x", "a-b", "a b", "x" * 41, "int", "class", "eg_x", "stdio", "size_t", "errno"])
def test_prefixes_that_c_cannot_have_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--prefix"):
        checked_prefix(name)


@given(st.text())
def test_a_comment_holds_no_character_that_could_end_it(text: str) -> None:
    made = comment(text)
    assert set(made) <= set(string.ascii_letters + string.digits + "_ .,:;#'()<>=+@[]-")
    assert len(made) <= 200


def test_a_comment_keeps_what_names_of_layers_hold() -> None:
    assert comment("conv2d #3 'a.b:0' in m.tflite, int8[1x2]") == "conv2d #3 'a.b:0' in m.tflite, int8[1x2]"
