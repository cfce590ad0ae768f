from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from profiling.audit.cost_model import MOST_WEIGHT
from profiling.audit.model import Callee, CallSite, FunctionNode, Loop, LoopKind, NodeKind, Tier
from profiling.audit.traversal import part, reached


def test_calls_are_multiplied_through_loops_and_shared_among_candidates(graph, node, site):
    main = node("main", site("step", "~step", bounds=(10,)))
    step = node("step", site("x.run", "~A.run", "~B.run", bounds=(4,)))
    found = graph(main, step, node("A.run"), node("B.run"))

    passes = part(found, found.nodes).passes(["main"])

    assert passes == {"main": 1, "step": 10, "A.run": 20, "B.run": 20}


def test_what_lies_deeper_than_asked_is_not_reached(graph, node, site):
    found = graph(node("a", site("b", "~b")), node("b", site("c", "~c")), node("c"))

    assert reached(found, ["a"], 1) == {"a": 0, "b": 1}


def test_what_a_loop_leads_to_is_repeated_and_so_is_a_circle(graph, node, site):
    found = graph(
        node("a", site("b", "~b", bounds=(None,)), site("d", "~d")),
        node("b", site("c", "~c")),
        node("c"),
        node("d", site("e", "~e")),
        node("e", site("d", "~d")),
    )

    assert part(found, found.nodes).repeated() == {"b", "c", "d", "e"}


def test_three_thousand_calls_deep_is_no_matter(graph, node, site):
    names = [f"f{index}" for index in range(3_000)]
    chain = [node(name, site(after, f"~{after}")) for name, after in pairwise(names)]
    found = graph(*chain, node(names[-1], site("json.loads", "json.loads")))

    assert part(found, found.nodes).passes([names[0]])[names[-1]] == 1


class Drawn:
    def __init__(self, links):
        names = [f"f{index}" for index in range(6)]
        self.nodes = {
            name: FunctionNode(
                name=name,
                file="a.py",
                line=1,
                first_line=1,
                end_line=2,
                qualname=name,
                kind=NodeKind.FUNCTION,
                calls=tuple(
                    CallSite(
                        line=1,
                        text=names[to],
                        callees=(Callee(name=names[to], tier=Tier.EXACT),),
                        loops=(Loop(kind=LoopKind.FOR, line=1, bound=bound),),
                    )
                    for start, to, bound in links
                    if start == index
                ),
            )
            for index, name in enumerate(names)
        }
        self.edges = {}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 10**40)), max_size=20))
def test_any_graph_gives_finite_figures_to_every_function(links):
    drawn = Drawn(links)
    functions = part(drawn, drawn.nodes)

    order = [name for component in functions.components for name in component]
    figures = [*functions.passes(["f0"]).values(), *functions.inclusive(dict.fromkeys(order, 1.0)).values()]

    assert sorted(order) == sorted(drawn.nodes)
    assert all(0 <= figure <= MOST_WEIGHT for figure in figures)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), max_size=20))
def test_callees_come_before_callers_that_are_not_in_a_circle_with_them(links):
    drawn = Drawn(links)
    functions = part(drawn, drawn.nodes)

    rank = {name: index for index, component in enumerate(functions.components) for name in component}
    assert all(rank[link.callee] <= rank[name] for name, found in functions.links.items() for link in found)
