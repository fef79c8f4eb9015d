"""Every format on matrices that hypothesis invents."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.errors import FormatError
from edgegen.formats.base import get, registry
from edgegen.formats.bitstream import BitReader, pack
from edgegen.formats.gap_sham import JointGapSham
from edgegen.formats.ham import stored_code
from edgegen.formats.huffman import Code
from edgegen.formats.nm_block import PATTERNS, NmBlock, Pattern
from edgegen.ir import Array


@st.composite
def matrices(draw: st.DrawFn) -> Array:
    """Any shape, any number of distinct values, any mode, any density."""
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 700))
    values = draw(st.lists(st.integers(-128, 127), min_size=1, max_size=20, unique=True))
    density = draw(st.sampled_from([0.0, 0.003, 0.05, 0.3, 1.0]))
    mode = draw(st.sampled_from([0, 0, values[0]]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return np.where(rng.random((rows, columns)) < density, rng.choice(values, (rows, columns)), mode)


@pytest.mark.parametrize("name", sorted(registry()))
@given(w=matrices())
def test_decode_returns_what_encode_took_or_encode_refuses(name: str, w: Array) -> None:
    try:
        encoded = get(name).encode(w)
    except FormatError:
        assert name in ("int4", "int2", "ternary", "binary", "cser_mcu", "nm_block")
        return
    assert np.array_equal(get(name).decode(encoded), w)


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 90),
    pattern=st.sampled_from(PATTERNS),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_pattern_of_n_in_m_returns_what_it_took(rows: int, columns: int, pattern: Pattern, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rank = rng.permuted(np.tile(np.arange(pattern.m), (rows, columns // pattern.m, 1)), axis=2).reshape(rows, -1)
    kept = np.pad(rank, ((0, 0), (0, columns % pattern.m))) < rng.integers(0, pattern.n + 1)
    w = np.where(kept, rng.integers(-128, 128, (rows, columns)), 0)
    item = NmBlock()
    assert np.array_equal(item.decode(item.encode_as(w, pattern)), w)
    assert item.checked(w).nbytes <= item.encode_as(w, pattern).nbytes + 8 * rows


@given(w=matrices(), limit=st.integers(8, 12))
def test_joint_codes_of_every_limit_return_what_they_took(w: Array, limit: int) -> None:
    item = JointGapSham(limit, symbol_bits=0)
    assert np.array_equal(item.decode(item.encode(w)), w)


@given(w=matrices())
def test_ham_is_what_a_walk_bit_by_bit_reads(w: Array) -> None:
    encoded = get("ham").encode(w)
    code, reader = stored_code(encoded, "value"), BitReader(encoded.table("stream"))
    assert [code.read(reader) for _ in range(w.size)] == w.ravel().tolist()


@given(
    counts=st.dictionaries(st.integers(-128, 127), st.integers(1, 10**6), max_size=256),
    limit=st.integers(8, 15),
    signed=st.booleans(),
)
def test_stored_codes_come_back(counts: dict[int, int], limit: int, signed: bool) -> None:
    symbols = [symbol if signed else symbol & 255 for symbol in counts]
    code = Code.for_counts(symbols, counts.values(), limit)
    assert Code.from_stored(code.stored, signed) == (code if counts else Code((0,), (0,)))
    assert code.stored.size <= 130


@given(counts=st.lists(st.integers(1, 10**6), min_size=1, max_size=200), limit=st.integers(8, 16))
def test_codes_are_prefix_free_and_complete_under_the_limit(counts: list[int], limit: int) -> None:
    code = Code.for_counts(range(len(counts)), counts, limit)
    texts = sorted(f"{c:0{n}b}" if n else "" for c, n in zip(code.codes, code.lengths, strict=True))
    assert code.longest <= limit
    assert all(not b.startswith(a) for a, b in pairwise(texts))
    assert sum(2 ** (limit - n) for n in code.lengths) == 2**limit


@given(fields=st.lists(st.integers(0, 32).flatmap(lambda n: st.tuples(st.integers(0, 2**n - 1), st.just(n)))))
def test_packed_fields_read_back(fields: list[tuple[int, int]]) -> None:
    codes, lengths = (np.array([f[i] for f in fields], dtype=np.int64) for i in (0, 1))
    reader = BitReader(pack(codes, lengths))
    assert [reader.bits(int(n)) for n in lengths] == codes.tolist()
