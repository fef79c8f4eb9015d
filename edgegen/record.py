"""What a generated folder says of itself: report, checksums, stored vectors; `edgegen verify DIR` reads it."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import numpy as np

from edgegen.build import Build, TestVectors
from edgegen.report import build_json

RECORD = "edgegen-report.json"
VECTORS = "selftest/vectors.npz"


def _port(node: Any) -> dict[str, Any]:
    return {"c_type": node.type.c_type, "elements": node.type.size}


def record_files(build: Build, vectors: TestVectors) -> dict[str, bytes]:
    """The record (JSON) and the vectors (.npz: input_<i>, output_<i>, first axis the vectors)."""
    arrays = {}
    for kind, side in (("input", 0), ("output", 1)):
        for port in range(len(vectors.vectors[0][side]) if vectors.vectors else 0):
            arrays[f"{kind}_{port}"] = np.stack([vector[side][port].ravel() for vector in vectors.vectors])
    files = {}
    if arrays:
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        files[VECTORS] = buffer.getvalue()
    written = build.files | files
    record = build_json(build) | {
        "files": sorted((*written, RECORD)),
        "external": build.external,
        "interface": {
            "inputs": [_port(node) for node in build.graph.inputs],
            "outputs": [_port(node) for node in build.graph.outputs],
        },
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(written.items())},
        "checksums": [list(row) for row in vectors.checksums],
    }
    files[RECORD] = (json.dumps(record, indent=1) + "\n").encode()
    return files
