"""External weights: whatever the file holds, `<p>_open` says no unless it is its own, and reads nothing outside."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from edgegen.build import Build
from edgegen.emit import blob
from edgegen.emit.artefacts import write
from edgegen.pipeline import compile_model
from tests import graphs as g

#: every mutation works on a copy of exactly its size on the heap, so that AddressSanitizer sees any read beyond it
DRIVER = """
#include "net.h"
#include "eg_blob.h"
#include "net_selftest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct net net;
static uint8_t file[1 << 20];
static uint32_t state = 1u;
static uint32_t draw(void) { state = state * 1664525u + 1013904223u; return state >> 8; }

/* 1 when the copy is refused, or is the file itself and computes what the reference does. */
static int safe(const uint8_t *bytes, size_t size, size_t whole)
{
    int same = (size == whole) && (memcmp(bytes, file, whole) == 0);
    uint8_t *copy = aligned_alloc(8, (size + 15) / 8 * 8);
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    memcpy(exact, bytes, size);
    int32_t status = net_open(&net, exact, size);
    if (same ? status != 0 : status >= 0) { fprintf(stderr, "status %d, same %d\\n", (int)status, same); return 0; }
    if (same && net_selftest(copy, size) != 0) { fputs("the whole file computes something else", stderr); return 0; }
    int8_t in[NET_INPUT_SIZE] = { 0 }, out[NET_OUTPUT_SIZE];
    if (!same && net_run(&net, in, out) != EG_ERR_CLOSED) { fputs("ran while closed", stderr); return 0; }
    free(copy); free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    FILE *f = fopen(argv[argc - 1], "rb");
    size_t size = fread(file, 1, sizeof file, f);
    fclose(f);
    static uint8_t bytes[1 << 20];
    if (!safe(file, size, size)) { return 1; }
    for (size_t cut = 0; cut < size; cut += 1 + size / 500) { if (!safe(file, cut, size)) { return 2; } }
    for (uint32_t i = 0; i < 3000; i++) {
        memcpy(bytes, file, size);
        uint32_t flips = 1 + draw() % 4;
        for (uint32_t k = 0; k < flips; k++) { bytes[draw() % size] ^= (uint8_t)(1u << (draw() % 8)); }
        if (!safe(bytes, size, size)) { return 3; }
    }
    for (uint32_t i = 0; i < 2000; i++) {
        static const uint32_t hostile[6] = { 0, 1, 0x7fffffffu, 0x80000000u, 0xfffffff8u, 0xffffffffu };
        memcpy(bytes, file, size);
        uint32_t word = i % 2 ? hostile[draw() % 6] : draw();
        memcpy(&bytes[4 * (draw() % 40)], &word, 4);
        size_t length = i % 5 ? size : size + 1 + draw() % 64;
        if (!safe(bytes, length, size)) { return 4; }
    }
    if (net_open(&net, file + 1, size) != EG_ERR_POINTER || net_open(&net, NULL, size) != EG_ERR_POINTER) { return 5; }
    puts("safe");
    return 0;
}
"""


@pytest.fixture
def built() -> Build:
    x = g.source((1, 6, 6, 8))
    layer = g.conv2d(g.depthwise(g.conv2d(x, 8)), 4)
    return compile_model(g.graph(layer, x), "host", prefix="net", external=True)


def test_damaged_files_are_refused_and_never_read_beyond_their_end(
    built: Build, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("clang")
    write(tmp_path / "net", built.files)
    (tmp_path / "driver.c").write_text(DRIVER)
    flags = ["-std=c11", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-D_GNU_SOURCE"]
    sources = ["driver.c", "net/net.c", "net/selftest/net_selftest.c"]
    command = ["clang", *flags, "-Inet", "-Inet/selftest", *sources, "-o", "driver"]
    subprocess.run(command, cwd=tmp_path, check=True)
    run = subprocess.run(["./driver", "net/net_weights.bin"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (run.returncode, run.stdout) == (0, "safe\n"), run.stderr[-2000:]


def test_the_directory_describes_the_file(built: Build) -> None:
    packed = blob.pack(built.plan, built.graph.sha256)
    assert built.plan.sharing.tables and len(packed.sections) == 1 + len(built.plan.steps)
    assert built.files["net_weights.bin"] == packed.data
    assert packed.sections[-1].offset + packed.sections[-1].size == len(packed.data)
    for section in packed.sections:
        assert section.offset % 8 == 0
        assert crc32(packed.data[section.offset : section.offset + section.size]) == section.crc


def test_every_table_lies_where_its_offset_says(built: Build) -> None:
    packed = blob.pack(built.plan, built.graph.sha256)
    for step in built.plan.steps:
        for table in step.choice.chosen.lowered.tables:
            start = packed.offsets[step.name, table.name]
            assert packed.data[start : start + table.nbytes] == table.values.tobytes()


def test_weights_are_not_in_the_source_as_well(built: Build) -> None:
    assert b"_n00_conv2d_weights" not in built.files["net.c"] + built.files["net_weights.h"]
