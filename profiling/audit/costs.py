"""What each function does that is expensive: calls with a class, a size and a weight."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from profiling.audit.cost_model import (
    EXPENSIVE_THRESHOLD,
    MOST_WEIGHT,
    STANDARD,
    CostModel,
    class_of_call,
    receiver_data,
)
from profiling.audit.model import CallSite, CostClass, ExpensiveOp, FunctionNode, Tier
from profiling.audit.traversal import Graph, Part, part


def build_expensive_ops_index(
    graph: Graph, *, model: CostModel = STANDARD, root: Path | None = None
) -> dict[str, tuple[ExpensiveOp, ...]]:
    """Return the operations of every function that has some, by dotted name.

    A call that was not resolved is listed with class `unresolved` and weight 0.

    Args:
        graph: the call graph.
        model: what the classes weigh.
        root: of the source; with it, files that are opened by a literal path are looked up for their size.
    """
    found = operations(part(graph, graph.nodes, model=model), model=model, root=root)
    return {name: ops for name, ops in found.items() if ops}


def operations(
    functions: Part, *, model: CostModel = STANDARD, root: Path | None = None
) -> dict[str, tuple[ExpensiveOp, ...]]:
    """Return the operations of some functions, in the order of their lines; loops amplify calls of these only."""
    own = {name: tuple(_own(node, functions, model, root)) for name, node in functions.nodes.items()}
    loads = functions.inclusive({name: sum(op.weight for op in ops) for name, ops in own.items()})
    found = {}
    for name, node in functions.nodes.items():
        repeated = _repeated(node, functions, model, loads)
        found[name] = tuple(sorted((*own[name], *repeated), key=lambda op: op.line))
    return found


def own_load(ops: tuple[ExpensiveOp, ...], functions: Part) -> float:
    """Return what a function's operations weigh without those that stand for functions of the same part."""
    return min(sum(op.weight for op in ops if op.callee not in functions.nodes), MOST_WEIGHT)


def is_expensive(op: ExpensiveOp, threshold: float = EXPENSIVE_THRESHOLD) -> bool:
    """Say whether an operation is to be flagged."""
    return op.weight > threshold


def _own(node: FunctionNode, functions: Part, model: CostModel, root: Path | None) -> Iterator[ExpensiveOp]:
    """Yield what a function does itself: operations with a class, repeated calls that leave the tree, unknown calls."""
    for site in node.calls:
        classed = class_of_call(site)
        if classed is not None:
            name, cost_class = classed
            size = _size(site, cost_class, root)
            weight = model.weights[cost_class] * max(1, size or 1) * model.passes(site.loops)
            yield _operation(site, name, cost_class, size, weight)
        elif site.reason and not site.callees:
            yield _operation(site, site.text, CostClass.UNRESOLVED, None, 0.0)
        elif site.callees and site.loops and not site.implicit and not _inside(site, functions):
            yield _amplified(site, site.callees[0].name, model, model.weights[CostClass.LOOP_AMPLIFIED])


def _repeated(
    node: FunctionNode, functions: Part, model: CostModel, loads: Mapping[str, float]
) -> Iterator[ExpensiveOp]:
    """Yield calls in loops of functions of the tree, each with all that function does."""
    for site in node.calls:
        inside = _inside(site, functions) if site.loops and not site.implicit else ()
        if inside and class_of_call(site) is None:
            heaviest = max(inside, key=lambda name: loads[name])
            yield _amplified(site, heaviest, model, max(loads[heaviest], model.weights[CostClass.LOOP_AMPLIFIED]))


def _inside(site: CallSite, functions: Part) -> tuple[str, ...]:
    return tuple(
        callee.name for callee in site.callees if callee.tier is not Tier.EXTERNAL and callee.name in functions.nodes
    )


def _amplified(site: CallSite, callee: str, model: CostModel, weight: float) -> ExpensiveOp:
    bounds = [loop.bound for loop in site.loops if loop.bound is not None]
    passes = int(model.passes(site.loops)) if bounds else None
    return _operation(site, callee, CostClass.LOOP_AMPLIFIED, passes, weight * model.passes(site.loops))


def _operation(site: CallSite, callee: str, cost_class: CostClass, size: int | None, weight: float) -> ExpensiveOp:
    return ExpensiveOp(callee=callee, cost_class=cost_class, size=size, line=site.line, weight=min(weight, MOST_WEIGHT))


def _size(site: CallSite, cost_class: CostClass, root: Path | None) -> int | None:
    """Return the size of the data of an operation: of a file, a payload, a literal."""
    if cost_class is CostClass.FILE_IO:
        if site.text.rpartition(".")[2] in {"write_text", "write_bytes"}:
            return site.size
        is_named = receiver_data(site) is None and site.literal is not None
        return _file_size(root, site.literal or "") if root is not None and is_named else None
    is_address = cost_class is CostClass.NETWORK and "://" in (site.literal or "")
    return None if is_address and site.size is not None and site.size <= len(site.literal or "") else site.size


def _file_size(root: Path, name: str) -> int | None:
    """Return the size of a file of the tree; of nothing outside it, wherever a link leads."""
    try:
        base = Path(os.path.realpath(root))
        path = Path(os.path.realpath(base / name))
        return path.stat().st_size if path.is_relative_to(base) and path.is_file() else None
    except (OSError, ValueError):
        return None
