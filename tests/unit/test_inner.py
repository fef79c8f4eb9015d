"""A kernel around another kernel: what is emitted, and what is counted once."""

from __future__ import annotations

import numpy as np

from edgegen.formats.base import Table
from edgegen.kernels.base import Function, Lowered, Param

HELPER = Function("helper", "helper.c.j2", code_bytes=20)
DRIVER = Function("driver", "driver.c.j2", code_bytes=100)
WRAPPER = Function("wrapper", "wrapper.c.j2", code_bytes=50)


def lowered() -> Lowered:
    inner = Lowered(
        DRIVER,
        (Param("core", "eg_core", "helper"), Param("count", "int16_t", 3)),
        (Table("stream", np.zeros(100, dtype=np.int32)),),
        helpers=(HELPER,),
        runtime=("eg_dsp.h",),
    )
    return Lowered(
        WRAPPER, (Param("rows", "int8_t", 1),), (Table("codes", np.zeros(5, dtype=np.int8)),), runtime=("eg_rows.h",),
        inner=inner,
    )


def test_an_inner_function_comes_before_its_wrapper_and_after_its_helpers() -> None:
    assert [f.symbol for f, _ in lowered().functions] == ["helper", "driver", "wrapper"]
    assert [len(fields) for _, fields in lowered().functions] == [0, 2, 1]
    assert lowered().headers == ("eg_dsp.h", "eg_rows.h")


def test_the_tables_of_an_inner_kernel_are_made_in_ram_and_take_no_flash() -> None:
    assert lowered().flash == 8 + 4 + 8
