"""Named passes, in order; each is Graph -> Graph and lives in a module of its own."""

from __future__ import annotations

from collections.abc import Callable

from edgegen.ir import Graph
from edgegen.passes.depthwise_to_conv2d import depthwise_to_conv2d
from edgegen.passes.drop_noops import drop_noops
from edgegen.passes.fuse_tables import fuse_tables
from edgegen.passes.merge_duplicate_channels import merge_duplicate_channels
from edgegen.passes.merge_pads import merge_pads
from edgegen.passes.propagate_constant_channels import propagate_constant_channels
from edgegen.passes.trim_windows import trim_windows

#: (name, pass) in the order in which the pipeline runs them
PASSES: tuple[tuple[str, Callable[[Graph], Graph]], ...] = (
    ("fuse_tables", fuse_tables),
    ("depthwise_to_conv2d", depthwise_to_conv2d),
    ("drop_noops", drop_noops),
    ("merge_pads", merge_pads),
    ("trim_windows", trim_windows),
    ("propagate_constant_channels", propagate_constant_channels),
    ("merge_duplicate_channels", merge_duplicate_channels),
)
