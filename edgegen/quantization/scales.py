"""Which activations share a scale, and which scale each gets."""

from __future__ import annotations

from collections.abc import Mapping

from edgegen.frontends.tflite.reader import ModelInfo, OperatorInfo
from edgegen.ir import QuantParams
from edgegen.quantization.ranges import Range, activation_params
from edgegen.quantization.tflite_rules import Rule, rule


class _Groups:
    """Disjoint sets of tensors."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def find(self, index: int) -> int:
        root = index
        while self._parent.get(root, root) != root:
            root = self._parent[root]
        while self._parent.get(index, index) != root:
            self._parent[index], index = root, self._parent[index]
        return root

    def join(self, a: int, b: int) -> None:
        self._parent[self.find(a)] = self.find(b)


def activation_scales(model: ModelInfo, ranges: Mapping[int, Range]) -> dict[int, QuantParams]:
    """Parameters of every tensor that has a range.

    Operators that only move or select values share one scale with their operands. An operand whose parameters are given
    (probabilities) keeps them; where it has other company than its own copies, the caller converts it.
    """
    fixed = _fixed(model)
    groups = _Groups()
    for operator in model.operators:
        if rule(operator.name).same:
            for index in operator.inputs:
                if index in ranges and index not in fixed:
                    groups.join(index, operator.outputs[0])
    covered: dict[int, Range] = {}
    for index, found in ranges.items():
        if index not in fixed and not _clamped_later(model, index):
            root = groups.find(index)
            covered[root] = covered.get(root, Range()) | found
    return {
        index: fixed.get(index) or activation_params(covered.get(groups.find(index), found))
        for index, found in ranges.items()
    }


def _fixed(model: ModelInfo) -> dict[int, QuantParams]:
    """Tensors whose parameters are given: outputs of such operators, and of what only moves their values."""
    found: dict[int, QuantParams] = {}
    for operator in model.operators:
        demand = rule(operator.name)
        given = demand.fixed or _inherited(model, operator, demand, found)
        if given is not None:
            found[operator.outputs[0]] = given
    return found


def _inherited(
    model: ModelInfo, operator: OperatorInfo, demand: Rule, found: Mapping[int, QuantParams]
) -> QuantParams | None:
    """The parameters that all operands computed at run time agree on, if they are given."""
    if not demand.same:
        return None
    operands = [i for i in operator.inputs if i >= 0 and not model.tensors[i].is_const]
    given = {found.get(index) for index in operands}
    return given.pop() if len(given) == 1 else None


def _clamped_later(model: ModelInfo, index: int) -> bool:
    """Whether only an operator reads the tensor that commutes with clamping, so that its result's range is enough."""
    readers = [operator for operator in model.operators if index in operator.inputs]
    return index not in model.outputs and len(readers) == 1 and rule(readers[0].name).monotone
