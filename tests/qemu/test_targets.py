from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edgegen.errors import ToolchainError, UsageError
from edgegen.target import Target, list_targets, load_target
from edgegen.verify.harness import Buffer, ModelInterface, build_firmware, run_firmware
from edgegen.verify.sizes import pieces
from tests.qemu import tiny

EMULATED = [name for name in list_targets() if name != "host"]


def ready(name: str, need_tools: Callable[..., None]) -> Target:
    target = load_target(name)
    assert target.emulator is not None
    need_tools(target.toolchain.cc, *(word for word in target.emulator.argv[:1] if word != "{elf}"))
    return target


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("name", list_targets())
def test_every_target_returns_the_right_bytes(
    name: str, shift: bool, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready(name, need_tools)
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE, shift=shift)
    inputs = tiny.vectors(5)
    result = run_firmware(firmware, inputs)
    assert [output for (output,) in result.outputs] == [model for _, model in tiny.expected(inputs)]
    assert result.nodes == ()


@pytest.mark.parametrize("name", list_targets())
def test_the_hook_yields_every_node_of_every_vector(name: str, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready(name, need_tools)
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE, hook=True)
    inputs = tiny.vectors(3)
    result = run_firmware(firmware, inputs)
    assert [[node.index for node in nodes] for nodes in result.nodes] == [[0, 1]] * 3
    assert [nodes[0].data for nodes in result.nodes] == [hidden for hidden, _ in tiny.expected(inputs)]


@pytest.mark.parametrize("name", EMULATED)
def test_sizes_are_the_model_s_alone_and_the_stack_is_measured(
    name: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready(name, need_tools)
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE)
    sizes = firmware.sizes
    assert (sizes.constants, sizes.data, sizes.bss, sizes.net) == (16 * 8 + 8 * 4, 0, 0, 12)
    assert 100 < sizes.code < 600
    assert (sizes.flash, sizes.ram) == (sizes.code + sizes.constants, 12)
    stack = run_firmware(firmware, tiny.vectors(2)).stack
    assert stack is not None and 16 <= stack <= 160


def test_a_model_that_divides_pays_for_the_library_routine(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready("cortex-m0", need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    plain = build_firmware(tiny.FOLDER, target, tmp_path / "plain", tiny.INTERFACE)
    (folder / "tiny.c").write_text(source.replace("acc = acc / 64;", "acc = acc / (8 * ((x == y) + 8));"))
    divides = build_firmware(folder, target, tmp_path / "divides", tiny.INTERFACE)
    files = {piece.file for piece in pieces((tmp_path / "divides" / "firmware.map").read_text())}
    assert any("_divsi3.o" in file for file in files)
    assert not any("unwind" in file for file in files)
    assert 200 < divides.sizes.code - plain.sizes.code < 1000


def test_the_deepest_stack_of_all_runs_is_reported(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready("cortex-m4", need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    deep = "    volatile int8_t deep[4000];\n    deep[0] = input[0];\n    (void)deep[0];\n    tiny_n00"
    (folder / "tiny.c").write_text(source.replace("    tiny_n00", deep, 1))
    firmware = build_firmware(folder, target, tmp_path / "work", tiny.INTERFACE)
    stack = run_firmware(firmware, tiny.vectors(2)).stack
    assert stack is not None and stack < 4000 + 200
    # The array is written at one end only; what is below it is what the nodes push.
    assert stack > 4000


def test_a_stack_that_overflows_is_an_error_and_not_a_wrong_result(
    tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready("cortex-m4", need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    deep = "    volatile int8_t deep[70000];\n    deep[0] = input[0];\n    (void)deep[0];\n    tiny_n00"
    (folder / "tiny.c").write_text(source.replace("    tiny_n00", deep, 1))
    firmware = build_firmware(folder, target, tmp_path / "work", tiny.INTERFACE)
    with pytest.raises(ToolchainError):
        run_firmware(firmware, tiny.vectors(1))


def test_cortex_m0_traps_the_unaligned_access_that_its_emulated_machine_would_forgive(
    tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    read = "    net->runs = *(const volatile uint32_t *)(const volatile void *)input & 0u;\n    tiny_n00"
    (folder / "tiny.c").write_text(source.replace("    tiny_n00", read, 1))
    inputs = tiny.vectors(1)
    for name, fits in (("cortex-m0", False), ("cortex-m3", True)):
        target = ready(name, need_tools)
        firmware = build_firmware(folder, target, tmp_path / name, tiny.INTERFACE, shift=True)
        if fits:
            assert run_firmware(firmware, inputs).outputs[0][0] == tiny.expected(inputs)[0][1]
        else:
            with pytest.raises(ToolchainError, match="processor faulted"):
                run_firmware(firmware, inputs)


@pytest.mark.parametrize("sequence", [0, 1, 3])
def test_state_is_reset_as_often_as_the_interface_says(
    sequence: int, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready("host", need_tools)
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, replace(tiny.INTERFACE, sequence=sequence))
    inputs = tiny.vectors(7)
    result = run_firmware(firmware, inputs)
    assert [output for (output,) in result.outputs] == [model for _, model in tiny.expected(inputs, sequence)]


@pytest.mark.parametrize("name", ["host", "cortex-m4", "rv32imc"])
def test_several_inputs_and_outputs_of_several_types_and_an_external_blob(
    name: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready(name, need_tools)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "duo.h").write_text(
        """#ifndef DUO_H
#define DUO_H
#include <stddef.h>
#include <stdint.h>
struct duo { const uint8_t *blob; size_t size; };
int duo_open(struct duo *net, const void *blob, size_t size);
void duo_run(struct duo *net, const int8_t a[2], const int16_t b[3], int32_t sum[1], float half[1]);
#endif
"""
    )
    (folder / "duo.c").write_text(
        """#include "duo.h"
int duo_open(struct duo *net, const void *blob, size_t size)
{
    net->blob = blob;
    net->size = size;
    return size == 5u && net->blob[0] == 1u ? 0 : -1;
}
void duo_run(struct duo *net, const int8_t a[2], const int16_t b[3], int32_t sum[1], float half[1])
{
    sum[0] = a[0] + a[1] + b[0] + b[1] + b[2] + net->blob[4];
    half[0] = (float)sum[0] / 2.0f;
}
"""
    )
    interface = ModelInterface(
        prefix="duo",
        inputs=(Buffer("int8_t", 2), Buffer("int16_t", 3)),
        outputs=(Buffer("int32_t", 1), Buffer("float", 1)),
        sources=("duo.c",),
        header="duo.h",
        blob="duo.bin",
    )
    (folder / "duo.bin").write_bytes(bytes([1, 2, 3, 4, 5]))
    firmware = build_firmware(folder, target, tmp_path / "work", interface)
    result = run_firmware(firmware, [[bytes([1, 255]), b"\x00\x01\x02\x00\x03\x00"]])
    assert result.outputs == (((266).to_bytes(4, "little"), b"\x00\x00\x05\x43"),)
    assert firmware.sizes.constants >= 5

    (folder / "duo.bin").write_bytes(bytes([9, 2, 3, 4, 5]))
    refused = build_firmware(folder, target, tmp_path / "work", interface)
    with pytest.raises(ToolchainError, match="refused its weights"):
        run_firmware(refused, [[bytes(2), bytes(6)]])


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("hook", [False, True])
def test_the_harness_is_clean_under_the_strict_flags(
    compiler: str, hook: bool, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools(compiler)
    target = load_target("host")
    other = replace(target, toolchain=replace(target.toolchain, cc=compiler))
    firmware = build_firmware(tiny.FOLDER, other, tmp_path, tiny.INTERFACE, hook=hook)
    inputs = tiny.vectors(2)
    assert run_firmware(firmware, inputs).outputs[1][0] == tiny.expected(inputs)[1][1]


def test_a_missing_compiler_is_named_with_the_package_that_brings_it(tmp_path: Path) -> None:
    target = load_target("cortex-m4")
    without = replace(target, toolchain=replace(target.toolchain, cc="arm-nowhere-gcc"))
    with pytest.raises(ToolchainError, match=r"arm-nowhere-gcc is not on PATH.*apt-get install gcc-arm-none-eabi") as e:
        build_firmware(tiny.FOLDER, without, tmp_path, tiny.INTERFACE)
    assert e.value.exit_code == 4


def test_a_missing_emulator_is_named_with_the_package_that_brings_it(
    tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = ready("cortex-m4", need_tools)
    assert target.emulator is not None
    firmware = build_firmware(tiny.FOLDER, target, tmp_path, tiny.INTERFACE)
    emulator = replace(target.emulator, argv=("qemu-nowhere", *target.emulator.argv[1:]))
    with pytest.raises(ToolchainError, match=r"qemu-nowhere is not on PATH.*apt-get install qemu-system-arm"):
        run_firmware(replace(firmware, target=replace(target, emulator=emulator)), tiny.vectors(1))
    with pytest.raises(UsageError, match="no \\[emulator\\]"):
        run_firmware(replace(firmware, target=replace(target, emulator=None)), tiny.vectors(1))


def test_a_compiler_error_shows_the_compiler_s_message(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready("host", need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    with (folder / "tiny.c").open("a") as file:
        file.write("int8_t narrow(int32_t x) { return x; }\n")
    with pytest.raises(ToolchainError, match=r"tiny\.c.*narrow"):
        build_firmware(folder, target, tmp_path / "work", tiny.INTERFACE)


def test_a_model_larger_than_flash_does_not_link(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready("cortex-m4", need_tools)
    small = replace(target, memory={**target.memory, "flash": replace(target.memory["flash"], size=512)})
    with pytest.raises(ToolchainError, match="FLASH"):
        build_firmware(tiny.FOLDER, small, tmp_path, tiny.INTERFACE)


@pytest.mark.parametrize("name", ["host", "cortex-m4"])
def test_a_model_that_never_ends_is_stopped(name: str, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready(name, need_tools)
    folder = tmp_path / "model"
    shutil.copytree(tiny.FOLDER, folder)
    source = (folder / "tiny.c").read_text()
    forever = "    for (volatile int forever = 0; forever == 0;) {\n    }\n    tiny_n00"
    (folder / "tiny.c").write_text(source.replace("    tiny_n00", forever, 1))
    firmware = build_firmware(folder, target, tmp_path / "work", tiny.INTERFACE)
    with pytest.raises(ToolchainError, match="no end after 2 s"):
        run_firmware(firmware, tiny.vectors(1), timeout=2.0)


def test_inputs_of_a_wrong_size_are_refused_before_the_run(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    firmware = build_firmware(tiny.FOLDER, ready("host", need_tools), tmp_path, tiny.INTERFACE)
    with pytest.raises(UsageError, match=r"vector 1 has inputs of \[15\] bytes, tiny takes \[16\]"):
        run_firmware(firmware, [[bytes(16)], [bytes(15)]])


def test_two_builds_of_the_same_model_are_the_same_file(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = ready("cortex-m4", need_tools)
    first = build_firmware(tiny.FOLDER, target, tmp_path / "work", tiny.INTERFACE).elf.read_bytes()
    second = build_firmware(tiny.FOLDER, target, tmp_path / "work", tiny.INTERFACE).elf.read_bytes()
    assert first == second
