"""What the source tells of a tree's functions: who calls them, through which loops, and what in them is expensive."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from profiling.audit.actions import discover
from profiling.audit.graph import ReadOptions, build_call_graph
from profiling.audit.model import Action
from profiling.audit.sources import Sources
from profiling.audit.target_facts import AuditFacts, audit_facts_for_targets
from profiling.audit.trace import trace_action
from profiling.context import manifest
from profiling.model import Command, FunctionKey, Tree

_MOST_ACTIONS = 8
"""Traced beside the workload's own: each costs up to a second on a large tree."""


def code_paths(tree: Tree, workload: Command, *, cache: Path | None) -> Mapping[FunctionKey, AuditFacts]:
    """Return what the call graph tells of each function of a tree; nothing of it is run.

    Args:
        tree: the checkout.
        workload: counts as an action where it is a script of the tree.
        cache: folder for what is known of each file; None keeps nothing.
    """
    graph = build_call_graph(tree.root, options=ReadOptions(excluded=_elsewhere(tree, workload), cache=cache))
    sources = Sources(root=tree.root)
    found = discover(graph, manifest.read(tree.root), sources).actions[:_MOST_ACTIONS]
    actions = (*_workload(workload, graph.nodes), *found)
    profiles = [trace_action(graph, action, sources=sources) for action in actions]
    return audit_facts_for_targets(graph, profiles, root=tree.root)


def path_lines(paths: Mapping[FunctionKey, AuditFacts], keys: tuple[FunctionKey, ...]) -> tuple[str, ...]:
    """Return one line for each of these functions that the source says something expensive of."""
    return tuple(line for key in keys if key in paths and (line := _line(key, paths[key])))


def _elsewhere(tree: Tree, workload: Command) -> tuple[str, ...]:
    """Return the top folders that hold neither source of the project nor the workload."""
    needed = {PurePosixPath(path).parts[:1] for path in (*tree.source_paths, *workload.argv)}
    if (".",) in needed or () in needed:
        return ()
    folders = (path for path in sorted(tree.root.iterdir()) if path.is_dir() and not path.is_symlink())
    return tuple(path.name for path in folders if (path.name,) not in needed)


def _workload(command: Command, nodes: Mapping[str, object]) -> tuple[Action, ...]:
    scripts = (PurePosixPath(word) for word in command.argv if word.endswith(".py"))
    names = [".".join(script.with_suffix("").parts) for script in scripts]
    entries = tuple(name for name in names if name in nodes)
    return (Action(name="workload", entry_points=entries),) if entries else ()


def _line(key: FunctionKey, facts: AuditFacts) -> str:
    parts = [f"{op.callee} at line {op.line} ({op.cost_class.value.replace('_', ' ')})" for op in facts.expensive]
    parts += [f"{one.callee}({one.source}) is reached from {one.count} places" for one in facts.redundancy]
    if not parts:
        return ""
    through = f", at least {facts.calls_through_loops:.0f} calls a run" if facts.calls_through_loops > 1 else ""
    return f"{key.qualname} ({key.place}){through}: {'; '.join(dict.fromkeys(parts))}"
