"""Instructions, cycles and flash reads of one inference, per node, counted in the emulator in the code as it ships."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.errors import ToolchainError, UsageError
from edgegen.profile.cycles import CLASSES, EVENTS, core_cycles
from edgegen.profile.plugin import plugin_library
from edgegen.profile.regions import Regions, configuration, find_regions
from edgegen.target import Target
from edgegen.verify.emulator import RUN_TIMEOUT
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, build_firmware, run_firmware
from edgegen.verify.sizes import Sizes

SCHEMA = "edgegen.profile/1"
#: index of what the run function itself executes between the nodes
OVERHEAD = -1
_COUNTS = "profile.txt"
_CONFIGURATION = "profile.cfg"


@dataclass(frozen=True)
class NodeLabel:
    """What the compiler knows of a node and the profile only shows: its name, op and dense multiply-accumulates."""

    index: int
    name: str
    op: str
    macs: int = 0


@dataclass(frozen=True)
class NodeProfile:
    """What one node executes in one inference, kernels and library routines that it calls included.

    cycles: core cycles plus wait states of its flash reads; None without a model. flash_reads: data reads from flash.
    fetched: bytes of instructions executed from flash. counts: everything counted, by name (see docs/targets.md).
    """

    index: int
    name: str
    op: str
    macs: int
    instructions: int
    cycles: int | None
    flash_reads: int
    fetched: int
    counts: Mapping[str, int] = field(repr=False, hash=False)

    def to_json(self) -> dict[str, Any]:
        mix = {name: self.counts[name] for name in CLASSES + EVENTS if self.counts.get(name)}
        return {
            "index": self.index,
            "name": self.name,
            "op": self.op,
            "macs": self.macs,
            "instructions": self.instructions,
            "cycles": self.cycles,
            "flash_reads": self.flash_reads,
            "fetched_bytes": self.fetched,
            "mix": mix,
        }


@dataclass(frozen=True)
class Cycles:
    """model: the timing table's name, or "none". wait_states: per data read from flash. total: None without a model."""

    model: str
    wait_states: int
    total: int | None


@dataclass(frozen=True)
class Profile:
    """One inference of a model on a target. nodes: in order of index. overhead: the run function's own code.

    stack: bytes, None where the port cannot measure it. sizes: what the model adds to the firmware.
    """

    model: str
    target: str
    nodes: tuple[NodeProfile, ...]
    overhead: NodeProfile
    cycles: Cycles
    stack: int | None
    sizes: Sizes

    @property
    def instructions(self) -> int:
        return sum(node.instructions for node in self.parts)

    @property
    def flash_reads(self) -> int:
        return sum(node.flash_reads for node in self.parts)

    @property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)

    @property
    def parts(self) -> tuple[NodeProfile, ...]:
        """Everything that was executed: the nodes and the overhead."""
        return (*self.nodes, self.overhead)

    def to_json(self) -> dict[str, Any]:
        """Schema edgegen.profile/1; all sizes in bytes."""
        sizes = self.sizes
        return {
            "schema": SCHEMA,
            "model": self.model,
            "target": self.target,
            "instructions": self.instructions,
            "cycles": {
                "model": self.cycles.model,
                "wait_states": self.cycles.wait_states,
                "total": self.cycles.total,
            },
            "macs": self.macs,
            "flash_reads": self.flash_reads,
            "fetched_bytes": sum(node.fetched for node in self.parts),
            "stack": self.stack,
            "flash": {
                "code": sizes.code,
                "constants": sizes.constants,
                "data": sizes.data,
                "total": sizes.flash,
            },
            "ram": {"net": sizes.net, "data": sizes.data, "bss": sizes.bss, "total": sizes.ram},
            "nodes": [node.to_json() for node in self.nodes],
            "overhead": self.overhead.to_json(),
        }


def profile(
    folder: Path,
    target: Target,
    interface: ModelInterface,
    *,
    labels: Sequence[NodeLabel] = (),
    vector: Sequence[bytes] | None = None,
    workdir: Path | None = None,
    defines: Sequence[str] = (),
) -> Profile:
    """Build a generated model and profile one inference.

    Args:
        folder: where the model's sources are. labels: of its nodes; those without one are named by their C function.
        vector: its inputs as raw bytes; by default random ones, the same in every run. workdir: for the build; by
            default a temporary folder. defines: macros for the model.

    Raises:
        UsageError, ToolchainError: as build_firmware and profile_firmware.
    """
    if workdir is None:
        with tempfile.TemporaryDirectory(prefix="edgegen-profile-") as name:
            return profile(folder, target, interface, labels=labels, vector=vector, workdir=Path(name), defines=defines)
    _check_target(target)
    firmware = build_firmware(folder, target, workdir, interface, defines=defines)
    return profile_firmware(firmware, vector, labels=labels)


def profile_firmware(
    firmware: Firmware,
    vector: Sequence[bytes] | None = None,
    *,
    labels: Sequence[NodeLabel] = (),
    timeout: float = RUN_TIMEOUT,
    regions: Regions | None = None,
) -> Profile:
    """Run one inference of a firmware under the counting plugin.

    Args: as `profile`. timeout: seconds. regions: functions to tell apart other than the model's nodes.

    Raises:
        UsageError: the target has no emulator with plugins, or the firmware was built with the hook.
        ToolchainError: the emulator or the host compiler is missing, the run fails, or the symbols are not there.
    """
    target = firmware.target
    _check_target(target)
    if firmware.hook:
        raise UsageError("a firmware with the hook is not the code that ships: build it without to profile it")
    regions = regions or find_regions(firmware.elf, firmware.interface.prefix)
    library = str(plugin_library()).replace(",", ",,")
    options = ["-plugin", f"file={library},config={_CONFIGURATION}"]
    inputs = _some_inputs(firmware.interface) if vector is None else vector
    with tempfile.TemporaryDirectory(prefix="profile-", dir=firmware.elf.parent) as name:
        cwd = Path(name)
        (cwd / _CONFIGURATION).write_text(configuration(regions, target, _COUNTS), encoding="utf-8")
        result = run_firmware(firmware, [inputs], timeout=timeout, options=options, cwd=cwd)
        counts = _read_counts(cwd / _COUNTS)
    if counts[OVERHEAD].pop("runs", 0) != 1:
        raise ToolchainError(f"{firmware.elf.name}: the plugin did not see exactly one inference")
    return _assemble(firmware, regions, counts, labels, result.stack)


def _check_target(target: Target) -> None:
    if target.emulator is None or not target.emulator.plugins:
        raise UsageError(f"target {target.name} cannot be profiled: its emulator takes no plugin; try cortex-m4")


def _some_inputs(interface: ModelInterface) -> list[bytes]:
    random = np.random.default_rng(0)

    def values(buffer: Buffer) -> bytes:
        if buffer.c_type == "float":
            return random.standard_normal(buffer.elements, dtype=np.float32).tobytes()
        return random.integers(0, 256, buffer.nbytes, dtype=np.uint8).tobytes()

    return [values(buffer) for buffer in interface.inputs]


def _read_counts(path: Path) -> dict[int, dict[str, int]]:
    """Region -> name -> count, from the plugin's lines."""
    if not path.is_file():
        raise ToolchainError("the emulator ran, but its plugin left no counts: does it support TCG plugins?")
    counts: dict[int, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        region, name, count = line.split()
        counts.setdefault(int(region), {})[name] = int(count)
    return counts


def _assemble(
    firmware: Firmware,
    regions: Regions,
    counts: Mapping[int, Mapping[str, int]],
    labels: Sequence[NodeLabel],
    stack: int | None,
) -> Profile:
    target = firmware.target
    known = {label.index: label for label in labels}
    ops = {entry.index: entry.op for entry in regions.entries}
    nodes = []
    for index in sorted(known.keys() | ops.keys()):
        op = ops.get(index, "")
        label = known.get(index, NodeLabel(index, f"n{index:02}_{op}", op))
        nodes.append(_node(label, counts.get(index, {}), target))
    overhead = _node(NodeLabel(OVERHEAD, "run", ""), counts[OVERHEAD], target)
    per_part = [part.cycles for part in (*nodes, overhead)]
    known_cycles = [cycles for cycles in per_part if cycles is not None]
    total = sum(known_cycles) if len(known_cycles) == len(per_part) else None
    return Profile(
        model=firmware.interface.prefix,
        target=target.name,
        nodes=tuple(nodes),
        overhead=overhead,
        cycles=Cycles(target.cycles.model, _wait_states(target), total),
        stack=stack,
        sizes=firmware.sizes,
    )


def _wait_states(target: Target) -> int:
    return target.memory["flash"].wait_states if "flash" in target.memory else 0


def _node(label: NodeLabel, counts: Mapping[str, int], target: Target) -> NodeProfile:
    core = None
    if target.cycles.model != "none":
        core = core_cycles({name: counts.get(name, 0) for name in CLASSES + EVENTS}, target.cycles.costs)
    reads = counts.get("flash_reads", 0)
    return NodeProfile(
        index=label.index,
        name=label.name,
        op=label.op,
        macs=label.macs,
        instructions=counts.get("instructions", 0),
        cycles=None if core is None else core + reads * _wait_states(target),
        flash_reads=reads,
        fetched=counts.get("fetched_bytes", 0),
        counts=counts,
    )
