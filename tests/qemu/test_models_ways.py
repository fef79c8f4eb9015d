"""Every kernel with every format on every target: all their self-tests in one firmware; each finds no difference."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from edgegen.target import list_targets, load_target
from edgegen.verify.harness import Buffer, ModelInterface, build_firmware, run_firmware
from tests.c.compilers import unpack
from tests.c.ways import built, ways

HEADER = """#ifndef ALL_H
#define ALL_H
#include <stdint.h>
struct all { int32_t unused; };
void all_run(struct all *net, const int8_t input[1], uint32_t output[%d]);
#endif
"""


def program(folder: Path) -> ModelInterface:
    """A model whose outputs are the self-tests' counts of differing values, plus 1000 to show that they ran."""
    prefixes = []
    for way in ways():
        build = built(way)
        unpack({name: data for name, data in build.files.items() if name.endswith((".c", ".h"))}, folder)
        prefixes.append(build.prefix)
    (folder / "all.h").write_text(HEADER % len(prefixes))
    includes = "".join(f'#include "selftest/{prefix}_selftest.h"\n' for prefix in prefixes)
    calls = "".join(f"    output[{i}] = {prefix}_selftest() + 1000U;\n" for i, prefix in enumerate(prefixes))
    count = len(prefixes)
    head = f"void all_run(struct all *net, const int8_t input[1], uint32_t output[{count}])"
    body = f"{head}\n{{\n    (void)net;\n    (void)input;\n{calls}}}\n"
    (folder / "all.c").write_text(f'#include "all.h"\n{includes}{body}')
    sources = [name for p in prefixes for name in (f"{p}.c", f"selftest/{p}_selftest.c")]
    return ModelInterface(
        "all", (Buffer("int8_t", 1),), (Buffer("uint32_t", len(prefixes)),), ("all.c", *sources), "all.h"
    )


@pytest.mark.parametrize("name", list_targets())
def test_every_kernel_and_format_is_exact_on_every_target(
    name: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    target = load_target(name)
    assert target.emulator is not None
    need_tools(target.toolchain.cc, *(word for word in target.emulator.argv[:1] if "{" not in word))
    interface = program(tmp_path / "all")
    firmware = build_firmware(tmp_path / "all", target, tmp_path / "work", interface)
    ((raw,),) = run_firmware(firmware, [[b"\0"]]).outputs
    counts = struct.unpack(f"<{len(ways())}I", raw)
    assert {str(way): count - 1000 for way, count in zip(ways(), counts, strict=True) if count != 1000} == {}
