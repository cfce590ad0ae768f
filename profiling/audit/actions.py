"""The actions of a project: declared ones, console scripts, `__main__` modules, tests, and entries given by hand."""

import ast
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from profiling.audit.model import Action, FunctionNode, NodeKind
from profiling.audit.sources import Sources, dotted
from profiling.audit.traversal import Graph
from profiling.context.manifest import Manifest, strings
from profiling.context.scripts import Script, console_scripts

_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 100
_SHOWN = 5


class UnknownEntry(ValueError):
    """No function, or more than one, has the name given; the message lists what may have been meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found.

    Attributes:
        actions: each name once; declared ones first.
        problems: declarations that can't be used, one sentence each.
    """

    actions: tuple[Action, ...]
    problems: tuple[str, ...] = ()


def discover(
    graph: Graph, manifest: Manifest, sources: Sources, *, scripts: Iterable[Script] | None = None
) -> Discovery:
    """Return the actions that a project declares or that can be seen in it.

    Args:
        graph: the call graph.
        manifest: the project's declarations: `[tool.optimize.audit.actions]`, scripts and entry points.
        sources: to look for `if __name__ == "__main__"`.
        scripts: what the project installs, where that is known already; None: look into the declarations.
    """
    problems: list[str] = []
    declared = list(_declared(graph, manifest, problems))
    installed = console_scripts(manifest) if scripts is None else scripts
    found = [*_scripts(graph, installed, problems), *_mains(graph, sources)]
    taken = {action.entry_points for action in declared}
    actions = [*declared, *(action for action in found if action.entry_points not in taken)]
    return Discovery(actions=tuple(_with_distinct_names(actions)), problems=tuple(problems))


def find(graph: Graph, wanted: str, known: Iterable[Action]) -> Action:
    """Return the action of this name, of a pytest node id, or of a function given by its name.

    Raises:
        UnknownEntry: there is none; the message says what may have been meant.
    """
    for action in known:
        if action.name == wanted:
            return action
    return of_test(graph, wanted) if "::" in wanted else entry(graph, wanted)


def entry(graph: Graph, wanted: str) -> Action:
    """Return the action that a function is, by its dotted name or the end of it, `module:function` too.

    Raises:
        UnknownEntry: no function has that name, or several end so.
    """
    name = resolve(graph, wanted)
    return Action(name=safe_name(name), entry_points=(name,), description=f"the function {name}")


def of_test(graph: Graph, node_id: str) -> Action:
    """Return the action of a pytest node id: a file, a class in it, or one test; parameters are passed over.

    Raises:
        UnknownEntry: the file is not in the graph, or holds no such test.
    """
    file, *path = node_id.partition("[")[0].split("::")
    inside = [node for node in graph.nodes.values() if node.file == file or node.file.endswith(f"/{file}")]
    inside = [node for node in inside if node.kind in {NodeKind.FUNCTION, NodeKind.METHOD}]
    wanted = ".".join(path)
    chosen = [node.name for node in inside if _is_test(node, wanted)]
    if chosen:
        return Action(
            name=safe_name(node_id),
            entry_points=tuple(chosen),
            description=f"the test {node_id}",
            argv=("python", "-m", "pytest", "-q", node_id),
        )
    near = difflib.get_close_matches(wanted, [node.qualname for node in inside], n=_SHOWN, cutoff=0.5)
    known = f"{file} holds no test {wanted!r}" if inside else f"no file {file} with functions was audited"
    raise UnknownEntry(f"{known}: {_meant(near)}")


def resolve(graph: Graph, wanted: str) -> str:
    """Return the full dotted name of the function meant.

    Raises:
        UnknownEntry: no function has that name, or several end so.
    """
    name = wanted.strip().replace(":", ".")
    for candidate in (name, f"{name}.__init__"):
        if candidate in graph.nodes:
            return candidate
    ends = sorted(each for each in graph.nodes if name and each.endswith((f".{name}", f".{name}.__init__")))
    if len(ends) == 1:
        return ends[0]
    if ends:
        more = f" and {len(ends) - _SHOWN} more" if len(ends) > _SHOWN else ""
        raise UnknownEntry(f"{wanted!r} is the end of {len(ends)} names: {', '.join(ends[:_SHOWN])}{more}: give more")
    raise UnknownEntry(f"no function is named {wanted!r}: {_meant(_near(graph, name))}")


def safe_name(text: str) -> str:
    """Return a name that is safe as a file's on every system."""
    return _UNSAFE.sub("_", text).strip("._-")[:_LONGEST_NAME] or "action"


def _declared(graph: Graph, manifest: Manifest, problems: list[str]) -> Iterator[Action]:
    table = manifest.table("tool", "optimize", "audit", "actions")
    for name, value in table.items():
        wanted, description = _declaration(value)
        if not wanted:
            problems.append(
                f"the action {name!r} in [tool.optimize.audit.actions] names no function: "
                'write name = "package.module.function" or {entry = ["…"], description = "…"}'
            )
            continue
        entries = tuple(_resolved(graph, wanted, f"the action {name!r}", problems))
        if entries:
            text = description or "declared in pyproject.toml"
            yield Action(name=safe_name(name), entry_points=entries, description=text)


def _declaration(value: object) -> tuple[tuple[str, ...], str]:
    if not isinstance(value, Mapping):
        return strings(value), ""
    description = value.get("description")
    return strings(value.get("entry")), description if isinstance(description, str) else ""


def _scripts(graph: Graph, scripts: Iterable[Script], problems: list[str]) -> Iterator[Action]:
    for script in scripts:
        entries = tuple(_resolved(graph, (script.target,), f"the console script {script.name!r}", problems))
        if entries:
            yield Action(
                name=safe_name(script.name),
                entry_points=entries,
                description=f"the console script {script.name}",
                argv=_script_argv(script.target),
            )


def _script_argv(target: str) -> tuple[str, ...]:
    """Return what runs a script that may not be installed; nothing for a target that is no plain `module:function`."""
    module, _, function = target.partition(":")
    if not function.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        return ()
    return ("python", "-c", f"import sys; from {module} import {function}; sys.exit({function}())")


def _resolved(graph: Graph, wanted: tuple[str, ...], what: str, problems: list[str]) -> Iterator[str]:
    for text in wanted:
        try:
            yield resolve(graph, text)
        except UnknownEntry as error:
            problems.append(f"{what}: {error}")


def _mains(graph: Graph, sources: Sources) -> Iterator[Action]:
    for name, node in graph.nodes.items():
        if node.kind is NodeKind.MODULE:
            if name.endswith(".__main__"):
                package = name.removesuffix(".__main__")
                argv: tuple[str, ...] = ("python", "-m", package)
                description = f"python -m {package}"
            elif name == "__main__" or _has_main_block(node, sources):
                argv, description = ("python", node.file), f"{node.file} run as a script"
            else:
                continue
            yield Action(
                name=safe_name(argv[-1].removesuffix(".py")), entry_points=(name,), description=description, argv=argv
            )


def _has_main_block(node: FunctionNode, sources: Sources) -> bool:
    """Say whether a module's body asks whether it is run; only its top level is looked at."""
    if not sources.mentions(node.file, b"__main__"):
        return False
    module = sources.module(node.file)
    return module is not None and any(isinstance(each, ast.If) and _asks_for_main(each.test) for each in module.body)


def _asks_for_main(test_: ast.expr) -> bool:
    if not isinstance(test_, ast.Compare) or len(test_.comparators) != 1 or not isinstance(test_.ops[0], ast.Eq):
        return False
    sides = (test_.left, test_.comparators[0])
    constants = {side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)}
    return "__main__" in constants and any(dotted(side) == "__name__" for side in sides)


def _with_distinct_names(actions: Iterable[Action]) -> Iterator[Action]:
    used: defaultdict[str, int] = defaultdict(int)
    for action in actions:
        # a file system may not tell case apart
        key = action.name.lower()
        used[key] += 1
        yield action if used[key] == 1 else replace(action, name=f"{action.name}-{used[key]}")


def _is_test(node: FunctionNode, wanted: str) -> bool:
    if wanted:
        is_inside = node.qualname.startswith(f"{wanted}.") and node.qualname.rpartition(".")[2].startswith("test")
        return node.qualname == wanted or is_inside
    return "<locals>" not in node.qualname and node.qualname.rpartition(".")[2].startswith("test")


def _near(graph: Graph, name: str) -> list[str]:
    """Return the names that may have been meant: alike as a whole, or in their last part."""
    last = name.rpartition(".")[2].lower()
    by_last: defaultdict[str, list[str]] = defaultdict(list)
    for each in graph.nodes:
        by_last[each.rpartition(".")[2].lower()].append(each)
    alike = [
        each
        for near in difflib.get_close_matches(last, by_last, n=_SHOWN, cutoff=0.6)
        for each in sorted(by_last[near])
    ]
    whole = sorted(alike, key=lambda each: -difflib.SequenceMatcher(a=name, b=each).ratio())
    return whole[:_SHOWN]


def _meant(near: Iterable[str]) -> str:
    found = ", ".join(near)
    return f"did you mean {found}?" if found else "`optimize audit graph . --json` lists the names"
