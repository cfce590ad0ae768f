"""Print the call graph that another tool gives: `PYTHON benchmarks/callgraph_rivals.py TOOL ROOT FILE...`.

TOOL is pycg, pycg-once (one iteration), code2flow or pyan; PYTHON is an interpreter that has it, of ours it needs
nothing. ROOT is the folder that modules are named from. The graph is {caller: [callees]} in dotted names, as
benchmarks.callgraph_quality reads it.
"""

import contextlib
import io
import json
import logging
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

Graph = dict[str, list[str]]


def main() -> int:
    """Print one graph as JSON."""
    tool, root, *files = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        found = _TOOLS[tool](root, files)
    print(json.dumps(found))
    return 0


def _pycg(root: str, files: Sequence[str], iterations: int = -1) -> Graph:
    # It uses importlib.util without importing it, and follows no import where nobody else did.
    import importlib.util  # noqa: PLC0415, F401

    from pycg.pycg import CallGraphGenerator  # noqa: PLC0415  only there in its own interpreter

    generator = CallGraphGenerator(list(files), root, iterations, "call-graph")
    generator.analyze()
    return {caller: sorted(callees) for caller, callees in generator.output().items()}


def _pycg_once(root: str, files: Sequence[str]) -> Graph:
    """Look at each file once: to the end it takes very long for packages."""
    return _pycg(root, files, 1)


def _code2flow(root: str, files: Sequence[str]) -> Graph:
    """Name its nodes, which tell a file's stem and a qualified name; a stem that several files have tells none."""
    from code2flow.engine import code2flow  # noqa: PLC0415  as above

    modules = defaultdict(list)
    for file in files:
        modules[Path(file).stem].append(_module(root, file))
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch, "graph.json")
        code2flow(
            raw_source_paths=list(files), output_file=str(target), language="py", hide_legend=True, no_trimming=True
        )
        graph = json.loads(target.read_text())["graph"]
    names = {uid: _node_name(node["name"], modules) for uid, node in graph["nodes"].items()}
    found: Graph = {}
    for edge in graph["edges"]:
        caller, callee = names[edge["source"]], names[edge["target"]]
        if caller and callee:
            found.setdefault(caller, []).append(callee)
    return found


def _node_name(name: str, modules: dict[str, list[str]]) -> str:
    stem, _, rest = name.partition("::")
    known = modules.get(stem, [])
    if len(known) != 1:
        return ""
    return known[0] if rest == "(global)" else f"{known[0]}.{rest}"


def _pyan(root: str, files: Sequence[str]) -> Graph:
    """Keep of its uses those of functions; a class counts as its constructor where it has one."""
    from pyan.analyzer import CallGraphVisitor  # noqa: PLC0415  as above

    visitor = CallGraphVisitor(list(files), root=root, logger=logging.getLogger("pyan"))
    defined = {node.get_name() for nodes in visitor.nodes.values() for node in nodes if node.defined}
    found: Graph = {}
    for caller, callees in visitor.uses_edges.items():
        for callee in callees:
            name = callee.get_name()
            kind = callee.flavor.value
            if kind == "class" and f"{name}.__init__" in defined:
                name, kind = f"{name}.__init__", "method"
            if not name.startswith("*.") and (kind in _CALLABLE or (kind == "???" and name not in defined)):
                found.setdefault(caller.get_name(), []).append(name)
    return found


_CALLABLE = frozenset({"function", "method", "staticmethod", "classmethod"})


def _module(root: str, file: str) -> str:
    parts = Path(file).relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


_TOOLS: dict[str, Callable[[str, Sequence[str]], Graph]] = {
    "pycg": _pycg,
    "pycg-once": _pycg_once,
    "code2flow": _code2flow,
    "pyan": _pyan,
}

if __name__ == "__main__":
    sys.exit(main())
