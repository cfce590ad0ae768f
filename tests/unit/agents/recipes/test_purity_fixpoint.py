import ast
import json
import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.recipes.functions import functions
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project, load
from agents.recipes.purity import Definition, Purity, purities, summarise
from agents.recipes.walking import nodes
from profiling.audit.call_graph import CallGraph
from profiling.audit.graph import build_call_graph
from profiling.model import Tree

DOING = {
    "prints": "    print(a)\n",
    "stores": "    a.x = 1\n",
    "does not know": "    elsewhere(a)\n",
    "calls what it is given": "    a()\n",
    "changes a global": "    global seen\n    seen = a\n",
    "keeps": "    kept.append(a)\n",
}
GRAPHS = st.integers(2, 7).flatmap(
    lambda size: st.tuples(
        st.lists(st.sets(st.integers(0, size - 1), max_size=3), min_size=size, max_size=size),
        st.lists(st.sampled_from([None, None, None, *DOING]), min_size=size, max_size=size),
        st.permutations(range(size)),
    )
)


def program(calls: list[set[int]], doing: list[str | None]) -> str:
    """Return functions f0, f1, …: each calls some of them, circles included, and may do something besides."""
    texts = ["kept = []\nseen = None\n"]
    for number, (called, does) in enumerate(zip(calls, doing, strict=True)):
        inner = "".join(f"    if a:\n        a = f{callee}(a - 1)\n" for callee in sorted(called))
        texts.append(f"def f{number}(a):\n{DOING[does] if does else ''}{inner}    return a\n")
    return "\n\n".join(texts)


def reached(start: int, calls: list[set[int]]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = calls[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(GRAPHS)
def test_a_function_is_pure_exactly_when_nothing_it_reaches_acts_whatever_is_asked_first(parsed, graph) -> None:
    calls, doing, order = graph
    module, project = parsed(program(calls, doing))
    found = functions(module)
    for number in order:
        summary = summarise(Definition(module=module, node=found[number].node), project)
        does_nothing = not any(doing[other] for other in reached(number, calls))
        assert (summary.purity is Purity.PURE) == does_nothing
        assert bool(summary.reason) != does_nothing


def test_what_a_circle_gives_is_what_any_of_its_functions_may_give(parsed) -> None:
    text = (
        "def even(n):\n    return odd(n - 1) if n else []\n\n\n"
        "def odd(n):\n    return other(n - 1) if n else None\n\n\n"
        "def other(n):\n    return even(n - 1) if n else odd(n)\n"
    )
    module, project = parsed(text)
    for function in reversed(functions(module)):
        summary = summarise(Definition(module=module, node=function.node), project)
        assert summary.purity is Purity.PURE
        assert summary.result is not Kind.SCALAR


def test_an_own_exception_that_a_circle_raises_matters_to_who_catches_it(parsed) -> None:
    text = (
        "class Own(Exception): pass\n\n\n"
        "def first(n):\n    return second(n)\n\n\n"
        "def second(n):\n    if n:\n        raise Own(n)\n    return first(n)\n\n\n"
        "def catching(n):\n    try:\n        return first(n)\n    except Exception:\n        return n\n"
    )
    module, project = parsed(text)
    first, _, catching = (Definition(module=module, node=function.node) for function in functions(module))
    assert summarise(first, project).raises_own
    assert summarise(catching, project).purity is Purity.IMPURE


def test_a_large_circle_settles(parsed) -> None:
    size = 18
    calls = [{(number + step) % size for step in (1, 2, 5)} for number in range(size)]
    module, project = parsed(program(calls, [None] * size))
    assert all(
        summarise(Definition(module=module, node=one.node), project).purity is Purity.PURE for one in functions(module)
    )


def test_every_function_that_purity_follows_is_one_the_call_graph_finds_there_too(tmp_path: Path) -> None:
    shutil.copytree(Path(json.__file__).parent, tmp_path / "json", ignore=shutil.ignore_patterns("__pycache__"))
    project = load(Tree(root=tmp_path, import_roots=(".",), packages=("json",), source_paths=(".",)))
    graph = build_call_graph(tmp_path)
    followed = [place for module in project.modules.values() for place in _followed(module, project)]
    assert len({callee for _, _, callee in followed}) > 3
    for caller, line, callee in followed:
        assert (line, callee) in _found(graph, caller), f"{caller}:{line} calls {callee}, the call graph says otherwise"


def _followed(module: Module, project: Project) -> list[tuple[str, int, str]]:
    """Return where a function of a module calls one that purity would look into."""
    found = []
    for function in functions(module):
        for call in nodes(function.node, ast.Call):
            callee = purities(project).resolve(call.func, module)
            if callee is not None and not function.is_local:
                name = f"{callee.module.name}.{callee.node.name}"
                found.append((f"{module.name}.{function.key.qualname}", call.lineno, name))
    return found


def _found(graph: CallGraph, caller: str) -> set[tuple[int, str]]:
    """Return the calls of a function and of what is defined in it, as the call graph has them."""
    inside = [graph.nodes[name] for name in graph.nodes if name == caller or name.startswith(f"{caller}.")]
    return {(site.line, callee.name) for node in inside for site in node.calls for callee in site.callees}
