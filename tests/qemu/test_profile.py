from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import struct
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from edgegen import resources
from edgegen.errors import ToolchainError, UsageError
from edgegen.profile.cycles import CLASSES
from edgegen.profile.measure import NodeLabel, Profile, profile, profile_firmware
from edgegen.profile.plugin import cache_folder, plugin_library
from edgegen.profile.regions import find_regions
from edgegen.profile.render import bar, load_profile, render_table
from edgegen.target import list_targets, load_target
from edgegen.verify.emulator import run_program
from edgegen.verify.harness import Buffer, ModelInterface, build_firmware, run_firmware
from edgegen.verify.toolchain import STRICT_FLAGS, run_tool
from tests.qemu import tiny

DATA = Path(__file__).parent / "data"
PROFILED = [name for name in list_targets() if name != "host"]
Need = Callable[..., None]


def ready(name: str, need_tools: Need) -> None:
    target = load_target(name)
    assert target.emulator is not None
    need_tools(target.toolchain.cc, target.emulator.argv[0], "cc")


def loop_interface(source: str) -> ModelInterface:
    return ModelInterface("loop", (Buffer("int8_t", 4),), (Buffer("int8_t", 4),), (source,), "loop.h")


def profile_tiny(name: str, need_tools: Need, workdir: Path, labels: tuple[NodeLabel, ...] = ()) -> Profile:
    ready(name, need_tools)
    vector = tiny.vectors(1)[0]
    return profile(tiny.FOLDER, load_target(name), tiny.INTERFACE, labels=labels, vector=vector, workdir=workdir)


def test_a_loop_counted_by_hand_has_exactly_these_instructions_and_cycles(tmp_path: Path, need_tools: Need) -> None:
    ready("cortex-m4", need_tools)
    result = profile(DATA / "loop", load_target("cortex-m4"), loop_interface("loop_thumb.c"), workdir=tmp_path)
    count, copy, page = result.nodes
    kernel = 6
    assert count.instructions == 2 + 2 * 1000 + 1 + 50 * (3 + kernel) + 1
    assert copy.instructions == 8 + kernel
    assert page.instructions == 6 and page.counts["load"] == 1 and page.fetched == 12
    assert result.overhead.instructions == 9
    assert result.instructions == count.instructions + copy.instructions + page.instructions + 9

    kernel_cycles = 1 + 2 + 1 + 3 + 1 + (1 + 2)
    loops = 1000 * 2 + 999 * 2 + 1 + 50 * (3 + kernel_cycles + 1 + 1) + 49 * 2
    assert count.cycles == 3 + 1 + loops + 5
    assert copy.cycles == 3 + 1 + 3 + kernel_cycles + 2 + 1 + 3 + 1 + 5
    assert page.cycles == 3 + 1 + 1 + 2 + 1 + 5
    assert result.overhead.cycles == 5 + 1 + 1 + 3 + 1 + 3 + 1 + 3 + 7

    assert (count.flash_reads, copy.flash_reads, result.overhead.flash_reads) == (150, 4, 0)
    assert count.counts["taken"] == 999 + 49 + 2 * 50 + 1
    assert (count.counts["load"], count.counts["load_next"], count.counts["address_wait"]) == (100, 50, 50)
    assert (copy.counts["unaligned"], copy.counts["store_next"]) == (1, 1)
    assert result.cycles.total == count.cycles + copy.cycles + page.cycles + result.overhead.cycles
    assert sum(count.counts[name] for name in CLASSES) == count.instructions


def test_wait_states_add_to_every_flash_read(tmp_path: Path, need_tools: Need) -> None:
    ready("cortex-m4", need_tools)
    target = load_target("cortex-m4")
    flash = replace(target.memory["flash"], wait_states=4)
    slow = replace(target, memory={**target.memory, "flash": flash})
    interface = loop_interface("loop_thumb.c")
    fast = profile(DATA / "loop", target, interface, workdir=tmp_path)
    waiting = profile(DATA / "loop", slow, interface, workdir=tmp_path)
    assert fast.cycles.total is not None and waiting.cycles.total == fast.cycles.total + 4 * 154
    assert waiting.cycles.wait_states == 4


def test_a_risc_v_loop_counted_by_hand(tmp_path: Path, need_tools: Need) -> None:
    ready("rv32imc", need_tools)
    result = profile(DATA / "loop", load_target("rv32imc"), loop_interface("loop_rv32.c"), workdir=tmp_path)
    assert [node.instructions for node in result.parts] == [1 + 2 * 1000 + 1, 3, 10]
    assert (result.cycles.model, result.cycles.total) == ("none", None)


@pytest.mark.parametrize("name", ["cortex-m4", "cortex-m0", "rv32imc"])
def test_the_plugin_counts_what_the_emulator_s_own_trace_shows(name: str, tmp_path: Path, need_tools: Need) -> None:
    ready(name, need_tools)
    target = load_target(name)
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE)
    vector = tiny.vectors(1)[0]
    measured = profile_firmware(firmware, vector)

    regions = find_regions(firmware.elf, "tiny")
    (tmp_path / "vectors.bin").write_bytes(vector[0])
    options = ["-singlestep", "-d", "exec,nochain", "-D", str(tmp_path / "trace.log")]
    args = ["vectors.bin", "outputs.bin", "report.bin"]
    assert run_program(target, firmware.elf, args, tmp_path, options=options).status == 0
    entries = {entry.start: entry.index for entry in regions.entries}
    counts: Counter[int] = Counter()
    current: int | None = None
    for line in (tmp_path / "trace.log").read_text().splitlines():
        found = re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line)
        if found is None:
            continue
        address = int(found[1], 16)
        if address == regions.run.start:
            current = -1
        elif current is not None and regions.caller.start <= address < regions.caller.end:
            current = None
        elif current is not None:
            inside = regions.run.start <= address < regions.run.end
            current = -1 if inside else entries.get(address, current)
        if current is not None:
            counts[current] += 1
    assert {node.index: node.instructions for node in measured.parts} == dict(counts)


@pytest.mark.parametrize("name", PROFILED)
def test_every_emulated_target_can_be_profiled_and_twice_the_same(name: str, tmp_path: Path, need_tools: Need) -> None:
    first = profile_tiny(name, need_tools, tmp_path / "one")
    second = profile_tiny(name, need_tools, tmp_path / "two")
    assert first.to_json() == second.to_json()
    assert [node.op for node in first.nodes] == ["fully_connected", "fully_connected"]
    # 128 and 32 weights, each read once from flash, and at most a literal or two.
    assert 128 <= first.nodes[0].flash_reads <= 130 and 32 <= first.nodes[1].flash_reads <= 34
    assert first.nodes[0].instructions > 128 * 3
    assert first.nodes[0].fetched >= 2 * first.nodes[0].instructions
    assert (first.cycles.total is None) == (load_target(name).cycles.model == "none")
    if first.cycles.total is not None:
        assert first.cycles.total > first.instructions
    assert first.stack is not None and first.sizes.flash == first.sizes.code + 160


def test_the_profiled_file_is_the_one_that_ships(tmp_path: Path, need_tools: Need) -> None:
    ready("cortex-m4", need_tools)
    target = load_target("cortex-m4")
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE)
    before = firmware.elf.read_bytes()
    profile_firmware(firmware)
    assert firmware.elf.read_bytes() == before
    hooked = build_firmware(tiny.FOLDER, target, tmp_path / "hook", tiny.INTERFACE, hook=True)
    with pytest.raises(UsageError, match="not the code that ships"):
        profile_firmware(hooked)


def test_the_result_under_the_plugin_is_the_result_without(tmp_path: Path, need_tools: Need) -> None:
    ready("cortex-m4", need_tools)
    firmware = build_firmware(tiny.FOLDER, load_target("cortex-m4"), tmp_path, tiny.INTERFACE)
    vectors = tiny.vectors(1)
    measured = profile_firmware(firmware, vectors[0])
    assert run_firmware(firmware, vectors).stack == measured.stack


def test_the_host_cannot_be_profiled(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="host cannot be profiled"):
        profile(tiny.FOLDER, load_target("host"), tiny.INTERFACE, workdir=tmp_path)


def test_a_model_without_node_functions_says_so(tmp_path: Path, need_tools: Need) -> None:
    ready("cortex-m4", need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    (folder / "tiny.c").write_text(source.replace("tiny_n0", "tiny_step"))
    with pytest.raises(ToolchainError, match="tiny_n<ii>_"):
        profile(folder, load_target("cortex-m4"), tiny.INTERFACE, workdir=tmp_path / "work")


class Thumb(ctypes.Structure):
    """struct thumb of targets/plugin/thumb.h."""

    _fields_ = (
        ("klass", ctypes.c_int),
        ("registers", ctypes.c_uint),
        ("loads", ctypes.c_uint16),
        ("address", ctypes.c_uint16),
        ("by_register", ctypes.c_bool),
    )


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory, need_tools: Need) -> ctypes.CDLL:
    need_tools("cc")
    library = tmp_path_factory.mktemp("thumb") / "thumb.so"
    source = resources.root("targets") / "plugin" / "thumb.c"
    subprocess.run(["cc", "-std=c99", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.thumb_decode.restype = Thumb
    loaded.thumb_decode.argtypes = (ctypes.c_char_p, ctypes.c_size_t)
    return loaded


def class_names(decoder: ctypes.CDLL) -> tuple[str, ...]:
    pointers = (ctypes.c_char_p * len(CLASSES)).in_dll(decoder, "thumb_class_names")
    return tuple((name or b"").decode() for name in pointers)


def test_the_plugin_and_the_targets_name_the_same_classes(decoder: ctypes.CDLL) -> None:
    assert class_names(decoder) == CLASSES


def test_every_thumb_instruction_falls_into_its_class(decoder: ctypes.CDLL, tmp_path: Path, need_tools: Need) -> None:
    need_tools("arm-none-eabi-gcc", "arm-none-eabi-objcopy")
    source = DATA / "thumb_classes.S"
    cpu = ["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"]
    subprocess.run(["arm-none-eabi-gcc", *cpu, "-c", str(source), "-o", "x.o"], check=True, cwd=tmp_path)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "x.o", "x.bin"], check=True, cwd=tmp_path)
    code = (tmp_path / "x.bin").read_bytes()
    lines = [line.split("@") for line in source.read_text().splitlines() if re.match(r"    \w.* @ \w", line)]
    assert {words.split()[0] for _, words in lines} == set(CLASSES) - {"load_next", "store_next"}
    names = class_names(decoder)
    position = 0
    for text, expected in lines:
        size = 4 if struct.unpack_from("<H", code, position)[0] >> 11 in (0x1D, 0x1E, 0x1F) else 2
        got = decoder.thumb_decode(code[position : position + size], size)
        words = expected.split()
        registers = int(words[1]) if len(words) > 1 else 0
        assert (names[got.klass], got.registers) == (words[0], registers), text.strip()
        position += size


def test_the_plugin_is_compiled_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need_tools: Need
) -> None:
    need_tools("cc")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        libraries = set(pool.map(lambda _: plugin_library(), range(4)))
    (library,) = libraries
    assert library.parent == tmp_path / "edgegen"
    written = library.stat().st_mtime_ns
    monkeypatch.setenv("PATH", "/nowhere")
    assert plugin_library() == library and library.stat().st_mtime_ns == written
    assert os.listdir(library.parent) == [library.name]


def test_without_a_host_compiler_the_message_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolchainError, match="apt-get install gcc"):
        plugin_library()


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_plugin_is_clean_under_the_strict_flags(compiler: str, tmp_path: Path, need_tools: Need) -> None:
    need_tools(compiler)
    sources = [str(path) for path in sorted((resources.root("targets") / "plugin").glob("*.c"))]
    run_tool([compiler, *STRICT_FLAGS, "-shared", "-fPIC", *sources, "-o", "x.so"], tmp_path)


def test_a_relative_cache_variable_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "edgegen"


def test_the_plugin_works_from_a_folder_with_spaces_and_commas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need_tools: Need
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a, b"))
    result = profile_tiny("cortex-m4", need_tools, tmp_path / "work, here")
    assert result.instructions > 1000


def test_labels_name_the_nodes_and_the_table_compares(tmp_path: Path, need_tools: Need) -> None:
    labels = (NodeLabel(0, "fc1", "FullyConnected", 128), NodeLabel(1, "fc2", "FullyConnected", 32))
    result = profile_tiny("cortex-m4", need_tools, tmp_path, labels)
    document = result.to_json()
    assert document["macs"] == 160 and document["nodes"][0]["name"] == "fc1"
    document["nodes"][0]["instructions"] = 2 * result.nodes[0].instructions
    (tmp_path / "other.json").write_text(json.dumps(document))
    console = Console(width=140, record=True, file=(tmp_path / "out").open("w"))
    console.print(render_table(result, load_profile(tmp_path / "other.json")))
    text = console.export_text()
    assert "-50.0 %" in text and f"{result.nodes[0].instructions / 128:.3f}" in text
    assert f"{result.instructions:,} instructions (=)" in text


def test_a_file_that_is_no_profile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(UsageError, match="cannot be read"):
        load_profile(path)
    path.write_text("{")
    with pytest.raises(UsageError, match="is not JSON"):
        load_profile(path)
    path.write_text("[]")
    with pytest.raises(UsageError, match="is not a profile"):
        load_profile(path)


@pytest.mark.parametrize(("value", "text"), [(0, ""), (80, "██████████"), (40, "█████"), (41, "█████▏"), (1, "▏")])
def test_a_bar_is_exact_to_an_eighth(value: int, text: str) -> None:
    assert bar(value, 80, width=10) == text
