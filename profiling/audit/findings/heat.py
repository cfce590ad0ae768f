"""Which functions run often, seldom, or only at the start."""

from collections.abc import Iterable

from profiling.audit.findings.model import Heat
from profiling.audit.model import FunctionNode, NodeKind
from profiling.audit.traversal import Part
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile

_HOT_CALLS = 1000
_HOT_SHARE = 0.01
_BODIES = frozenset((NodeKind.MODULE, NodeKind.CLASS_BODY))


def heats(functions: Part, entry_points: Iterable[str], measured: Profile | None = None) -> dict[str, Heat]:
    """Return every function's heat.

    Init is what only the bodies of modules and classes lead to, unless an action begins there. Hot is what a loop leads
    to, or what a profile saw with 1000 calls or 1% of the CPU. A profile that did not see a function makes it cold.

    Args:
        functions: of the actions.
        entry_points: where they begin.
        measured: a profile of one of them.
    """
    entries = [name for name in entry_points if name in functions.nodes]
    repeated = functions.repeated()
    running = _from(functions, [*entries, *_called_by_code(functions)])
    seen = {} if measured is None else {each.key: each for each in measured.functions}
    total_s = 0.0 if measured is None else measured.cpu_sampled_s
    return {
        name: _heat(
            name in running,
            _is_hot(seen.get(key_of(node)), total_s) if measured is not None else name in repeated,
        )
        for name, node in functions.nodes.items()
    }


def key_of(node: FunctionNode) -> FunctionKey:
    """Return the key that profiles know a function by; that of its file for what runs in a module's body."""
    if node.kind in _BODIES and "<locals>" not in node.qualname:
        return FunctionKey(file=node.file, first_line=1, qualname="<module>")
    return FunctionKey(file=node.file, first_line=node.first_line, qualname=node.qualname)


def _heat(is_running: bool, is_hot: bool) -> Heat:  # noqa: FBT001 - private: both are told apart by their only call
    if not is_running:
        return Heat.INIT
    return Heat.HOT if is_hot else Heat.COLD


def _called_by_code(functions: Part) -> set[str]:
    """Return the functions that are no bodies and are not called from bodies alone."""
    by_bodies: set[str] = set()
    by_functions: set[str] = set()
    for name, links in functions.links.items():
        (by_bodies if functions.nodes[name].kind in _BODIES else by_functions).update(link.callee for link in links)
    return {
        name
        for name, node in functions.nodes.items()
        if node.kind not in _BODIES and (name not in by_bodies or name in by_functions)
    }


def _from(functions: Part, roots: Iterable[str]) -> set[str]:
    """Return what functions reach, bodies of other modules (an import runs them once) left out."""
    pending = list(roots)
    found = set(pending)
    while pending:
        for link in functions.links[pending.pop()]:
            if link.callee not in found and functions.nodes[link.callee].kind not in _BODIES:
                found.add(link.callee)
                pending.append(link.callee)
    return found


def _is_hot(profiled: FunctionProfile | None, total_s: float) -> bool:
    if profiled is None:
        return False
    return (profiled.calls or 0) >= _HOT_CALLS or profiled.cpu_self_s >= _HOT_SHARE * total_s > 0
