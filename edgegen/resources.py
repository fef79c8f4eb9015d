"""Where templates/, targets/ and runtime_c/ are: inside an installed wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from edgegen.errors import InstallationError

Kind = Literal["templates", "targets", "runtime_c"]

_PACKAGE = Path(__file__).resolve().parent


def root(kind: Kind) -> Path:
    """The folder that holds all resources of this kind.

    A wheel carries the folders in ``edgegen/_data``; a checkout or an editable install has them beside the package.

    Raises:
        InstallationError: neither place holds the folder; the message names both.
    """
    candidates = (_PACKAGE / "_data" / kind, _PACKAGE.parent / kind)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    tried = " nor ".join(str(candidate) for candidate in candidates)
    raise InstallationError(f"edgegen's own folder {kind!r} is missing: neither {tried} exists; install edgegen again")
