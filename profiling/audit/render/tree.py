"""An action as a tree of calls, with what each function costs, changes, and leaves unknown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.model import ActionProfile, CallSite, FunctionNode, Tier
from profiling.audit.render.text import amount, visible

LEGEND = (
    "estimates in units of about 1 ns; ! expensive, $ costs, = changes state, ? unknown target,"
    " xN runs N times in loops of its caller (x? unknown), (above) is opened out above"
)
_NO_SHAPES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line still to be given, and what stands left of it."""

    text: str
    prefix: str
    is_last: bool
    opens: str | None = None


def render_tree(profile: ActionProfile, shapes: Mapping[str, str] = _NO_SHAPES, shape: str = "") -> Iterator[str]:
    """Give the lines of an action's tree, every function opened out where it is first met.

    Args:
        profile: of the action.
        shapes: how the computation of a function is built, by its name.
        shape: that of the whole action.
    """
    nodes = {node.name: node for node in profile.functions}
    yield f"{visible(profile.action.name)}: {_totals(profile)}{f'  [{visible(shape)}]' if shape else ''}"
    yield LEGEND
    seen: set[str] = set()
    for entry in profile.action.entry_points:
        if entry in nodes:
            seen.add(entry)
            yield _head(nodes[entry], profile, shapes)
            yield from _below(nodes, entry, profile, shapes, seen)


def _totals(profile: ActionProfile) -> str:
    functions, unknown = len(profile.functions), len(profile.unresolved)
    return f"{functions} functions, load {amount(profile.total_load)}, {unknown} calls with unknown targets"


def _below(
    nodes: Mapping[str, FunctionNode],
    root: str,
    profile: ActionProfile,
    shapes: Mapping[str, str],
    seen: set[str],
) -> Iterator[str]:
    pending = _children(nodes, nodes[root], profile, "")
    while pending:
        entry = pending.pop()
        branch = "└─ " if entry.is_last else "├─ "
        if entry.opens is None:
            yield f"{entry.prefix}{branch}{entry.text}"
            continue
        node = nodes[entry.opens]
        if node.name in seen:
            yield f"{entry.prefix}{branch}{entry.text}{visible(node.name)} (above)"
            continue
        seen.add(node.name)
        yield f"{entry.prefix}{branch}{entry.text}{_head(node, profile, shapes)}"
        pending += _children(nodes, node, profile, entry.prefix + ("   " if entry.is_last else "│  "))


def _head(node: FunctionNode, profile: ActionProfile, shapes: Mapping[str, str]) -> str:
    load = profile.load.get(node.name, 0.0)
    parts = [visible(node.name), visible(f"{node.file}:{node.line}")]
    if load:
        parts.append(f"load {amount(load)}")
    if node.name in shapes:
        parts.append(f"[{visible(shapes[node.name])}]")
    return "  ".join(parts)


def _children(
    nodes: Mapping[str, FunctionNode], node: FunctionNode, profile: ActionProfile, prefix: str
) -> list[_Entry]:
    """Return what stands below a function, the last first: operations, changes, unknown calls, then what it calls."""
    rows = [(text, None) for text in _facts(node, profile)]
    calls = [(mark, name) for name, mark in _calls(nodes, node).items()]
    both: Sequence[tuple[str, str | None]] = [*rows, *calls]
    entries = [
        _Entry(text=text, prefix=prefix, is_last=position == len(both), opens=opens)
        for position, (text, opens) in enumerate(both, 1)
    ]
    return entries[::-1]


def _facts(node: FunctionNode, profile: ActionProfile) -> Iterator[str]:
    # What weighs nothing is not resolved, and told as such below.
    for op in (op for op in profile.expensive_ops.get(node.name, ()) if op.weight > 0):
        mark = "!" if op.weight > EXPENSIVE_THRESHOLD else "$"
        yield f"{mark} {visible(op.callee)} {op.cost_class} {amount(op.weight)} line {op.line}"
    for change in profile.state_mutations.get(node.name, ()):
        yield f"= {visible(change.target)} {change.kind} line {change.line}"
    for site in node.calls:
        if site.reason and not site.callees:
            yield f"? {visible(site.text)} line {site.line}: {visible(site.reason)}"


def _calls(nodes: Mapping[str, FunctionNode], node: FunctionNode) -> Mapping[str, str]:
    """Return what a function calls within the tree, in order, with the mark of its loops."""
    found: dict[str, str] = {}
    for site in node.calls:
        for callee in site.callees:
            if callee.tier is not Tier.EXTERNAL and callee.name in nodes:
                found.setdefault(callee.name, _loops(site))
    return found


def _loops(site: CallSite) -> str:
    if not site.loops:
        return ""
    product = 1
    for loop in site.loops:
        if loop.bound is None:
            return "x? "
        product *= loop.bound
    return f"x{product} "
