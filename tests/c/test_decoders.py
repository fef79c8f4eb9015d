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

PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "eg_bits.h"
#include "eg_huffman.h"
#include "vectors.h"

int main(void)
{
    /* Copies on the heap: the sanitizer sees any access beyond their ends. */
    uint8_t *const bytes = malloc(sizeof stream);
    uint16_t *const built = malloc(sizeof(uint16_t) << BITS);
    uint32_t at = 0;
    uint32_t with_built = 0;
    memcpy(bytes, stream, sizeof stream);
    eg_huffman_build(symbols, counts, LONGEST, BITS, built);
    for (size_t i = 0; i < sizeof expected; i++) {
        uint32_t window = eg_peek(bytes, at);
        uint32_t code = lut[window >> (32 - BITS)];
        if (code == 0u && WALKS) {
            code = eg_walk_code(window, BITS, walk, symbols);
        }
        at += code >> 8;
        window = eg_peek(bytes, with_built);
        uint32_t other = built[window >> (32 - BITS)];
        other = other != 0u ? other : eg_huffman_walk(window, symbols, counts, LONGEST);
        with_built += other >> 8;
        if ((code & 255u) != expected[i] || (other & 255u) != expected[i] || at != with_built) {
            printf("symbol %zu: %u and %u, expected %u\\n", i, code & 255u, other & 255u, expected[i]);
            return 1;
        }
    }
    free(built);
    free(bytes);
    return at == STREAM_BITS ? 0 : 2;
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
    text += c_array("uint8_t", "symbols", np.array(code.symbols)) + c_array("uint16_t", "counts", code.counts)
    text += c_array("uint16_t", "lut", reader.lut) + c_array("uint16_t", "walk", reader.walk)
    text += f"#define BITS {reader.bits}u\n#define LONGEST {code.longest}u\n#define WALKS {int(reader.walks)}\n"
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
