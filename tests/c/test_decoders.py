"""The decoders of runtime_c alone, under the sanitizers, on streams written by the Python coders."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.formats.bitstream import PADDING, pack
from edgegen.formats.huffman import Code
from edgegen.ir import Array
from edgegen.kernels.fc_common import Reader
from edgegen.kernels.huffman_rows import work_bytes

PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "eg_bits.h"
#include "eg_huffman.h"
#include "vectors.h"

/* Copies on the heap: the sanitizer sees any access beyond their ends. */
static void *copy(const void *from, size_t bytes)
{
    return memcpy(malloc(bytes), from, bytes);
}

/* One code after another: lookup tables made in Python and here. */
static int codes(const uint8_t *bytes, const uint8_t *code)
{
    struct eg_huffman unpacked;
    uint16_t *const work = malloc(WORK_BYTES);
    uint16_t *const built = malloc(sizeof(uint16_t) << BITS);
    uint32_t at = 0;
    uint32_t with_built = 0;
    eg_huffman_open(&unpacked, code, work);
    eg_huffman_single(&unpacked, BITS, built);
    for (size_t i = 0; i < sizeof expected; i++) {
        const uint32_t window = eg_peek(bytes, at);
        uint32_t entry = lut[window >> (32 - BITS)];
        if (entry == 0u && WALKS) {
            entry = eg_walk_code(window, BITS, walk, symbols);
        }
        at += entry >> 8;
        const uint32_t other = eg_huffman_next(&unpacked, built, 32 - BITS, eg_peek(bytes, with_built));
        with_built += other >> 8;
        if ((entry & 255u) != expected[i] || (other & 255u) != expected[i] || at != with_built) {
            printf("symbol %zu: %u and %u, expected %u\\n", i, entry & 255u, other & 255u, expected[i]);
            return 1;
        }
    }
    free(built);
    free(work);
    return at == STREAM_BITS ? 0 : 2;
}

/* Rows of so many symbols, from up to four codes per lookup. */
static int rows(const uint8_t *bytes, const uint8_t *code, int32_t columns)
{
    struct eg_huffman_rows state;
    uint8_t *const work = malloc((6u << BITS) + WORK_BYTES);
    eg_huffman_rows_open(&state, code, bytes, BITS, work);
    for (size_t i = 0; i < MULTI; i++) {
        if (state.weights[i] != multi_weights[i] || state.meta[i] != multi_meta[i]) {
            printf("window %zu: %x %x, expected %x %x\\n", i, (unsigned)state.weights[i], (unsigned)state.meta[i],
                (unsigned)multi_weights[i], (unsigned)multi_meta[i]);
            return 3;
        }
    }
    for (int32_t i = 0; i + columns <= (int32_t)sizeof expected; i += columns) {
        int8_t *const out = calloc((size_t)columns + 8u, 1);
        eg_huffman_row(&state, out, columns);
        if (memcmp(out, expected + i, (size_t)columns) != 0) {
            printf("row of %d at %d\\n", (int)columns, (int)i);
            return 4;
        }
        free(out);
    }
    free(work);
    return 0;
}

int main(void)
{
    static const int32_t columns[] = { 1, 2, 3, 7, 8, 9, 31, 64, (int32_t)sizeof expected };
    uint8_t *const bytes = copy(stream, sizeof stream);
    uint8_t *const code = copy(stored, sizeof stored);
    int failed = codes(bytes, code);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0] && failed == 0; i++) {
        failed = rows(bytes, code, columns[i]);
    }
    free(code);
    free(bytes);
    return failed;
}
"""


def c_array(c_type: str, name: str, values: Array) -> str:
    numbers = ", ".join(str(int(v)) for v in values) or "0"
    return f"static const {c_type} {name}[] = {{ {numbers} }};\n"


def run(folder: Path, project: Path, values: Array, bits: int, limit: int = 12) -> None:
    """Decode `values` (0..255) in C with a lookup of `bits` bits and compare."""
    code = Code.for_values(values, limit)
    codes, lengths = code.encode(values)
    reader = Reader.of(code, bits)
    text = c_array("uint8_t", "stream", pack(codes, lengths)) + c_array("uint8_t", "expected", values)
    text += c_array("uint8_t", "symbols", np.array(code.symbols)) + c_array("uint8_t", "stored", code.stored)
    index, count, used = code.multi_lookup(reader.bits)
    taken = np.arange(4) < count[:, None]
    words = (np.where(taken, np.array(code.symbols)[index], 0) << 8 * np.arange(4)).sum(axis=1)
    text += c_array("uint32_t", "multi_weights", words) + c_array("uint16_t", "multi_meta", count << 8 | used)
    text += f"#define MULTI {words.size}u\n#define WORK_BYTES {work_bytes(code)}u\n"
    text += c_array("uint16_t", "lut", reader.lut) + c_array("uint16_t", "walk", reader.walk)
    text += f"#define BITS {reader.bits}u\n#define WALKS {int(reader.walks)}\n"
    text += f"#define STREAM_BITS {int(lengths.sum())}u\n"
    (folder / "vectors.h").write_text(text)
    (folder / "main.c").write_text(PROGRAM)
    sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    words = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-g", *sanitize, f"-I{project / 'runtime_c'}", "main.c"]
    subprocess.run([*words, "-o", "main"], cwd=folder, check=True)
    done = subprocess.run([folder / "main"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("bits", [1, 4, 8, 12])
def test_codes_of_every_length_are_read_with_any_lookup(
    bits: int, tmp_path: Path, project: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("gcc")
    values = np.minimum(np.random.default_rng(1).geometric(0.25, 4000), 255)
    run(tmp_path, project, values, bits)


def test_a_full_alphabet_is_read(tmp_path: Path, project: Path, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    rng = np.random.default_rng(2)
    values = np.concatenate((np.arange(256), np.clip(rng.normal(128, 20, 5000), 0, 255).astype(np.int64)))
    run(tmp_path, project, values, 6)
    run(tmp_path, project, rng.permutation(np.repeat(np.arange(256), 9)), 8)


def test_symbols_far_apart_are_read_from_a_list(tmp_path: Path, project: Path, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    values = np.random.default_rng(4).choice([0, 3, 90, 91, 255], 900, p=[0.6, 0.2, 0.1, 0.07, 0.03])
    assert Code.for_values(values).stored.tolist()[:2] == [0, 4]
    run(tmp_path, project, values, 3)


def test_a_single_symbol_takes_no_bits(tmp_path: Path, project: Path, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    run(tmp_path, project, np.full(50, 9), 8)
    run(tmp_path, project, np.full(50, 0), 8)


def test_a_code_that_starts_at_the_last_bit_of_a_word_is_read(
    tmp_path: Path, project: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("gcc")
    # 31 codes of one bit, then one of the longest, again and again
    values = np.tile(np.concatenate((np.zeros(31, dtype=np.int64), [1 + i for i in range(4)])), 9)
    run(tmp_path, project, values, 2)


def test_the_last_code_may_end_with_the_stream(tmp_path: Path, project: Path, need_tools: Callable[..., None]) -> None:
    need_tools("gcc")
    values = np.random.default_rng(3).integers(0, 2, 64)
    assert pack(*Code.for_values(values).encode(values)).size == 8 + PADDING
    run(tmp_path, project, values, 1)
