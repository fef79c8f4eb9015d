"""Codes and bit streams against independent oracles and slow, obvious twins."""

from __future__ import annotations

from fractions import Fraction

import constriction
import numpy as np
import pytest

from edgegen.errors import FormatError
from edgegen.formats.bitstream import PADDING, BitReader, pack, windows
from edgegen.formats.huffman import Code, code_lengths


def kraft(lengths: list[int]) -> Fraction:
    return sum((Fraction(1, 1 << length) for length in lengths), Fraction(0))


@pytest.mark.parametrize("seed", range(5))
def test_unlimited_codes_cost_as_many_bits_as_the_huffman_trees_of_constriction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.geometric(0.02, size=int(rng.integers(2, 60)))
    tree = constriction.symbol.huffman.EncoderHuffmanTree(counts / counts.sum())
    coder = constriction.symbol.QueueEncoder()
    for symbol, count in enumerate(counts.tolist()):
        for _ in range(count):
            coder.encode_symbol(symbol, tree)
    _, bits = coder.get_compressed()
    assert sum(length * count for length, count in zip(code_lengths(counts, 64), counts.tolist(), strict=True)) == bits


def best_cost(counts: list[int], limit: int) -> int:
    """The least cost over all rising length vectors with a Kraft sum of 1 at most: exhaustive."""
    counts = sorted(counts, reverse=True)

    def walk(i: int, shortest: int, room: Fraction) -> int | None:
        if i == len(counts):
            return 0
        found = []
        for length in range(shortest, limit + 1):
            if Fraction(1, 1 << length) <= room:
                rest = walk(i + 1, length, room - Fraction(1, 1 << length))
                if rest is not None:
                    found.append(rest + counts[i] * length)
        return min(found, default=None)

    cost = walk(0, 1, Fraction(1))
    assert cost is not None
    return cost


@pytest.mark.parametrize("limit", [3, 4, 5])
@pytest.mark.parametrize(
    "counts", [[1, 1, 2, 3, 5, 8, 13], [100, 1, 1, 1], [1, 1, 1, 1, 1], [40, 20, 10, 5, 2, 1, 1, 1]]
)
def test_limited_codes_are_the_cheapest_of_all_under_the_limit(counts: list[int], limit: int) -> None:
    lengths = code_lengths(counts, limit)
    assert max(lengths) <= limit
    assert kraft(lengths) == 1
    assert sum(length * count for length, count in zip(lengths, counts, strict=True)) == best_cost(counts, limit)


def test_a_full_code_has_every_length_at_the_limit() -> None:
    assert code_lengths([1 << i for i in range(16)], 4) == [4] * 16


def test_more_symbols_than_codes_are_refused() -> None:
    with pytest.raises(FormatError, match="17 symbols do not fit codes of 4 bits"):
        code_lengths([1] * 17, 4)


def test_codes_rise_with_length_and_symbol() -> None:
    code = Code.for_counts([7, -3, 0, 5], [1, 1, 8, 2])
    assert code.symbols == (0, 5, -3, 7)
    assert code.lengths == (1, 2, 3, 3)
    assert code.codes == (0b0, 0b10, 0b110, 0b111)


def test_a_stored_code_gives_the_code_back() -> None:
    code = Code.for_values(np.random.default_rng(1).geometric(0.1, 500))
    assert Code.from_stored(code.stored, signed=False) == code
    single = Code.for_values(np.full(4, 9))
    assert single.stored.tolist() == [0, 0, 9, 0]
    assert Code.from_stored(single.stored, signed=False) == single


def test_a_code_is_stored_as_the_lengths_of_a_range_or_of_a_list() -> None:
    near = Code.for_counts([-1, 0, 2], [2, 5, 1])
    assert near.stored.tolist() == [3, 255, 0x12, 0x20]
    far = Code.for_counts([-100, 0, 90], [2, 5, 1])
    assert far.stored.tolist() == [0, 2, 156, 0, 90, 0x12, 0x02]
    assert Code.for_values(np.arange(-128, 128)).stored.size == 2 + 128
    assert Code.for_values(np.arange(-8, 8)).stored.size == 2 + 8
    for code in (near, far):
        assert Code.from_stored(code.stored, signed=True) == code


def test_a_code_without_symbols_is_stored_as_one_that_nothing_uses() -> None:
    assert Code((), ()).stored.tolist() == [0, 0, 0, 0]


def test_lengths_beyond_a_nibble_are_refused() -> None:
    with pytest.raises(FormatError, match="at most 15 bits, this one 19"):
        _ = Code.for_counts(range(20), [1 << i for i in range(20)], 20).stored


def test_lookup_agrees_with_the_walk_bit_by_bit() -> None:
    values = np.random.default_rng(2).geometric(0.2, 3000)
    code = Code.for_values(values, 9)
    stream = pack(*code.encode(values))
    reader = BitReader(stream)
    assert [code.read(reader) for _ in range(values.size)] == values.tolist()
    assert code.read_all(stream, values.size).tolist() == values.tolist()


@pytest.mark.parametrize("bits", [1, 3, 8, 10])
def test_multi_symbol_entries_hold_every_whole_code_of_their_window(bits: int) -> None:
    code = Code.for_counts([1, 2, 3, 4, 5], [100, 50, 10, 3, 1])
    indices, counts, used = code.multi_lookup(bits)
    for window in range(1 << bits):
        reader = BitReader(pack(np.array([window]), np.array([bits])))
        expected: list[int] = []
        total = 0
        while len(expected) < 4:
            index = code.read_index(reader)
            if total + code.lengths[index] > bits:
                break
            expected.append(index)
            total += code.lengths[index]
        assert indices[window, : counts[window]].tolist() == expected
        assert used[window] == total


def test_streams_are_most_significant_bit_first_and_padded() -> None:
    stream = pack(np.array([0b101, 0b0, 0b11111]), np.array([3, 1, 5]))
    assert stream.tolist() == [0b10101111, 0b10000000] + [0] * PADDING


def test_windows_see_the_next_bits_from_every_position() -> None:
    stream = np.random.default_rng(3).integers(0, 256, 20).astype(np.uint8)
    bits = "".join(f"{byte:08b}" for byte in stream) + "0" * 32
    for width in (1, 7, 12, 16, 24):
        assert windows(stream, width).tolist() == [int(bits[i : i + width], 2) for i in range(160)]


def test_the_end_of_a_stream_is_an_error() -> None:
    reader = BitReader(np.array([255], dtype=np.uint8))
    assert reader.bits(8) == 255
    with pytest.raises(FormatError, match="ends inside a code"):
        reader.bit()
