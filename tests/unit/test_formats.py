"""Every format on the matrices that break encoders, and the definitions that other decoders rely on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import FormatError, UsageError
from edgegen.formats.base import Encoded, canonical_name, get, registry
from edgegen.formats.bitstream import BitReader
from edgegen.formats.cer import omega_of
from edgegen.formats.gap_sham import JointGapSham
from edgegen.formats.ham import Ham, stored_code
from edgegen.formats.huffman import Code
from edgegen.ir import Array

CATALOGUE = {
    "int8", "int4", "int2", "ternary", "binary", "palette", "csr", "gap_csr", "bitmap", "block_1x4", "nm_block", "cer",
    "cser", "cser_mcu", "ham", "sham", "gap_sham", "joint_gap_sham", "tans", "code",
}  # fmt: skip
#: formats that hold any int8 matrix
GENERAL = sorted(CATALOGUE - {"int4", "int2", "ternary", "binary", "cser_mcu", "nm_block"})


def sparse(shape: tuple[int, int], density: float, seed: int = 0, top: int = 127) -> Array:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(shape) < density, rng.integers(-top, top + 1, shape), 0)


def one_gap(gap: int) -> Array:
    w = np.zeros((2, 600), dtype=np.int64)
    w[0, 3], w[0, 4 + gap] = 5, -7
    w[1, gap] = 1
    return w


def one_group(length: int) -> Array:
    w = np.zeros((2, 700), dtype=np.int64)
    w[0, :length] = 3
    w[1, 5 : 5 + length] = -2
    return w


EDGES: dict[str, Callable[[], Array]] = {
    "a single value": lambda: np.full((3, 5), 7),
    "all zeros": lambda: np.zeros((4, 9), dtype=np.int64),
    "one entry": lambda: np.array([[-128]]),
    "two values": lambda: np.array([[1, -1, 1], [1, 1, -1]]),
    "two positive values": lambda: np.array([[3, 9, 3, 9, 9]]),
    "rows of nothing but the mode": lambda: np.array([[0] * 8, [1, 0, 2, 0, 0, 0, 0, 0], [0] * 8]),
    "empty rows and columns": lambda: np.pad(sparse((5, 13), 0.4), 2),
    "ties in counts": lambda: np.array([[1, 2, 3, 4], [4, 3, 2, 1]]),
    "one column": lambda: sparse((50, 1), 0.5),
    "one row": lambda: sparse((1, 50), 0.5),
    "every width of tail": lambda: sparse((3, 37), 0.9, top=1),
    "ternary of another magnitude": lambda: 5 * sparse((3, 70), 0.5, top=1),
    "four bits": lambda: np.clip(sparse((6, 45), 0.9, top=8), -8, 7),
    "two bits": lambda: np.random.default_rng(4).integers(-2, 2, (5, 41)),
    "all of int8": lambda: np.arange(-128, 128).reshape(4, 64),
    "a negative mode": lambda: np.where(sparse((5, 40), 0.2) != 0, 3, -9),
    "a mode far from the rest": lambda: np.where(sparse((5, 40), 0.2) != 0, -100, 100),
    "a wide dense matrix": lambda: np.random.default_rng(5).integers(-128, 128, (2, 3000)),
    "very few non-zeros": lambda: sparse((3, 5000), 0.002),
    "a skewed distribution that meets the code limit": lambda: np.repeat(
        np.arange(20), np.maximum(1, 2 ** np.arange(20) // 64)
    ).reshape(1, -1),
    **{f"a gap of {gap}": (lambda gap=gap: one_gap(gap)) for gap in (0, 14, 15, 16, 254, 255, 256, 257, 511, 512)},
    **{f"a group of {length}": (lambda length=length: one_group(length)) for length in (254, 255, 256, 510, 511)},
}


def test_the_registry_holds_the_whole_catalogue() -> None:
    assert set(registry()) == CATALOGUE
    for name, item in registry().items():
        assert (item.name, bool(item.layout), bool(item.coding)) == (name, True, True)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="unknown format 'zip'; there are: binary, bitmap"):
        get("zip")


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", GENERAL)
def test_general_formats_return_every_edge_case(name: str, edge: str) -> None:
    w = EDGES[edge]()
    assert np.array_equal(get(name).decode(get(name).encode(w)), w)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", sorted(CATALOGUE - set(GENERAL)))
def test_narrow_formats_return_an_edge_case_or_refuse_it(name: str, edge: str) -> None:
    w = EDGES[edge]()
    least, most = int(w.min()), int(w.max())
    distinct, mode = np.unique(w), int(omega_of(w)[0])
    fits = {
        "int4": least >= -8 and most <= 7,
        "int2": least >= -2 and most <= 1,
        "binary": distinct.size <= 2,
        "ternary": least >= -127 and np.unique(np.abs(distinct[distinct != 0])).size <= 1,
        "cser_mcu": least - mode >= -128 and most - mode <= 127,
        "nm_block": all(np.count_nonzero(row[i : i + 8]) <= 4 for row in w for i in range(0, w.shape[1] - 7, 8))
        or all(np.count_nonzero(row[i : i + 4]) <= 2 for row in w for i in range(0, w.shape[1] - 3, 4)),
    }[name]
    if fits:
        assert np.array_equal(get(name).decode(get(name).encode(w)), w)
    else:
        with pytest.raises(FormatError, match=f"format {name} holds"):
            get(name).encode(w)


@pytest.mark.parametrize("name", sorted(CATALOGUE - {"cer", "cser"}))
def test_values_beyond_int8_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="holds"):
        get(name).encode(np.array([[0, 128, 129]]))


@pytest.mark.parametrize("name", ["cer", "cser"])
@pytest.mark.parametrize("values", [np.arange(300), np.array([-32768, 32767]), np.array([130, 400, -9])])
def test_cer_and_cser_hold_more_than_256_values_and_wide_differences(name: str, values: Array) -> None:
    w = np.random.default_rng(6).choice(values, (20, 90))
    assert np.array_equal(get(name).decode(get(name).encode(w)), w)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_an_empty_matrix_is_refused(name: str) -> None:
    with pytest.raises(FormatError):
        get(name).encode(np.zeros((0, 4), dtype=np.int8))


def test_a_format_that_loses_something_is_caught() -> None:
    class Lossy(type(get("int8"))):  # type: ignore[misc]
        def decode(self, encoded: Encoded) -> Array:
            return super().decode(encoded) & ~1

    with pytest.raises(FormatError, match="did not return the 1x2 matrix"):
        Lossy().checked(np.array([[1, 2]]))


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_tables_are_flat_fixed_width_integers(name: str) -> None:
    encoded = get(name).encode(np.eye(4, 9, dtype=np.int8))
    for table in encoded.tables:
        assert table.values.ndim == 1
        assert table.values.dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32)


def test_the_worked_example_has_60_62_49_and_59_entries() -> None:
    w = np.zeros((5, 12), dtype=np.int64)
    for row, values in enumerate([[4] * 6 + [3, 2], [4] * 4, [4] * 4 + [3, 3, 2, 2], [4, 4, 4, 3], [4] * 4]):
        w[row, : len(values)] = values
    counts = {int(v): int(np.sum(w == v)) for v in omega_of(w)}
    assert counts == {0: 32, 4: 21, 3: 4, 2: 3}

    def entries(name: str) -> int:
        return sum(table.values.size for table in get(name).encode(w).tables)

    assert [w.size, entries("csr"), entries("cer"), entries("cser")] == [60, 62, 49, 59]


def test_omega_is_by_descending_count_then_ascending_value() -> None:
    assert omega_of(np.array([[5, 5, -1, -1, 3, 0, 0, 0]])).tolist() == [0, -1, 5, 3]


def test_cer_pads_absent_values_only_before_present_ones() -> None:
    encoded = get("cer").encode(np.array([[0, 0, 1, 2], [0, 1, 0, 0], [0, 0, 0, 2], [0, 0, 0, 0]]))
    assert encoded.table("omega").tolist() == [0, 1, 2]
    assert encoded.table("segments").tolist() == [0, 1, 2, 3, 3, 4]
    assert encoded.table("rows").tolist() == [0, 2, 3, 5, 5]
    assert encoded.table("columns").tolist() == [2, 3, 1, 3]


def test_cer_stores_differences_to_a_mode_that_is_not_zero() -> None:
    encoded = get("cer").encode(np.array([[-100, -100, 100, -100]]))
    assert encoded.table("omega").tolist() == [-100, 200]
    assert encoded.table("omega").dtype == np.int16


def test_cser_mcu_repeats_groups_of_more_than_255_columns() -> None:
    encoded = get("cser_mcu").encode(one_group(300))
    assert encoded.table("groups").tolist() == [3 | 255 << 8, 3 | 45 << 8, 254 | 255 << 8, 254 | 45 << 8]
    assert encoded.table("counts").tolist() == [2, 2]


def test_nm_block_takes_the_smallest_pattern_that_holds_the_matrix() -> None:
    for kept, pattern, bits in (
        ([], (1, 8), 1.5), ([0, 13], (1, 8), 1.5), ([1, 6], (1, 4), 2.5), ([1, 2], (2, 8), 3.0),
        ([3, 2, 9], (2, 8), 3.0), ([0, 2, 4, 7], (2, 4), 5.0), ([0, 1, 2], (4, 8), 6.0), ([4, 5, 6, 7, 8], (4, 8), 6.0),
    ):  # fmt: skip
        w = np.zeros((2, 64), dtype=np.int64)
        w[1, kept] = -128
        encoded = get("nm_block").checked(w)
        assert (encoded.scalar("kept"), encoded.scalar("group")) == pattern
        assert 8 * encoded.nbytes == bits * w.size
    with pytest.raises(FormatError, match="holds 1:8, .*4:8; the matrix has 3 in some 4 columns, 5 in some 8 columns"):
        get("nm_block").encode(np.array([[1, 2, 3, 0, 4, 5, 0, 0, 0]]))


def test_nm_block_stores_places_rising_and_pads_groups_with_zeros_and_rows_to_words() -> None:
    encoded = get("nm_block").encode(np.array([[0, 7, 0, 9, 5, 0, 0, 0, 0, 0, -1, 0, 3, 4]]))
    assert (encoded.scalar("kept"), encoded.scalar("group")) == (2, 4)
    assert encoded.table("places").tolist() == [1 | 3 << 2 | 0 << 4 | 1 << 6, 0 | 2 << 2]
    assert encoded.table("values").tolist() == [7, 5, 9, 0, 0, 0, -1, 0]
    assert encoded.table("tail").tolist() == [3, 4]


@pytest.mark.parametrize(("bits", "form"), [(8, (8, 8)), (4, (4, 8)), (4, (4, 4))])
def test_gap_csr_precedes_a_gap_beyond_its_field_with_padding(bits: int, form: tuple[int, int]) -> None:
    widest = (1 << bits) - 1
    gap_csr = get("gap_csr")
    for gap, entries in ((widest, 3), (widest + 1, 5)):
        encoded = gap_csr.encode_as(one_gap(gap), *form)  # type: ignore[attr-defined]
        assert int(encoded.table("counts").sum()) == entries
        assert np.array_equal(gap_csr.decode(encoded), one_gap(gap))


def test_int4_words_hold_four_neighbours_in_the_high_and_four_in_the_low_nibbles() -> None:
    encoded = get("int4").encode(np.array([[1, 2, 3, 4, 5, 6, 7, -8, -1, -2, -3]]))
    assert [f"{byte:02x}" for byte in encoded.table("weights")] == ["15", "26", "37", "48", "ef", "0d"]


def test_int2_words_hold_four_neighbours_per_field() -> None:
    encoded = get("int2").encode(np.array([[1] * 4 + [0] * 4 + [-1] * 4 + [-2] * 4 + [1, -2]]))
    assert [f"{byte:02x}" for byte in encoded.table("weights")] == ["4e", "4e", "4e", "4e", "09"]


@pytest.mark.parametrize("columns", [31, 33, 63, 65])
def test_rows_that_start_at_the_last_bit_of_a_word_are_read(columns: int) -> None:
    w = (
        np.random.default_rng(7).integers(0, 2, (33, columns)) * 3
    )  # one bit per weight: row r starts at bit r * columns
    assert any(row * columns % 32 == 31 for row in range(33))
    encoded = Ham().encode(w)
    assert np.array_equal(Ham().decode(encoded), w)
    reader = BitReader(encoded.table("stream"))
    code = stored_code(encoded, "value")
    assert [code.read(reader) for _ in range(w.size)] == w.ravel().tolist()


def test_matrices_with_a_code_in_common_store_equal_tables_of_it() -> None:
    first, second = sparse((6, 40), 0.5, seed=1, top=7), sparse((9, 11), 0.5, seed=2, top=5)
    code = Code.for_values(np.concatenate((first.ravel(), second.ravel())))
    stored = [Ham().checked(w, code) for w in (first, second)]
    assert [stored_code(item, "value") for item in stored] == [code, code]
    with pytest.raises(FormatError, match="no code for 99"):
        Ham().encode(np.full((2, 2), 99), code)


def test_a_last_code_that_ends_on_a_word_boundary_is_read() -> None:
    w = np.random.default_rng(8).integers(0, 2, (4, 32))
    assert Ham().encode(w).table("stream").size == 16 + 8
    assert np.array_equal(Ham().decode(Ham().encode(w)), w)


def test_a_joint_code_escapes_rare_pairs() -> None:
    w = sparse((20, 300), 0.2)
    encoded = JointGapSham(limit=8).encode(w)
    assert encoded.scalar("escape") >= 0
    assert encoded.scalar("longest") <= 8
    assert np.array_equal(JointGapSham(limit=8).decode(encoded), w)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_specification_has_an_entry_that_names_every_table_and_scalar(name: str, project: Path) -> None:
    text = (project / "runtime_c" / "SPEC.md").read_text()
    assert f"\n### {name}\n" in text
    entry = text.split(f"\n### {name}\n")[1].split("\n#")[0]
    encoded = get(name).encode(np.eye(4, 9, dtype=np.int8))
    if name != "code":
        names = [t.name for t in encoded.tables] + [scalar for scalar, _ in encoded.scalars]
        assert [item for item in names if f"`{item}`" not in entry and name != "cser"] == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gap-sHAM", "gap_sham"),
        ("joint gap-sHAM", "joint_gap_sham"),
        ("CSR", "csr"),
        ("1x4 blocks", "block_1x4"),
        ("straight-line code", "code"),
        ("index_map", "palette"),
        ("palette", "palette"),
        ("int16", "int16"),
        ("-", "-"),
    ],
)
def test_a_format_is_meant_by_its_name_or_title_in_any_spelling(said: str, meant: str) -> None:
    assert canonical_name(said) == meant


def test_no_two_formats_can_be_meant_by_one_name() -> None:
    known = [(f.name, f.title) for f in registry().values()]
    assert all(canonical_name(text) == name for name, title in known for text in (name, title or name))


def test_nm_block_takes_the_pattern_of_fewest_bytes_for_the_columns_there_are() -> None:
    w = np.zeros((8, 12), dtype=np.int8)
    w[:, ::8] = 5  # 1:8 would leave four columns dense
    encoded = get("nm_block").checked(w)
    assert (encoded.scalar("kept"), encoded.scalar("group")) == (1, 4)
    wide = np.zeros((8, 64), dtype=np.int8)
    wide[:, ::8] = 5
    assert get("nm_block").checked(wide).scalar("group") == 8
