"""What the graph answers: callers, what is reached, what is unknown, which function a profile means."""

import gc
import os
import subprocess
import sys
import unittest
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit.graph import CallGraph, ReadOptions, as_benchmark_json, build_call_graph
from profiling.audit.model import CallSite, LoopKind, NodeKind, Tier, WriteKind

Graphed = Callable[[str], CallGraph]
Lay = Callable[[Mapping[str, str | bytes]], Path]

SHOP = """
import json
import os

CACHE = {}


class Cart:
    total = 0

    def add(self, price):
        self.total += price
        CACHE["last"] = price
        self.items.append(price)

    @property
    def size(self):
        return 1


def load(path, names):
    rows = []
    for _ in range(3):
        for name in names:
            rows.append(json.loads(open(path, mode="rb").read()))
    return [os.path.join("a", name) for name in "xyz"]


async def fetch(cart: Cart):
    global CACHE
    CACHE = {}
    await send("SELECT 1", [1, 2, 3])
    while True:
        cart.size


async def send(text, values):
    def inner():
        yield text

    return inner, lambda: load(text, values)
"""


def _call(graph: CallGraph, name: str, text: str) -> CallSite:
    return next(call for call in graph.nodes[name].calls if call.text == text)


def test_a_call_site_tells_its_loops_literals_and_whether_it_is_awaited(graphed: Graphed) -> None:
    graph = graphed(SHOP)

    opened, sent = _call(graph, "shop.load", "open"), _call(graph, "shop.fetch", "send")
    joined = _call(graph, "shop.load", "os.path.join")

    assert [(loop.kind, loop.bound) for loop in opened.loops] == [(LoopKind.FOR, 3), (LoopKind.FOR, None)]
    assert (opened.mode, opened.source, opened.callees[0].name) == ("rb", "path", "<builtin>.open")
    assert (sent.awaited, sent.literal, sent.size) == (True, "SELECT 1", 8)
    assert [(loop.kind, loop.bound) for loop in joined.loops] == [(LoopKind.COMPREHENSION, 3)]


def test_what_nobody_wrote_is_marked_and_stands_in_its_loops(graphed: Graphed) -> None:
    call = next(call for call in graphed(SHOP).nodes["shop.fetch"].calls if call.implicit)

    assert (call.text, call.callees[0].name) == (".size", "shop.Cart.size")
    assert [loop.kind for loop in call.loops] == [LoopKind.WHILE]


def test_writes_tell_what_outlives_the_function(graphed: Graphed) -> None:
    graph = graphed(SHOP)

    writes = [(each.kind, each.target, each.method, each.local) for each in graph.nodes["shop.Cart.add"].writes]

    assert writes == [
        (WriteKind.ATTRIBUTE, "self.total", "", False),
        (WriteKind.ITEM, 'CACHE["last"]', "", False),
        (WriteKind.METHOD, "self.items", "append", False),
    ]
    assert [each.local for each in graph.nodes["shop.load"].writes] == [True]
    assert [each.kind for each in graph.nodes["shop.fetch"].writes] == [WriteKind.GLOBAL]


def test_nodes_know_what_they_are(graphed: Graphed) -> None:
    nodes = graphed(SHOP).nodes

    assert nodes["shop"].kind is NodeKind.MODULE
    assert nodes["shop.Cart.add"].kind is NodeKind.METHOD
    assert nodes["shop.send.<lambda1>"].kind is NodeKind.LAMBDA
    assert nodes["shop.fetch"].is_async
    assert nodes["shop.send.inner"].is_generator
    assert nodes["shop.Cart.size"].decorators == ("property",)
    assert nodes["shop.Cart.size"].first_line == nodes["shop.Cart.size"].line - 1


@pytest.mark.parametrize("key", ["send.<locals>.inner", "Cart.add", "send.<locals>.<lambda>", "<module>"])
def test_a_function_is_found_by_the_key_that_profiles_use(graphed: Graphed, key: str) -> None:
    node = graphed(SHOP).by_key("shop.py", key)

    assert node is not None
    assert (node.file, node.qualname) == ("shop.py", key)


def test_a_function_is_found_by_its_first_line(graphed: Graphed) -> None:
    graph = graphed(SHOP)

    found = graph.by_key("shop.py", graph.nodes["shop.Cart.size"].first_line)

    assert found is not None
    assert found.name == "shop.Cart.size"
    assert graph.by_key("shop.py", 9999) is None


def test_callers_and_what_is_reached_follow_the_edges(graphed: Graphed) -> None:
    graph = graphed("def a(): b()\ndef b(): c()\ndef c(): a()\n")

    assert list(graph.callers("shop.a")) == ["shop.c"]
    assert graph.transitive_callees("shop.a") == {"shop.b": 1, "shop.c": 2}
    assert graph.transitive_callees("shop.a", max_depth=1) == {"shop.b": 1}


def test_of_two_ways_to_know_an_edge_the_surer_one_stays() -> None:
    graph = CallGraph({}, {})

    graph.add_edge("a", "b", Tier.NAME)
    graph.add_edge("a", "b", Tier.EXACT)
    graph.add_edge("a", "b", Tier.FLOW)

    assert graph.edges["a"] == {"b": Tier.EXACT}
    assert graph.callers("b") == {"a": Tier.EXACT}


def test_json_out_and_in_keeps_the_edges(graphed: Graphed) -> None:
    graph = graphed(SHOP)

    again = CallGraph.from_json(graph.to_json())

    assert again.to_json() == graph.to_json()


def test_edges_can_be_asked_for_by_tier(graphed: Graphed) -> None:
    graph = graphed("import json\ndef a(f=len):\n    json.dumps(1)\n    b()\ndef b(): pass\n")

    assert as_benchmark_json(graph, [Tier.EXACT])["shop.a"] == ["shop.b"]
    assert as_benchmark_json(graph, [Tier.EXTERNAL])["shop.a"] == ["json.dumps"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(x): x.strange()", "unknown receiver"),
        ("def f(x): x()", "a parameter that no call in the tree gives a function"),
        ("def f(): nothing_like_it()", "a name whose value is unknown"),
        ("import os\ndef f(): os.getpid()()", "made by code outside the tree"),
        ("def f(x, name): getattr(x, name)()", "the value of an expression is unknown"),
        ("class A: pass\ndef f(): A().missing()", "the receiver's type has no such attribute in the tree"),
    ],
)
def test_a_call_that_cannot_be_told_is_listed_with_the_reason(graphed: Graphed, text: str, reason: str) -> None:
    (found,) = list(graphed(text).unresolved())

    assert (found.caller, found.reason) == ("shop.f", reason)


def test_tiers_say_how_an_edge_was_found(graphed: Graphed) -> None:
    graph = graphed(
        """
        class A:
            def run(self): self.step()
            def step(self): pass
            def rare_method(self): pass
        def typed(a: A): a.run()
        def flow(f): f()
        def typed_flow(): flow(named)
        def named(x=None): x.rare_method()
        def handed(): sorted([], key=named)
        """
    )

    assert graph.edges["shop.A.run"] == {"shop.A.step": Tier.EXACT}
    assert graph.edges["shop.typed"] == {"shop.A.run": Tier.TYPED}
    assert graph.edges["shop.flow"] == {"shop.named": Tier.FLOW}
    assert graph.edges["shop.named"] == {"shop.A.rare_method": Tier.NAME}
    assert graph.edges["shop.handed"]["shop.named"] is Tier.CALLBACK


def test_folders_can_be_left_out(lay: Lay) -> None:
    root = lay({"pkg/__init__.py": "", "pkg/a.py": "", "pkg/tests/t.py": "", "vendored/x.py": "", ".venv/y.py": ""})

    graph = build_call_graph(root, options=ReadOptions(excluded=("tests", "vendored")))

    assert sorted(graph.nodes) == ["pkg", "pkg.a"]


def test_a_package_given_as_the_root_keeps_its_name(lay: Lay) -> None:
    root = lay({"pkg/__init__.py": "", "pkg/a.py": "def f(): pass", "pkg/b.py": "from pkg.a import f\nf()"})

    graph = build_call_graph(root / "pkg")

    assert graph.edges["pkg.b"] == {"pkg.a.f": Tier.EXACT}
    assert graph.nodes["pkg.b"].file == "b.py"


def test_a_root_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder or file .*missing"):
        build_call_graph(tmp_path / "missing")


def test_a_graph_goes_as_soon_as_nobody_needs_it(lay: Lay, tmp_path: Path) -> None:
    root, options = lay({"a.py": "def f(): pass\nf()\n"}), ReadOptions(cache=tmp_path / "cache")
    gc.disable()
    try:
        for _ in range(2):
            graph = build_call_graph(root, options=options)
            assert graph.nodes["a"].calls
            alive = weakref.ref(graph)
            del graph
            assert alive() is None
    finally:
        gc.enable()


@pytest.mark.slow
def test_the_graph_does_not_depend_on_the_order_of_sets() -> None:
    command = (
        sys.executable,
        "-m",
        "orchestrator.cli.main",
        "audit",
        "graph",
        str(Path(unittest.__file__).parent),
        "--json",
    )

    printed = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True, timeout=100
        ).stdout
        for seed in ("0", "1", "2", "3")
    }

    assert len(printed) == 1


@pytest.mark.parametrize(("members", "count", "found"), [(1, 40, 40), (1, 41, 0), (2, 41, 41)])
def test_a_name_that_everybody_uses_makes_nobody_an_implementer(
    graphed: Graphed, members: int, count: int, found: int
) -> None:
    names = ["shut", "bolt"][:members]
    methods = "".join(f"    def {name}(self): pass\n" for name in names)
    classes = "".join(f"class C{number}:\n{methods}" for number in range(count))
    text = f"from typing import Protocol\nclass P(Protocol):\n{methods}{classes}def run(p: P): p.shut()\n"

    graph = graphed(text)

    assert len(graph.edges["shop.run"]) == found + 1


def test_a_decorator_of_a_library_is_no_unknown_call(graphed: Graphed) -> None:
    text = """
    import dataclasses, app

    @dataclasses.dataclass(frozen=True)
    class A: pass

    @app.route("/")
    def f(): pass
    """

    assert [each.text for each in graphed(text).unresolved()] == []


def test_what_wraps_many_functions_calls_each_of_them(graphed: Graphed) -> None:
    functions = "".join(f"@once\ndef f{number}(x): return x\n" for number in range(60))
    text = f"def once(build):\n    def inner(x):\n        return build(x)\n    return inner\n{functions}"

    assert len(graphed(text).edges["shop.once.inner"]) == 60
