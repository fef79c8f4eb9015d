"""Tables that several nodes have in common: stored once, counted once.

Two tables are the same when they have the same element type, the same alignment and the same entries, whatever their
nodes call them: the tables of a Huffman code that layers share, equal requantization tables, equal codebooks. Smaller
tables than SHARED_BYTES stay with their nodes, as a name of their own says more than they cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edgegen.formats.base import Table
from edgegen.kernels.base import Lowered

#: tables of fewer bytes are not shared
SHARED_BYTES = 16


def shareable(table: Table) -> bool:
    """Whether the table is stored once when another one equals it."""
    return table.nbytes >= SHARED_BYTES


@dataclass(frozen=True, eq=False)
class SharedTable:
    """A table with more than one use. name: shared<number>_<its name in the first node>; users: names of nodes."""

    name: str
    table: Table
    users: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sharing:
    """Which tables of some nodes are stored once.

    tables: in the order of their first use. places: (node, table name) -> index into tables, for every use of them.
    saved: node -> bytes of its tables that a node before it brings; a shared table counts in its first node.
    saved_weights: the same of tables of weights, without padding.
    """

    tables: tuple[SharedTable, ...] = ()
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    saved: dict[str, int] = field(default_factory=dict)
    saved_weights: dict[str, int] = field(default_factory=dict)

    def table(self, node: str, name: str) -> SharedTable | None:
        """What the node's table is stored as, or None when it is the node's own."""
        index = self.places.get((node, name))
        return None if index is None else self.tables[index]

    def flash(self, node: str, lowered: Lowered) -> int:
        """Bytes of constants that the node adds to those of the nodes before it."""
        return lowered.flash - self.saved.get(node, 0)

    def weight_bytes(self, node: str, lowered: Lowered) -> int:
        """Bytes of weights that the node adds to those of the nodes before it."""
        return lowered.weight_bytes - self.saved_weights.get(node, 0)


def candidates_for_sharing(tables: Iterable[Table]) -> set[int]:
    """ids of the tables that may have an equal among them: only those are worth a look at every entry."""
    alike: dict[tuple[str, int, int], list[Table]] = {}
    for table in tables:
        if shareable(table):
            alike.setdefault((str(table.values.dtype), table.align, table.nbytes), []).append(table)
    return {id(table) for group in alike.values() if len(group) > 1 for table in group}


def share(nodes: Sequence[tuple[str, Lowered]]) -> Sharing:
    """Equal tables of the nodes, which come in execution order and are named as in the generated code."""
    every = [(name, table) for name, lowered in nodes for table in lowered.tables]
    worth = candidates_for_sharing(table for _, table in every)
    uses: dict[bytes, list[tuple[str, Table]]] = {}
    for name, table in every:
        if id(table) in worth:
            uses.setdefault(table.content, []).append((name, table))
    tables: list[SharedTable] = []
    places: dict[tuple[str, str], int] = {}
    saved: dict[str, int] = {}
    saved_weights: dict[str, int] = {}
    weights = {(name, table.name) for name, lowered in nodes for table in lowered.weight_tables}
    for users in (found for found in uses.values() if len(found) > 1):
        first = users[0][1]
        for name, table in users:
            places[name, table.name] = len(tables)
        for name, table in users[1:]:
            saved[name] = saved.get(name, 0) + table.stored_bytes
            if (name, table.name) in weights:
                saved_weights[name] = saved_weights.get(name, 0) + table.nbytes
        names = tuple(dict.fromkeys(name for name, _ in users))
        tables.append(SharedTable(f"shared{len(tables)}_{first.name}", first, names))
    return Sharing(tuple(tables), places, saved, saved_weights)


def stored_once(candidates: Iterable[Lowered]) -> int:
    """Bytes of constants of one choice for every node."""
    nodes = [(str(index), lowered) for index, lowered in enumerate(candidates)]
    sharing = share(nodes)
    return sum(sharing.flash(name, lowered) for name, lowered in nodes)
