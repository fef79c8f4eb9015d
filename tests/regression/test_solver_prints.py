"""HiGHS printed a remark in the middle of a selection, and `edgegen build --json` was no JSON any more."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes
from edgegen.selection.quiet import c_prints_dropped
print("before")
with c_prints_dropped():
    ctypes.CDLL(None).printf(b"a remark\\n")
print("after")
"""


def test_what_c_code_prints_does_not_reach_stdout_and_what_python_prints_does() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "before\nafter\n"
