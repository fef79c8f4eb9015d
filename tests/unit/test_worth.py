"""Formats that cannot win are not tried, unless the user names them."""

from __future__ import annotations

from edgegen.selection.candidates import Options, enumerate_node
from edgegen.selection.worth import hopeless
from edgegen.target import load_target
from tests.graphs import dense, source

HOST = load_target("host")


def test_sparse_layouts_are_tried_on_sparse_weights_only() -> None:
    full, sparse = (dense(source((1, 64)), 8, style) for style in ("any", "zeros"))
    assert "larger and slower" in str(hopeless(full, "csr"))
    assert hopeless(sparse, "csr") is None
    assert hopeless(full, "int8") is None and hopeless(full, "ham") is None


def test_blocks_of_n_in_m_are_tried_where_half_is_zero() -> None:
    full, halved = (dense(source((1, 64)), 8, style) for style in ("any", "2:4"))
    assert "keeps" in str(hopeless(full, "nm_block"))
    assert hopeless(halved, "nm_block") is None
    tried = [c.kernel.name for c in enumerate_node(halved, "n00", HOST, Options()).candidates if c.format == "nm_block"]
    assert tried == ["places", "pairs"]


def test_cser_counts_the_most_frequent_value_and_not_zeros() -> None:
    shifted = dense(source((1, 64)), 8, "binary")
    assert "larger" in str(hopeless(shifted, "csr"))
    assert hopeless(shifted, "cser") is None or "keeps 5" in str(hopeless(shifted, "cser"))


def test_a_format_named_by_the_user_is_always_tried() -> None:
    full = dense(source((1, 64)), 8, "any")
    tried = enumerate_node(full, "n00", HOST, Options(formats=(("n00", "csr"),)))
    assert [c.format for c in tried.candidates] == ["csr"]
    assert "csr" in [r.format for r in enumerate_node(full, "n00", HOST, Options()).rejections]
