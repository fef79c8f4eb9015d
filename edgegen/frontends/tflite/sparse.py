"""Sparse TFLite tensors -> dense ones, every segment, index and size checked.

A sparse tensor is a tree of levels, one per axis of the shape and one per axis of its blocks, in the traversal order. A
DENSE level has all its positions below every node; a SPARSE_CSR level has those that `indices` names between two
`segments`. The leaves, in order, are the stored values. Source: SparsityParameters in TFLite's schema.fbs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import tflite

from edgegen.errors import ModelError
from edgegen.ir import Array

#: builds the error of one tensor from what is wrong with it
Fail = Callable[[str], ModelError]


@dataclass(frozen=True)
class Level:
    """One level: DENSE of `size` positions when segments and indices are None, else SPARSE_CSR."""

    size: int
    segments: Array | None = None
    indices: Array | None = None


@dataclass(frozen=True)
class Sparsity:
    """order: level -> axis, those from the rank on being blocks; blocks: block -> the axis that it divides."""

    order: tuple[int, ...]
    blocks: tuple[int, ...]
    levels: tuple[Level, ...]


def read_sparsity(table: Any, length: Callable[[int, str], int], fail: Fail) -> Sparsity:
    """The plain form of a SparsityParameters table; `length` bounds each vector by the file's size."""
    order = tuple(int(table.TraversalOrder(i)) for i in range(length(table.TraversalOrderLength(), "sparse axes")))
    blocks = tuple(int(table.BlockMap(i)) for i in range(length(table.BlockMapLength(), "sparse blocks")))
    count = length(table.DimMetadataLength(), "sparse levels")
    return Sparsity(order, blocks, tuple(_level(table.DimMetadata(i), length, fail) for i in range(count)))


def _level(table: Any, length: Callable[[int, str], int], fail: Fail) -> Level:
    if table.Format() == tflite.DimensionType.DENSE:
        return Level(int(table.DenseSize()))
    if table.Format() != tflite.DimensionType.SPARSE_CSR:
        raise fail(f"a level has format {table.Format()}; only DENSE and SPARSE_CSR are known")
    segments = _vector(table.ArraySegmentsType(), table.ArraySegments(), length, fail)
    return Level(0, segments, _vector(table.ArrayIndicesType(), table.ArrayIndices(), length, fail))


def _vector(kind: int, union: Any, length: Callable[[int, str], int], fail: Fail) -> Array:
    """The numbers of a SparseIndexVector as int64."""
    types = {number: name for name, number in vars(tflite.SparseIndexVector).items() if isinstance(number, int)}
    name = types.get(kind, "NONE")
    if name == "NONE" or union is None:
        raise fail(f"a level's segments or indices are of type {kind}; they must be int32, uint16 or uint8")
    vector = getattr(tflite, name)()
    vector.Init(union.Bytes, union.Pos)
    if not length(vector.ValuesLength(), "sparse indices"):
        return np.zeros(0, dtype=np.int64)
    return np.asarray(vector.ValuesAsNumpy()).astype(np.int64)


def densify(sparsity: Sparsity, shape: tuple[int, ...], values: Array, fail: Fail) -> Array:
    """The dense tensor of `shape`, of the type of the stored `values` (1-D); what is not stored is 0.

    Raises fail(...) when levels, segments or indices leave the shape or each other, or hit an element twice.
    """
    sizes, strides = _geometry(sparsity, shape, fail)
    # No level has more nodes than the file has values or segments for: memory stays in proportion to the file.
    most = max([values.size, *(level.segments.size for level in sparsity.levels if level.segments is not None)])
    flat = np.zeros(1, dtype=np.int64)
    for level, size, stride in zip(sparsity.levels, sizes, strides, strict=True):
        parents, positions = _children(level, size, flat.size, most, fail)
        flat = flat[parents] + positions * stride
    if flat.size != values.size:
        raise fail(f"its levels name {flat.size} values and {values.size} are stored")
    taken = np.zeros(prod(shape), dtype=np.bool_)
    taken[flat] = True
    if np.count_nonzero(taken) != flat.size:
        raise fail("its levels name an element twice")
    dense = np.zeros(prod(shape), dtype=values.dtype)
    dense[flat] = values
    return dense.reshape(shape)


def _geometry(sparsity: Sparsity, shape: tuple[int, ...], fail: Fail) -> tuple[list[int], list[int]]:
    """(positions, distance between them in the dense tensor) of each level."""
    rank, order, blocks = len(shape), sparsity.order, sparsity.blocks
    if sorted(order) != list(range(rank + len(blocks))) or len(sparsity.levels) != len(order):
        raise fail(f"its traversal order {order} and {len(sparsity.levels)} levels do not fit its axes and {blocks=}")
    if len(set(blocks)) != len(blocks) or not all(0 <= axis < rank for axis in blocks):
        raise fail(f"its block map {blocks} must name different axes of the shape")
    block = [1] * rank
    for number, axis in enumerate(blocks):
        level = sparsity.levels[order.index(rank + number)]
        block[axis] = level.size
        if level.segments is not None or level.size < 1 or shape[axis] % level.size:
            raise fail(f"its blocks along axis {axis} must be dense and divide the axis; their size is {level.size}")
    steps = [prod(shape[axis + 1 :]) for axis in range(rank)]
    by_axis = [(shape[axis] // block[axis], steps[axis] * block[axis]) for axis in range(rank)]
    by_axis += [(block[axis], steps[axis]) for axis in blocks]
    return [by_axis[axis][0] for axis in order], [by_axis[axis][1] for axis in order]


def _children(level: Level, size: int, nodes: int, most: int, fail: Fail) -> tuple[Array, Array]:
    """(parent, position) of every node of a level below `nodes` nodes, in order."""
    if level.segments is None or level.indices is None:
        if level.size != size:
            raise fail(f"a dense level has {level.size} positions; the shape has {size}")
        if nodes * size > most:
            raise fail("its dense levels have more positions than values are stored")
        return np.repeat(np.arange(nodes), size), np.tile(np.arange(size), nodes)
    segments, indices = level.segments, level.indices
    counts = np.diff(segments)
    if segments.size != nodes + 1 or segments[0] != 0 or segments[-1] != indices.size or (counts < 0).any():
        raise fail(f"a level's segments must rise from 0 to {indices.size} in {nodes + 1} numbers")
    if indices.size and not (indices.min() >= 0 and indices.max() < size):
        raise fail(f"a level's indices lie in {indices.min()}..{indices.max()}; they must be in 0..{size - 1}")
    return np.repeat(np.arange(nodes), counts), indices


def without_densify(tensors: Sequence[Any], operators: Sequence[Any], fail: Callable[[Any, str], ModelError]) -> Any:
    """(tensors, operators) with the output of each DENSIFY of a constant as that constant."""
    found, rest = list(tensors), []
    for operator in operators:
        ends = (operator.inputs, operator.outputs)
        if operator.name != "DENSIFY" or any(len(end) != 1 for end in ends) or operator.inputs[0] < 0:
            rest.append(operator)
            continue
        stored, output = found[operator.inputs[0]], found[operator.outputs[0]]
        if not stored.is_const:
            rest.append(operator)
            continue
        if (stored.shape, stored.dtype) != (output.shape, output.dtype):
            raise fail(output, f"DENSIFY makes it of {stored}; shape and type must be the same")
        found[output.index] = replace(output, raw=stored.raw)
    return tuple(found), tuple(rest)
