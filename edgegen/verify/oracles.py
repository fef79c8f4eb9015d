"""Other people's runtimes as oracles: the same integer inputs in, integer outputs out, for comparison only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from edgegen.errors import InstallationError, UsageError
from edgegen.ir import Array, Graph, TensorType


def to_real(values: Array, tensor: TensorType) -> Array:
    """Stored integers -> float32 reals by the tensor's quantization parameters."""
    if tensor.quant is None:
        return values.astype(np.float32)
    scale, zero = np.float32(tensor.quant.scale[0]), tensor.quant.zero_point[0]
    real: Array = ((values.astype(np.int32) - zero) * scale).astype(np.float32)
    return real


def to_stored(values: Array, tensor: TensorType) -> Array:
    """Reals -> stored integers, rounded to nearest even and clamped to the type."""
    if tensor.quant is None:
        return values.astype(tensor.numpy)
    info = np.iinfo(tensor.dtype)
    scaled = values.astype(np.float32) / np.float32(tensor.quant.scale[0])
    stored: Array = np.clip(np.rint(scaled) + tensor.quant.zero_point[0], info.min, info.max).astype(tensor.numpy)
    return stored


def convert_in(values: Array, tensor: TensorType, dtype: Any) -> Array:
    """One input in the oracle's element type: itself, shifted by 128 (uint8), or real (float)."""
    if np.issubdtype(dtype, np.floating):
        return to_real(values, tensor).astype(dtype)
    if dtype == np.uint8 and tensor.dtype == "int8":
        return (values.astype(np.int16) + 128).astype(np.uint8)
    return values.astype(dtype)


def convert_out(values: Array, tensor: TensorType) -> Array:
    """One output of the oracle as the graph stores it."""
    if np.issubdtype(values.dtype, np.floating):
        return to_stored(values, tensor)
    if values.dtype == np.uint8 and tensor.dtype == "int8":
        return (values.astype(np.int16) - 128).astype(np.int8)
    return values.astype(tensor.numpy)


def on_line(values: Array, tensor: TensorType, scale: float, offset: float) -> Array:
    """Reals as the stored integers that stand for scale * stored + offset."""
    info = np.iinfo(tensor.dtype)
    steps = np.rint((values.astype(np.float64) - offset) / scale)
    stored: Array = np.clip(steps, info.min, info.max).astype(tensor.numpy)
    return stored


class Oracle(ABC):
    """A runtime that executes the original model file."""

    name: ClassVar[str]

    def __init__(self, model: Path, graph: Graph) -> None:
        self.graph = graph
        self.version = self.open(model)

    @abstractmethod
    def open(self, model: Path) -> str:
        """Load the model; returns the runtime's name and version."""

    @abstractmethod
    def run(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        """One inference on integer inputs of the graph's types; outputs as the graph's types."""


class LiteRT(Oracle):
    """LiteRT with the reference kernels (BUILTIN_REF)."""

    name = "litert"

    def open(self, model: Path) -> str:
        try:
            from ai_edge_litert import interpreter as litert
        except ImportError as error:
            raise InstallationError(f"--against litert needs the package ai-edge-litert: {error}") from error
        from importlib.metadata import version

        resolver = litert.OpResolverType.BUILTIN_REF
        try:
            self.interpreter = litert.Interpreter(str(model), experimental_op_resolver_type=resolver)
            self.interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise UsageError(f"--against litert: LiteRT cannot run {model}: {error}") from error
        return f"ai-edge-litert {version('ai-edge-litert')} BUILTIN_REF"

    def run(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        details = self.interpreter.get_input_details()
        for detail, values, node in zip(details, inputs, self.graph.inputs, strict=True):
            fed = convert_in(values, node.type, detail["dtype"]).reshape(detail["shape"])
            self.interpreter.set_tensor(detail["index"], fed)
        self.interpreter.invoke()
        found = [self.interpreter.get_tensor(d["index"]) for d in self.interpreter.get_output_details()]
        return tuple(
            convert_out(values, node.type).reshape(node.type.shape)
            for values, node in zip(found, self.graph.outputs, strict=True)
        )


class OnnxRuntime(Oracle):
    """onnxruntime on the CPU, graph optimizations off: the operators as the file has them."""

    name = "onnxruntime"

    def open(self, model: Path) -> str:
        try:
            import onnxruntime
        except ImportError as error:
            raise InstallationError(f"--against onnxruntime needs the package onnxruntime: {error}") from error
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        refusals = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NotImplemented)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        try:
            self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except refusals as error:
            raise UsageError(f"--against onnxruntime: onnxruntime cannot run {model}: {error}") from error
        return f"onnxruntime {onnxruntime.__version__}"

    def run(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        types = {"tensor(float)": np.float32, "tensor(int8)": np.int8, "tensor(uint8)": np.uint8}
        feeds = {}
        for port, values, node in zip(self.session.get_inputs(), inputs, self.graph.inputs, strict=True):
            shape = [d if isinstance(d, int) else 1 for d in port.shape]
            feeds[port.name] = convert_in(values, node.type, types[port.type]).reshape(shape)
        found = self.session.run(None, feeds)
        return tuple(
            convert_out(np.asarray(values), node.type).reshape(node.type.shape)
            for values, node in zip(found, self.graph.outputs, strict=True)
        )


class Qonnx(Oracle):
    """The qonnx package, node by node in float32."""

    name = "qonnx"

    def open(self, model: Path) -> str:
        try:
            import qonnx
        except ImportError as error:
            raise InstallationError(f"--against qonnx needs the package qonnx: {error}") from error
        from importlib.metadata import version

        from edgegen.verify.qonnx_model import QonnxModel

        self.path = model
        with self._refusing():
            self.model = QonnxModel(model)
        return f"{qonnx.__name__} {version('qonnx')}"

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # the package raises whatever its operators happen to meet
            raise UsageError(f"--against qonnx: qonnx cannot run {self.path}: {error}") from error

    def run(self, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
        reals = [to_real(values, node.type) for node, values in zip(self.graph.inputs, inputs, strict=True)]
        with self._refusing():
            found = self.model.execute(*reals)
        lines = self.graph.output_lines or (None,) * len(found)
        return tuple(
            (convert_out(values, node.type) if line is None else on_line(values, node.type, *line)).reshape(
                node.type.shape
            )
            for values, node, line in zip(found, self.graph.outputs, lines, strict=True)
        )


ORACLES: dict[str, type[Oracle]] = {cls.name: cls for cls in (LiteRT, OnnxRuntime, Qonnx)}


def open_oracle(name: str, model: Path, graph: Graph) -> Oracle:
    """The named oracle on a model file; UsageError when there is none of that name."""
    if name not in ORACLES:
        raise UsageError(f"--against {name}: there are {', '.join(ORACLES)}")
    return ORACLES[name](model, graph)
