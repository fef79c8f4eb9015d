from __future__ import annotations

from pathlib import Path

import pytest

from edgegen import resources
from edgegen.errors import UsageError
from edgegen.profile.cycles import CLASSES, EVENTS, core_cycles
from edgegen.target import FEATURES, list_targets, load_target
from edgegen.verify.emulator import command

MINIMAL = """
description = "a board"
port = "hosted"
[toolchain]
cc = "cc"
[isa]
features = ["clz"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "board.toml"
    path.write_text(text)
    return path


def test_the_built_in_targets_are_those_that_the_readme_promises() -> None:
    promised = {"cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "rv32imc", "host"}
    assert set(list_targets()) == promised


@pytest.mark.parametrize("name", list_targets())
def test_every_built_in_target_loads_and_has_a_port_with_sources(name: str) -> None:
    target = load_target(name)
    assert target.name == name
    assert list(target.port.glob("*.c"))
    assert target.emulator is not None
    assert (target.cycles.model == "none") == (not target.cycles.costs)
    assert hash(target) == hash(load_target(name)) and target == load_target(name)


def test_a_feature_is_asked_by_name() -> None:
    assert load_target("cortex-m4").has("dsp")
    assert not load_target("cortex-m3").has("dsp")
    assert load_target("cortex-m55").has("mve")
    assert not any(load_target("cortex-m0").has(feature) for feature in FEATURES)


def test_a_feature_that_nobody_defined_is_a_bug_and_not_a_no() -> None:
    with pytest.raises(AssertionError):
        load_target("cortex-m4").has("dps")


def test_a_path_works_like_a_name(tmp_path: Path) -> None:
    target = load_target(write(tmp_path, MINIMAL))
    assert (target.name, target.toolchain.cc, target.has("clz")) == ("board", "cc", True)
    assert target.emulator is None and target.cycles.model == "none"


def test_a_copy_of_a_built_in_file_is_the_same_target_under_its_folder_s_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = (resources.root("targets") / "cortex-m4" / "target.toml").read_text()
    (folder / "target.toml").write_text(text)
    mine, original = load_target(folder / "target.toml"), load_target("cortex-m4")
    assert mine.name == "mine"
    assert (mine.toolchain, mine.isa, mine.memory, mine.port) == (
        original.toolchain, original.isa, original.memory, original.port,
    )  # fmt: skip


def test_a_port_beside_the_file_wins_over_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "hosted").mkdir()
    assert load_target(write(tmp_path, MINIMAL)).port == tmp_path / "hosted"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"cortex-m5.*cortex-m4"):
        load_target("cortex-m5")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_target(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[isa]", "speed = 3\n[isa]"), r"\[toolchain\] has no key 'speed'"),
        (("[toolchain]", "[tools]"), r"the top level has no key 'tools'"),
        (('port = "hosted"', ""), "'port' is missing"),
        (('port = "hosted"', 'port = "nowhere"'), "nowhere"),
        (('cc = "cc"', ""), "toolchain.cc is missing"),
        (('cc = "cc"', "cc = 3"), "toolchain.cc must be a string"),
        (('features = ["clz"]', 'features = ["fast"]'), "'fast' is none of"),
        (('features = ["clz"]', "features = [1]"), "isa.features must be a list of strings"),
        (('features = ["clz"]', "word_bits = true"), "isa.word_bits must be an integer"),
        (('features = ["clz"]', 'decoder = "z80"'), "isa.decoder is 'z80'"),
        (("[isa]", "[memory.ram]\norigin = 0\nsize = 0\n[isa]"), "memory.ram: size must be positive"),
        (("[isa]", "[memory]\nram = 3\n[isa]"), "memory.ram must be a table"),
        (("[isa]", "[emulator]\nargv = []\n[isa]"), "emulator.argv must have"),
        (("[isa]", "[emulator]\nargv = ['x']\nplugins = 1\n[isa]"), "emulator.plugins must be true or false"),
        (("[isa]", "[cost]\nload = 'two'\n[isa]"), "cost.load must be a number"),
        (("[isa]", "[cycles]\nmodel = 'm'\nalu = 1\n[isa]"), "has no cost of mul"),
        (("[isa]", "[cycles]\nalu = 1\n[isa]"), r"\[cycles\] has no key 'alu'"),
        (("[isa]", "[isa"), "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_the_key(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in MINIMAL
    path = write(tmp_path, MINIMAL.replace(*change, 1))
    with pytest.raises(UsageError, match=message) as caught:
        load_target(path)
    assert str(path) in str(caught.value)


def test_cost_coefficients_have_free_names(tmp_path: Path) -> None:
    target = load_target(write(tmp_path, MINIMAL + "[cost]\ngemm24 = 0.84\nrow = 12\n"))
    assert dict(target.cost) == {"gemm24": 0.84, "row": 12.0}


def test_arguments_are_words_of_their_own_or_qemu_s_list() -> None:
    host, board = load_target("host").emulator, load_target("cortex-m4").emulator
    assert host is not None and board is not None
    assert command(host, Path("/a b/x"), ["v.bin", "o.bin"]) == ["/a b/x", "v.bin", "o.bin"]
    words = command(board, Path("/a b/x"), ["v.bin", "o.bin"])
    assert "enable=on,target=native,arg=v.bin,arg=o.bin" in words and words[-1] == "/a b/x"


def test_a_cost_may_be_none_but_not_forgotten(tmp_path: Path) -> None:
    table = "".join(f"{name} = 1\n" for name in CLASSES + EVENTS).replace("mve = 1", 'mve = "none"')
    cycles = load_target(write(tmp_path, MINIMAL + "[cycles]\nmodel = 'mine'\n" + table)).cycles
    assert cycles.model == "mine" and set(cycles.costs) == set(CLASSES + EVENTS) - {"mve"}


def test_cycles_are_counts_times_costs() -> None:
    costs = dict.fromkeys(CLASSES + EVENTS, 0.0) | {"alu": 1.0, "load": 2.0, "taken": 2.5}
    assert core_cycles({"alu": 10, "load": 3, "taken": 4, "mve": 0}, costs) == 26


def test_an_instruction_that_the_table_does_not_cost_makes_the_sum_unknown() -> None:
    costs = {name: 1.0 for name in CLASSES + EVENTS if name != "mve"}
    assert core_cycles({"alu": 10, "mve": 1}, costs) is None
    assert core_cycles({"alu": 10, "mve": 0}, costs) == 10
