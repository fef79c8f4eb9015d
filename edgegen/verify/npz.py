"""Reads .npz archives that may be anything: damaged, of another kind, or hostile."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from edgegen.errors import EdgegenError
from edgegen.ir import Array

_DAMAGE = (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)


def read_npz(path: Path, error: type[EdgegenError], advice: str) -> dict[str, Array]:
    """Every array of the archive by name; nothing in it is executed. Raises `error`, ending with `advice`."""
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, NpzFile):
            raise error(f"{path}: holds a single array (.npy), not named ones; {advice}")
        with archive:
            return {name: archive[name] for name in archive.files}
    except OSError as problem:
        raise error(f"{path}: {problem.strerror or problem}; {advice}") from problem
    except _DAMAGE as problem:
        # numpy's own words for a file of another kind recommend to unpickle it, which would execute it.
        what = "" if "pickle" in str(problem) else f" ({problem})"
        raise error(f"{path}: is not a readable .npz archive{what}; {advice}") from problem
