"""Dense int8: every weight one byte, row after row."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Encoded, Format, Table
from edgegen.formats.common import require_range
from edgegen.ir import Array


class Int8(Format):
    """layout dense, coding raw8."""

    name = "int8"
    layout = "dense"
    coding = "raw8"

    def encode(self, w: Array) -> Encoded:
        require_range(self.name, w, -128, 127)
        return Encoded(self.name, (w.shape[0], w.shape[1]), (Table("weights", w.astype(np.int8).ravel(), 4),))

    def decode(self, encoded: Encoded) -> Array:
        return encoded.table("weights").astype(np.int64).reshape(encoded.shape)


FORMATS: tuple[Format, ...] = (Int8(),)
