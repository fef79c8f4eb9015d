"""The hand-written model of data/tiny, its interface and its expected results, for tests of harness and profile."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from edgegen.verify.harness import Buffer, ModelInterface

FOLDER = Path(__file__).parent / "data" / "tiny"
INTERFACE = ModelInterface(
    prefix="tiny",
    inputs=(Buffer("int8_t", 16),),
    outputs=(Buffer("int8_t", 4),),
    sources=("tiny.c", "tiny_weights.c"),
    header="tiny.h",
    reset=True,
)


def vectors(count: int) -> list[list[bytes]]:
    """`count` random inputs."""
    random = np.random.default_rng(7)
    return [[random.integers(-128, 128, 16, dtype=np.int8).tobytes()] for _ in range(count)]


def expected(inputs: list[list[bytes]], sequence: int = 1) -> list[tuple[bytes, bytes]]:
    """(output of node 0, of the model) for each vector; `sequence` as in ModelInterface."""
    text = (FOLDER / "tiny_weights.c").read_text()
    values = [int(word) for block in re.findall(r"= \{(.*?)\};", text, re.S) for word in re.findall(r"-?\d+", block)]
    w1, w2 = np.array(values[:128]).reshape(8, 16), np.array(values[128:]).reshape(4, 8)
    results = []
    for number, vector in enumerate(inputs):
        x = np.frombuffer(vector[0], np.int8).astype(np.int64)
        hidden = np.clip(np.fix(w1 @ x / 64), 0, 127).astype(np.int8)
        y = np.clip(np.fix(w2 @ hidden.astype(np.int64) / 64), -128, 127).astype(np.int64)
        runs = number if sequence == 0 else number % sequence
        y[3] = (y[3] + runs) & 0x7F
        results.append((hidden.tobytes(), y.astype(np.int8).tobytes()))
    return results
