"""Codes that several layers share: one table instead of one per layer, for a stream that grows a little.

Layers are merged greedily, as long as a merger saves more table than it costs stream: agglomerative clustering whose
distance is the total of both, with the entropy for the length of a stream. Layers that no merger pays for are offered
one code that is made for all. Which layer takes which code, if any, is left to the integer program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.huffman import Code
from edgegen.ir import Array, Const
from edgegen.selection.candidates import Candidate, Group, NodeCandidates, Options
from edgegen.target import Target

#: layers whose entropy is above this share of a byte per weight are left out: no code makes them smaller
MOST_ENTROPY = 0.98


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer in a family of kernels that read the same tables of a code.

    node: index. candidates: with a code of its own. counts: (256,) how often each weight -128.. occurs. price: bytes of
    its own code's tables.
    """

    node: int
    candidates: tuple[Candidate, ...]
    counts: Array
    price: int


def offer_shared_codes(
    nodes: tuple[NodeCandidates, ...], options: Options, target: Target
) -> tuple[NodeCandidates, ...]:
    """The nodes with further candidates: those that can pay, in the formats of Kernel.shared_formats.

    A shared code saves flash and nothing else, so there are none with --optimize speed and no budget of flash.
    """
    if options.optimize == "speed" and options.flash is None:
        return nodes
    families = [(family, _sets(family)) for family in _families(nodes)]
    groups = _groups(nodes, families)
    found = []
    for n, node in enumerate(nodes):
        more = [
            candidate
            for family, sets in families
            for layer in family
            if layer.node == n
            for candidate in _with_code(node, layer, groups[next(s for s in sets if n in s)], target)
        ]
        found.append(replace(node, candidates=(*node.candidates, *more)))
    return tuple(found)


def _families(nodes: tuple[NodeCandidates, ...]) -> list[list[_Layer]]:
    """Layers by the names of the tables that their kernels have for a code; families of one are left out."""
    families: dict[tuple[str, ...], dict[int, list[Candidate]]] = {}
    for n, node in enumerate(nodes):
        for candidate in node.candidates:
            if candidate.format in candidate.kernel.shared_formats:
                names = (candidate.format, *(name for name, _ in _code_tables(candidate)))
                families.setdefault(names, {}).setdefault(n, []).append(candidate)
    counts = {n: _counts(nodes[n]) for family in families.values() for n in family}
    made = [
        [
            _Layer(n, tuple(ways), counts[n], min(sum(size for _, size in _code_tables(way)) for way in ways))
            for n, ways in family.items()
            if _entropy(counts[n][np.newaxis])[0] <= MOST_ENTROPY * counts[n].sum()
        ]
        for family in families.values()
    ]
    return [family for family in made if len(family) > 1]


def _code_tables(candidate: Candidate) -> list[tuple[str, int]]:
    """(name, bytes) of the tables that hold the code: those of the weights without the stream."""
    return [(table.name, table.nbytes) for table in candidate.lowered.weight_tables if table.name != "stream"]


def _counts(node: NodeCandidates) -> Array:
    weights = getattr(node.op, "w", None)
    if not isinstance(weights, Const):
        raise TypeError(f"{node.name} has no constant weights")
    return np.bincount(weights.value.ravel().astype(np.int64) + 128, minlength=256)


def _entropy(counts: Array) -> Array:
    """(n, 256) counts -> (n,) bytes of streams at their entropy."""
    sums = counts.sum(axis=1)
    bits = (counts * np.log2(np.maximum(counts, 1))).sum(axis=1)
    return np.asarray((sums * np.log2(np.maximum(sums, 1)) - bits) / 8)


def _sets(family: list[_Layer]) -> list[frozenset[int]]:
    """The sets of nodes that get a code: clusters, and at the end all of them for those that are in none."""
    found = clusters(family)
    every = frozenset(layer.node for layer in family)
    return [members for members in found if len(members) > 1] + [every] * any(len(members) == 1 for members in found)


def _groups(
    nodes: Sequence[NodeCandidates], families: list[tuple[list[_Layer], list[frozenset[int]]]]
) -> dict[frozenset[int], Group]:
    """A group with its code for every set, numbered from 1."""
    counts = {layer.node: layer.counts for family, _ in families for layer in family}
    groups: dict[frozenset[int], Group] = {}
    for members in (members for _, sets in families for members in sets):
        if members not in groups:
            pooled = np.sum([counts[n] for n in sorted(members)], axis=0)
            symbols = np.flatnonzero(pooled)
            code = Code.for_counts((symbols - 128).tolist(), pooled[symbols].tolist())
            groups[members] = Group(len(groups) + 1, code, tuple(nodes[n].name for n in sorted(members)))
    return groups


def clusters(family: Sequence[_Layer]) -> list[frozenset[int]]:
    """Sets of nodes; the most profitable merger is made first, until none pays."""
    members: list[frozenset[int]] = [frozenset((layer.node,)) for layer in family]
    counts = np.stack([layer.counts for layer in family])
    price = np.array([layer.price for layer in family], dtype=np.float64)
    size = _entropy(counts)
    # gain[i, j], i > j: bytes that merging clusters i and j saves
    gain = np.full((len(family), len(family)), -np.inf)
    for i in range(1, len(family)):
        gain[i, :i] = size[i] + size[:i] - _entropy(counts[i] + counts[:i]) + np.minimum(price[i], price[:i])
    while len(family) > 1 and gain.max() > 0:
        i, j = (int(found) for found in np.unravel_index(int(gain.argmax()), gain.shape))
        members[j] |= members[i]
        members[i] = frozenset()
        counts[j] += counts[i]
        price[j], size[j] = max(price[i], price[j]), _entropy(counts[j][np.newaxis])[0]
        gain[i, :] = gain[:, i] = -np.inf
        alive = [k for k, found in enumerate(members) if found and k != j]
        merged = size[j] + size[alive] - _entropy(counts[j] + counts[alive]) + np.minimum(price[j], price[alive])
        for k, saved in zip(alive, merged.tolist(), strict=True):
            gain[max(j, k), min(j, k)] = saved
    return [found for found in members if found]


def _with_code(node: NodeCandidates, layer: _Layer, group: Group, target: Target) -> list[Candidate]:
    """The layer's candidates with the group's code for their own, where the stream grows by less than the tables."""
    length = dict(zip(group.code.symbols, group.code.lengths, strict=True))
    used = np.flatnonzero(layer.counts).tolist()
    shared = sum(int(layer.counts[value]) * length[value - 128] for value in used) / 8
    found = []
    for way in layer.candidates:
        stream = sum(table.nbytes for table in way.lowered.tables if table.name == "stream")
        if shared - stream >= sum(size for _, size in _code_tables(way)):
            continue
        try:
            lowered = way.kernel.lower_shared(node.op, way.format, target, group.code)
        except FormatError:
            continue
        found.append(Candidate(way.kernel, way.format, lowered, group))
    return found
