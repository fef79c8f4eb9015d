"""Formats that cannot win are not tried, those that can are: structure planted in weights is found and used."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Const, Input, Op, TensorType
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.fully_connected import FullyConnected
from edgegen.selection import candidates
from edgegen.selection.candidates import Candidate, Options, enumerate_node
from edgegen.selection.choose import choose
from edgegen.selection.problem import totals
from edgegen.selection.worth import hopeless
from edgegen.target import load_target
from tests.graphs import dense, source

HOST = load_target("host")
CORTEX_M4 = load_target("cortex-m4")


def test_sparse_layouts_are_tried_on_sparse_weights_only() -> None:
    full, sparse = (dense(source((1, 64)), 8, style) for style in ("any", "zeros"))
    assert "larger and slower" in str(hopeless(full, "csr"))
    assert hopeless(sparse, "csr") is None
    assert hopeless(full, "int8") is None and hopeless(full, "ham") is None


def test_cser_counts_the_most_frequent_value_and_not_zeros() -> None:
    shifted = dense(source((1, 64)), 8, "binary")
    assert "larger" in str(hopeless(shifted, "csr"))
    assert hopeless(shifted, "cser") is None or "keeps 5" in str(hopeless(shifted, "cser"))


def test_a_format_named_by_the_user_is_always_tried() -> None:
    full = dense(source((1, 64)), 8, "any")
    tried = enumerate_node(full, "n00", HOST, Options(formats=(("n00", "csr"),)))
    assert [c.format for c in tried.candidates] == ["csr"]
    assert "csr" in [r.format for r in enumerate_node(full, "n00", HOST, Options()).rejections]


def loud(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """No zeros, every value as frequent as the next: an entropy code finds nothing in it."""
    return rng.integers(1, 128, shape) * rng.choice((-1, 1), shape)


def trained(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Distributed as weights usually are."""
    return np.clip(np.rint(rng.laplace(0, 25, shape)), -127, 127).astype(np.int64)


def blocks(rng: np.random.Generator, shape: tuple[int, int], zero: float) -> Array:
    """A share `zero` of the blocks of four columns is zero."""
    w = loud(rng, shape).reshape(-1, 4)
    w[rng.permutation(len(w)) < zero * len(w)] = 0
    return w.reshape(shape)


def one_of_four(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    w = loud(rng, shape).reshape(-1, 4)
    w[np.arange(4) != rng.integers(0, 4, len(w))[:, None]] = 0
    return w.reshape(shape)


def dead_rows(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """A third of the rows, which a last layer keeps for the sake of its shape."""
    w = trained(rng, shape)
    w[rng.permutation(shape[0])[: shape[0] // 3]] = 0
    return w


def fc(w: Array) -> Op:
    return FullyConnected(
        x=source((1, w.shape[1])), w=Const(value=w.astype(np.int8)), b=Const(value=np.zeros(len(w), np.int32)),
        requant=Requant.from_scales([2.0**-10], 0),
    )  # fmt: skip


def conv(w: Array) -> Op:
    """3 x 3 over w.shape[1] / 9 channels."""
    channels = w.shape[1] // 9
    return Conv2D(
        x=Input(name="x", tensor=TensorType((1, 6, 6, channels))),
        w=Const(value=w.astype(np.int8).reshape(-1, 3, 3, channels)), b=Const(value=np.zeros(len(w), np.int32)),
        window=Window((3, 3), padding=(1, 1, 1, 1)), pad_value=0, requant=Requant.from_scales([2.0**-10], 0),
    )  # fmt: skip


def test_blocks_count_and_not_weights() -> None:
    """Of weights kept by 60 %: in blocks they are worth the layout, strewn about they are not; N:M has no blocks."""
    rng = np.random.default_rng(3)
    in_blocks = blocks(rng, (32, 288), 0.4)
    strewn = rng.permutation(in_blocks.reshape(-1)).reshape(in_blocks.shape)
    for make in (fc, conv):
        assert hopeless(make(in_blocks), "block_1x4") is None
        assert "97% of the blocks" in str(hopeless(make(strewn), "block_1x4"))
        assert hopeless(make(in_blocks), "joint_gap_sham") is None
        assert "60% of the weights" in str(hopeless(make(strewn), "joint_gap_sham"))
    assert "90% of the blocks" in str(hopeless(fc(blocks(rng, (32, 288), 0.1)), "block_1x4"))


def test_columns_beyond_whole_blocks_count_as_kept() -> None:
    w = np.zeros((4, 7), dtype=np.int64)
    w[0, 0] = 1
    assert hopeless(fc(w), "block_1x4") is None
    assert "keeps 100%" in str(hopeless(fc(w[:, :3]), "block_1x4"))


@pytest.mark.parametrize(("values", "tried"), [(128, True), (129, False)])
def test_an_index_of_eight_bits_is_not_tried(values: int, tried: bool) -> None:
    w = np.resize(np.arange(values) - 64, (8, 64))
    assert (hopeless(fc(w), "palette") is None) is tried


def test_tans_is_tried_where_it_can_undercut_huffman() -> None:
    """One value in twenty costs Huffman a whole bit per weight; of 255 values tANS stores a table of 765 bytes."""
    rng = np.random.default_rng(4)
    assert "ham takes" in str(hopeless(conv(trained(rng, (32, 288))), "tans"))
    assert hopeless(conv(rng.choice((0, 9), (32, 288), p=(0.95, 0.05))), "tans") is None


#: these come within a tenth of a bit of the entropy of gaps and values
PATTERNS = {"gap_sham", "joint_gap_sham"}
#: these, of the entropy of values
ENTROPY = {"ham", "tans", *PATTERNS}
#: name -> (weights, most bits of a weight as stored, formats that know this structure)
PLANTED: dict[str, tuple[Callable[[np.random.Generator, tuple[int, int]], Array], float, set[str]]] = {
    "no structure": (loud, 8.0, {"int8"}),
    "trained": (trained, 8.0, {"int8", *ENTROPY}),
    "two values": (lambda rng, shape: rng.choice((-90, 33), shape), 1.1, {"binary", "palette", *ENTROPY}),
    "-a, 0, a": (
        lambda rng, shape: rng.choice((-7, 0, 7), shape, p=(0.25, 0.5, 0.25)), 2.05, {"ternary", "palette", *ENTROPY}
    ),
    "four bits": (lambda rng, shape: rng.integers(-8, 8, shape), 4.05, {"int4", "palette", *ENTROPY}),
    "two bits": (lambda rng, shape: rng.integers(-2, 2, shape), 2.05, {"int2", "palette", *ENTROPY}),
    "16 values of wide range": (lambda rng, shape: 17 * rng.integers(-7, 8, shape), 4.1, {"palette", *ENTROPY}),
    "blocks, 60 % zero": (lambda rng, shape: blocks(rng, shape, 0.6), 4.3, {"block_1x4", *PATTERNS}),
    "blocks, 45 % zero": (lambda rng, shape: blocks(rng, shape, 0.45), 5.8, {"block_1x4", *PATTERNS}),
    "one of four": (one_of_four, 2.7, {"nm_block", *PATTERNS}),
    "an offset, 10 % else": (
        lambda rng, shape: np.where(rng.random(shape) < 0.1, trained(rng, shape), 5), 2.2, {"cser_mcu", *ENTROPY}
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", [fc, conv])
@pytest.mark.parametrize("name", PLANTED)
def test_planted_structure_is_found(name: str, make: Callable[[Array], Op]) -> None:
    """By --optimize size, whatever made the weights."""
    weights, most, formats = PLANTED[name]
    op = make(weights(np.random.default_rng(5), (64, 576)))
    (choice,) = choose((enumerate_node(op, "n00", CORTEX_M4, Options()),), Options(optimize="size"), CORTEX_M4)
    assert choice.chosen.format in formats
    assert 8 * choice.chosen.lowered.weight_bytes / (64 * 576) <= most


@pytest.mark.parametrize("make", [fc, conv])
@pytest.mark.parametrize("name", ["blocks, 45 % zero", "one of four", "-a, 0, a", "trained", "dead rows"])
def test_nothing_left_untried_would_be_chosen(
    name: str, make: Callable[[Array], Op], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The goal that looks for few bytes finds no fewer when every format is tried, but for one in a hundred."""
    weights = dead_rows if name == "dead rows" else PLANTED[name][0]
    op = make(weights(np.random.default_rng(6), (32, 288)))

    def chosen() -> Candidate:
        return choose((enumerate_node(op, "n00", CORTEX_M4, Options()),), Options(optimize="size"), CORTEX_M4)[0].chosen

    quick = totals([chosen()])
    monkeypatch.setattr(candidates, "hopeless", lambda op, weight_format: None)
    best = totals([chosen()])
    assert quick.flash <= 1.01 * best.flash
    assert quick.instructions <= 1.3 * best.instructions
