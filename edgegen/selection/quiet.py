"""Keeps a C library's prints off stdout, which belongs to what a command says (with --json, to one object alone)."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def c_prints_dropped() -> Iterator[None]:
    """Drop what C code prints on stdout: HiGHS has remarks that no option of it switches off.

    Redirects file descriptor 1 of the whole process; C's own buffers are written out before and after, or a remark
    would wait in them and appear later.
    """
    libc = ctypes.CDLL(None)
    try:
        kept = os.dup(1)
    except OSError:  # no stdout at all: nothing to protect
        yield
        return
    sys.stdout.flush()
    libc.fflush(None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        yield
    finally:
        libc.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
