"""From counted instruction classes to cycles, by a core's documented timing table.

The QEMU plugin sorts every executed instruction into one class and counts a few events; a target's ``[cycles]`` table
says what each costs. docs/targets.md explains the classes and where each core's table comes from.
"""

from __future__ import annotations

from collections.abc import Mapping

#: One executed instruction is in exactly one of these. The names are those that the plugin writes.
CLASSES = (
    "alu",  # data processing, SIMD arithmetic, moves, hints
    "mul",  # 32-bit products: MUL, SMULxy, SMUAD, SMMUL
    "mla",  # the same with an addend: MLA, MLS, SMLAxy, SMLAD, SMMLA
    "mul_long",  # 64-bit products: SMULL, UMULL
    "mla_long",  # 64-bit multiply-accumulate: SMLAL, UMLAL, UMAAL, SMLALxy, SMLALD
    "div",
    "load",  # single load whose address phase hides behind nothing
    "load_next",  # single load, immediate offset, directly after a single load that does not make its address
    "load_double",  # LDRD
    "load_multiple",  # LDM, POP without the program counter
    "load_pc",  # LDR pc, POP and LDM with the program counter (the refill is counted as `taken`)
    "store",  # single store, immediate offset
    "store_reg",  # single store, register offset
    "store_next",  # single store directly after a single load that does not make its address
    "store_double",  # STRD
    "store_multiple",  # STM, PUSH
    "branch",  # B, CBZ, BX, BLX register; the refill is counted as `taken`
    "call",  # BL
    "table",  # TBB, TBH
    "it",  # IT
    "system",  # MRS, MSR, barriers, exclusives, SVC
    "fpu",  # floating point: arithmetic, moves, conversions
    "fpu_mac",  # VMLA, VFMA and their kin
    "fpu_div",  # VDIV, VSQRT
    "fpu_load",  # VLDR
    "fpu_store",  # VSTR
    "fpu_multiple",  # VLDM, VSTM, VPUSH, VPOP
    "mve",  # M-profile vector extension
)

#: Happen on top of an instruction.
EVENTS = (
    "register",  # each register that a load or store multiple moves
    "address_wait",  # each single access whose address comes from a load of the unbroken row of loads before it
    "taken",  # each branch that was taken, of whatever class
    "unaligned",  # each data access that is not aligned to its size
)


def core_cycles(counts: Mapping[str, int], costs: Mapping[str, float]) -> int | None:
    """Cycles without memory wait states.

    Args:
        counts: class or event -> how often; names that are missing count 0.
        costs: class or event -> cycles, as in a target's ``[cycles]`` table.

    Returns:
        The sum of count times cost, rounded to the nearest integer; None when something was counted that has no cost.
    """
    happened = {name: count for name, count in counts.items() if count}
    if not happened.keys() <= costs.keys():
        return None
    return round(sum(count * costs[name] for name, count in happened.items()))
