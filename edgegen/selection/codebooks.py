"""Codes that several layers share: one table instead of one per layer, for a stream that grows a little.

Layers are merged greedily, as long as a merger saves more table than it costs stream: agglomerative clustering whose
distance is the total of both, with the entropy for the length of a stream. Layers that no merger pays for are offered
one code that is made for all. Which layer takes which code, if any, is left to the integer program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from edgegen.errors import FormatError
from edgegen.formats.base import get as get_format
from edgegen.formats.ham import ValueCoded
from edgegen.formats.huffman import Code
from edgegen.ir import Array, Const
from edgegen.selection.candidates import Candidate, Group, NodeCandidates, Options
from edgegen.target import Target

#: layers whose own code takes more than this share of a byte per coded value are left out: no code makes them smaller
MOST_ENTROPY = 0.98
#: how the names of tables begin that hold a code of values
_CODE_TABLES = ("value_", "multi_")


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer in a family of kernels that read the same tables of a code.

    node: index. candidates: with a code of its own. counts: (256,) how often each value -128.. is coded. price: bytes
    of its own code's tables.
    """

    node: int
    candidates: tuple[Candidate, ...]
    counts: Array
    price: int

    @cached_property
    def own(self) -> float:
        """Bytes of its values with a code of its own."""
        return _coded_bytes(self.counts, _code(self.counts))


def offer_shared_codes(
    nodes: tuple[NodeCandidates, ...], options: Options, target: Target
) -> tuple[NodeCandidates, ...]:
    """The nodes with further candidates: those that can pay, in the formats of Kernel.shared_formats.

    A shared code saves flash and nothing else, so there are none with --optimize speed and no budget of flash.
    """
    if options.optimize == "speed" and options.flash is None:
        return nodes
    families = [(family, _sets(family)) for family in _families(nodes)]
    more: list[list[Candidate]] = [[] for _ in nodes]
    for (family, _), groups in zip(families, _groups(nodes, families), strict=True):
        for layer in family:
            more[layer.node] += _with_code(nodes[layer.node], layer, groups[layer.node], target)
    return tuple(replace(node, candidates=(*node.candidates, *ways)) for node, ways in zip(nodes, more, strict=True))


def _families(nodes: tuple[NodeCandidates, ...]) -> list[list[_Layer]]:
    """Layers by the names of the tables that their kernels have for a code; families of one are left out."""
    families: dict[tuple[str, ...], dict[int, list[Candidate]]] = {}
    for n, node in enumerate(nodes):
        for candidate in node.candidates:
            if candidate.format in candidate.kernel.shared_formats:
                names = (candidate.format, *(name for name, _ in _code_tables(candidate)))
                families.setdefault(names, {}).setdefault(n, []).append(candidate)
    made = []
    for (name, *_), family in families.items():
        layers = [
            _Layer(n, tuple(ways), _counts(nodes[n], name), min(_price(way) for way in ways))
            for n, ways in family.items()
        ]
        made.append([found for found in layers if found.own <= MOST_ENTROPY * found.counts.sum()])
    return [family for family in made if len(family) > 1]


def _code_tables(candidate: Candidate) -> list[tuple[str, int]]:
    """(name, bytes) of the tables that hold the code of the values."""
    tables = candidate.lowered.weight_tables
    return [(table.name, table.nbytes) for table in tables if table.name.startswith(_CODE_TABLES)]


def _price(candidate: Candidate) -> int:
    return sum(size for _, size in _code_tables(candidate))


@lru_cache(maxsize=256)
def _coded(weights: Const, name: str) -> Array:
    found = get_format(name)
    if not isinstance(found, ValueCoded):
        raise TypeError(f"format {name} has no code of values")
    values = found.coded(weights.value.reshape(weights.value.shape[0], -1))
    return np.bincount(values.astype(np.int64) + 128, minlength=256)


def _code(counts: Array) -> Code:
    """The best code for values -128.. that occur so often."""
    symbols = np.flatnonzero(counts)
    return Code.for_counts((symbols - 128).tolist(), counts[symbols].tolist())


def _coded_bytes(counts: Array, code: Code) -> float:
    lengths = np.zeros(256)
    lengths[np.asarray(code.symbols, dtype=np.int64) + 128] = code.lengths
    return float((counts * lengths).sum()) / 8


def _counts(node: NodeCandidates, name: str) -> Array:
    """(256,) how often the named format codes each value -128.. of the node's weights."""
    weights = getattr(node.op, "w", None)
    if not isinstance(weights, Const):
        raise TypeError(f"{node.name} has no constant weights")
    return _coded(weights, name)


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
) -> list[dict[int, Group]]:
    """Per family, node -> its group. Groups are numbered from 1; equal counts of values have one group."""
    groups: dict[tuple[frozenset[int], bytes], Group] = {}
    found = []
    for family, sets in families:
        of_node = {}
        for layer in family:
            members = next(members for members in sets if layer.node in members)
            pooled = np.sum([other.counts for other in family if other.node in members], axis=0)
            key = members, pooled.tobytes()
            if key not in groups:
                groups[key] = Group(len(groups) + 1, _code(pooled), tuple(nodes[n].name for n in sorted(members)))
            of_node[layer.node] = groups[key]
        found.append(of_node)
    return found


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
    growth = _coded_bytes(layer.counts, group.code) - layer.own
    found = []
    for way in layer.candidates:
        if growth >= _price(way):
            continue
        try:
            lowered = way.kernel.lower_shared(node.op, way.format, target, group.code)
        except FormatError:
            continue
        found.append(Candidate(way.kernel, way.format, lowered, group))
    return found
