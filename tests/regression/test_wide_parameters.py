"""A parameter of 16 bits that is given more is refused: it was cut to 16 bits in the generated C."""

from __future__ import annotations

import pytest

from edgegen.errors import FormatError
from edgegen.kernels.common import int16_params


def test_a_value_beyond_16_bits_is_refused_and_named() -> None:
    assert [param.value for param in int16_params(least=-32768, most=32767)] == [-32768, 32767]
    for value in (32768, -32769):
        with pytest.raises(FormatError, match=rf"parameter run is {value}"):
            int16_params(run=value)
