"""What code is compiled for and run on: one TOML file per target, nothing about a target in code.

A built-in target is ``targets/<name>/target.toml``; a path to any ``.toml`` file works the same. docs/targets.md
describes every key. Unknown keys are errors, and files do not inherit from each other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from edgegen import resources
from edgegen.errors import UsageError
from edgegen.profile.cycles import CLASSES, EVENTS

#: What a target may say about its instruction set; `Target.has` takes no other name.
FEATURES = {
    "clz": "count leading zeros in one instruction",
    "div": "integer division instruction",
    "dsp": "ARMv7E-M / ARMv8-M DSP extension: SMLAD, SXTB16, SSAT on halfwords, SMMLA",
    "fpu": "single precision floating point registers and arithmetic",
    "mul64": "32 x 32 -> 64 bit products in hardware (SMULL, or MUL and MULH)",
    "mve": "ARMv8.1-M vector extension, integer",
    "saturate": "SSAT and USAT",
    "thumb2": "32-bit Thumb instructions (ARMv7-M, ARMv8-M mainline)",
    "unaligned": "words and halfwords are loaded and stored at any address",
}

_DECODERS = ("thumb", "riscv", "none")

_Section = TypeVar("_Section", bound="Toolchain | Isa | Region | Emulator")


@dataclass(frozen=True)
class Toolchain:
    """How C becomes an ELF file.

    cc: compiler driver, a name on PATH or an absolute path. cflags: for every source. ldflags: for the link, after the
    objects. package: the Debian package that brings cc, for messages.
    """

    cc: str
    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    package: str = ""


@dataclass(frozen=True)
class Isa:
    """The instruction set as kernels see it.

    features: names of FEATURES. decoder: how the profile plugin reads instructions, "thumb", "riscv" or "none".
    """

    features: tuple[str, ...] = ()
    word_bits: int = 32
    decoder: str = "none"


@dataclass(frozen=True)
class Region:
    """One memory: first address, bytes, and the wait states that one read costs (cycles)."""

    origin: int
    size: int
    wait_states: int = 0


@dataclass(frozen=True)
class Emulator:
    """How an ELF file is run.

    argv: ``{elf}`` becomes the file's path. An element that is just ``{args}`` becomes the program's arguments, one
    element each; inside a longer element ``{args}`` becomes QEMU's ``arg=one,arg=two``. plugins: takes ``-plugin``
    (QEMU with TCG plugins, API version 1). package: the Debian package that brings argv[0], for messages.
    """

    argv: tuple[str, ...]
    plugins: bool = False
    package: str = ""


@dataclass(frozen=True)
class CycleModel:
    """Cycles per instruction class and event.

    costs: without those that the file gives as "none" (the core does not have it, or nothing honest can be said); empty
    when model is "none".
    """

    model: str = "none"
    costs: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Target:
    """One target, ready to use. port: folder with start-up code and linker script, or with a hosted port."""

    name: str
    description: str
    port: Path
    toolchain: Toolchain
    isa: Isa
    memory: Mapping[str, Region] = field(hash=False)
    emulator: Emulator | None
    cost: Mapping[str, float] = field(default_factory=dict, hash=False)
    cycles: CycleModel = CycleModel()

    def has(self, feature: str) -> bool:
        """Whether the instruction set has this feature, one of FEATURES."""
        assert feature in FEATURES, f"no feature is named {feature!r}"
        return feature in self.isa.features


def list_targets() -> tuple[str, ...]:
    """Names of the built-in targets, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in resources.root("targets").glob("*/target.toml")))


def load_target(name_or_path: str | Path) -> Target:
    """Load a built-in target by name, or any target file by its path (must end in ``.toml``).

    Raises:
        UsageError: no such target or file, or the file does not say what a target must say.
    """
    text = str(name_or_path)
    if text.endswith(".toml"):
        path = Path(text)
        return _parse(path, path.parent.name if path.name == "target.toml" else path.stem)
    if text not in list_targets():
        known = ", ".join(list_targets())
        raise UsageError(f"no target is named {text!r}: name one of {known}, or give the path of a .toml file")
    return _parse(resources.root("targets") / text / "target.toml", text)


def _parse(path: Path, name: str) -> Target:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"target file {path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"target file {path}: is not valid TOML: {error}") from error
    return _Reader(path).target(name, document)


class _Reader:
    """Turns one TOML document into a Target; every complaint names the file, the key and what it must be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, what: str) -> UsageError:
        return UsageError(f"target file {self.path}: {what}")

    def target(self, name: str, document: dict[str, Any]) -> Target:
        known = ("description", "port", "toolchain", "isa", "memory", "emulator", "cost", "cycles")
        self.check_keys("the top level", document, known)
        for key in ("toolchain", "isa", "port"):
            if key not in document:
                raise self.fail(f"{key!r} is missing")
        emulator = self.section(Emulator, "emulator", document["emulator"]) if "emulator" in document else None
        if emulator is not None and not emulator.argv:
            raise self.fail("emulator.argv must have at least one element")
        return Target(
            name=name,
            description=_text(document.get("description", ""), self.complain("description")),
            port=self.port(_text(document["port"], self.complain("port"))),
            toolchain=self.section(Toolchain, "toolchain", document["toolchain"]),
            isa=self.isa(document["isa"]),
            memory=self.memory(document.get("memory", {})),
            emulator=emulator,
            cost=self.numbers("cost", document.get("cost", {})),
            cycles=self.cycles(document.get("cycles", {})),
        )

    def isa(self, table: Any) -> Isa:
        isa = self.section(Isa, "isa", table)
        for feature in isa.features:
            if feature not in FEATURES:
                raise self.fail(f"isa.features: {feature!r} is none of {', '.join(sorted(FEATURES))}")
        if isa.decoder not in _DECODERS:
            raise self.fail(f"isa.decoder is {isa.decoder!r}, must be one of {', '.join(_DECODERS)}")
        return isa

    def memory(self, table: Any) -> Mapping[str, Region]:
        self.check_table("memory", table)
        regions = {name: self.section(Region, f"memory.{name}", value) for name, value in table.items()}
        for name, region in regions.items():
            if region.size <= 0 or region.origin < 0 or region.wait_states < 0:
                raise self.fail(f"memory.{name}: size must be positive, origin and wait_states not negative")
        return regions

    def cycles(self, table: Any) -> CycleModel:
        self.check_table("cycles", table)
        costs = dict(table)
        model = _text(costs.pop("model", "none"), self.complain("cycles.model"))
        expected = () if model == "none" else CLASSES + EVENTS
        self.check_keys("[cycles]", costs, expected)
        missing = [name for name in expected if name not in costs]
        if missing:
            raise self.fail(f"[cycles] has no cost of {', '.join(missing)}")
        return CycleModel(model, self.numbers("cycles", {k: cost for k, cost in costs.items() if cost != "none"}))

    def numbers(self, where: str, table: Any) -> Mapping[str, float]:
        self.check_table(where, table)
        return {key: _number(value, self.complain(f"{where}.{key}")) for key, value in table.items()}

    def port(self, name: str) -> Path:
        """The port's folder: beside the file, else a built-in one."""
        candidates = (self.path.resolve().parent / name, resources.root("targets") / "ports" / name)
        for candidate in candidates:
            if candidate.is_dir():
                return candidate
        raise self.fail(f"port {name!r}: neither {candidates[0]} nor {candidates[1]} is a folder")

    def section(self, kind: type[_Section], where: str, table: Any) -> _Section:
        """One TOML table as a dataclass: no unknown key, no missing one, every value of its field's type."""
        self.check_table(where, table)
        names = [item.name for item in fields(kind)]
        self.check_keys(f"[{where}]", table, names)
        hints = get_type_hints(kind)
        values: dict[str, Any] = {}
        for item in fields(kind):
            if item.name in table:
                values[item.name] = _CONVERT[hints[item.name]](table[item.name], self.complain(f"{where}.{item.name}"))
            elif item.default is MISSING:
                raise self.fail(f"{where}.{item.name} is missing")
        return kind(**values)

    def check_table(self, where: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise self.fail(f"{where} must be a table")

    def check_keys(self, where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                raise self.fail(f"{where} has no key {key!r}; it has {', '.join(known) or 'none'}")

    def complain(self, key: str) -> Callable[[str], UsageError]:
        return lambda must_be: self.fail(f"{key} must be {must_be}")


_Complain = Callable[[str], UsageError]


def _text(value: Any, complain: _Complain) -> str:
    if not isinstance(value, str):
        raise complain("a string")
    return value


def _words(value: Any, complain: _Complain) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise complain("a list of strings")
    return tuple(value)


def _integer(value: Any, complain: _Complain) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise complain("an integer")
    return value


def _number(value: Any, complain: _Complain) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise complain("a number")
    return float(value)


def _flag(value: Any, complain: _Complain) -> bool:
    if not isinstance(value, bool):
        raise complain("true or false")
    return value


_CONVERT: Mapping[Any, Callable[[Any, _Complain], Any]] = {
    str: _text,
    tuple[str, ...]: _words,
    int: _integer,
    bool: _flag,
}
