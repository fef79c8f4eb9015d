"""Which fields of which option table each operator's importer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OptionSpec:
    """An option table of the TFLite schema: its name, scalar fields and vectors of numbers."""

    table: str
    fields: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()


_CONV = ("Padding", "StrideH", "StrideW", "DilationHFactor", "DilationWFactor", "FusedActivationFunction")
_POOL = OptionSpec(
    "Pool2DOptions", ("Padding", "StrideH", "StrideW", "FilterHeight", "FilterWidth", "FusedActivationFunction")
)

OPTIONS: Mapping[str, OptionSpec] = {
    "ADD": OptionSpec("AddOptions", ("FusedActivationFunction",)),
    "AVERAGE_POOL_2D": _POOL,
    "CONCATENATION": OptionSpec("ConcatenationOptions", ("Axis", "FusedActivationFunction")),
    "CONV_2D": OptionSpec("Conv2DOptions", _CONV),
    "DEPTHWISE_CONV_2D": OptionSpec("DepthwiseConv2DOptions", (*_CONV, "DepthMultiplier")),
    "FULLY_CONNECTED": OptionSpec("FullyConnectedOptions", ("FusedActivationFunction", "WeightsFormat", "KeepNumDims")),
    "LEAKY_RELU": OptionSpec("LeakyReluOptions", ("Alpha",)),
    "MAX_POOL_2D": _POOL,
    "MEAN": OptionSpec("ReducerOptions", ("KeepDims",)),
    "MUL": OptionSpec("MulOptions", ("FusedActivationFunction",)),
    "PACK": OptionSpec("PackOptions", ("Axis",)),
    "REDUCE_MAX": OptionSpec("ReducerOptions", ("KeepDims",)),
    "RESHAPE": OptionSpec("ReshapeOptions", vectors=("NewShape",)),
    "RESIZE_NEAREST_NEIGHBOR": OptionSpec("ResizeNearestNeighborOptions", ("AlignCorners", "HalfPixelCenters")),
    "SOFTMAX": OptionSpec("SoftmaxOptions", ("Beta",)),
    "SQUEEZE": OptionSpec("SqueezeOptions", vectors=("SqueezeDims",)),
    "SUB": OptionSpec("SubOptions", ("FusedActivationFunction",)),
}
