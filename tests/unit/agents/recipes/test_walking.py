import ast
import email.message
import json.decoder
import textwrap
from pathlib import Path

import pytest

from agents.recipes.functions import called_name, functions, own, own_calls, own_nodes
from agents.recipes.project import parse
from agents.recipes.walking import children, levels, nodes, parents_below, walk

REAL = [Path(module.__file__ or "").read_text() for module in (json.decoder, textwrap, email.message)]
PATTERNS = """
match given:
    case {"a": [1, *rest], **others} if rest:
        pass
    case Point(x=0, y=None) | str() as named:
        del named.x
    case _:
        pass
"""


def without_contexts(found: list[ast.AST]) -> list[ast.AST]:
    return [node for node in found if not isinstance(node, ast.expr_context)]


@pytest.mark.parametrize("text", [*REAL, PATTERNS, "", "x: int = lambda *a, b=1, **c: (yield)"])
def test_every_node_but_contexts_is_walked_in_the_order_of_the_standard_library(text: str) -> None:
    syntax = ast.parse(text)
    assert list(walk(syntax)) == without_contexts(list(ast.walk(syntax)))
    for node in walk(syntax):
        assert list(children(node)) == without_contexts(list(ast.iter_child_nodes(node)))


@pytest.mark.parametrize("text", [*REAL, PATTERNS])
def test_nodes_of_a_type_are_those_the_walk_meets(text: str) -> None:
    syntax = ast.parse(text)
    for root in (syntax, *syntax.body):
        for kind in (ast.Name, ast.Call, ast.FunctionDef, ast.Starred):
            assert list(nodes(root, kind)) == [node for node in ast.walk(root) if type(node) is kind]
        several = (ast.Attribute, ast.Await, ast.Name)
        assert list(nodes(root, *several)) == [node for node in ast.walk(root) if type(node) in several]
        assert list(nodes(root, ast.Await, ast.MatMult)) == []


@pytest.mark.parametrize("text", [*REAL, PATTERNS, "", "f(g(h(i)))"])
def test_the_levels_of_a_tree_are_its_walk_and_as_many_as_it_is_deep(text: str) -> None:
    def depth(node: ast.AST) -> int:
        return 1 + max(map(depth, without_contexts(list(ast.iter_child_nodes(node)))), default=0)

    syntax = ast.parse(text)
    assert [node for level in levels(syntax) for node in level] == without_contexts(list(ast.walk(syntax)))
    assert len(levels(syntax)) == depth(syntax)


@pytest.mark.parametrize("text", REAL)
def test_what_is_asked_of_a_function_is_told_in_the_order_of_its_own_nodes(text: str) -> None:
    asked = [function.node for function in functions(parse(text, "mod.py", "mod"))]
    assert asked
    for node in asked:
        kinds = (ast.Call, ast.Return)
        assert list(own(node, *kinds)) == [one for one in own_nodes(node) if type(one) in kinds]
        calls = [one for one in own_nodes(node) if isinstance(one, ast.Call)]
        assert list(own_calls(node, "isinstance", "append")) == [
            call for call in calls if called_name(call) in ("isinstance", "append")
        ]
        assert list(own_calls(node, "len")) == [call for call in calls if called_name(call) == "len"]
        assert list(own_calls(node, "never_called")) == []


@pytest.mark.parametrize("text", REAL)
def test_every_node_below_a_root_knows_its_parent_and_the_root_has_none(text: str) -> None:
    syntax = ast.parse(text)
    for root in (syntax, *syntax.body):
        above = parents_below(root)
        assert root not in above
        assert all(node in children(above[node]) for node in walk(root) if node is not root)


def test_a_tree_that_is_made_anew_is_walked_anew() -> None:
    first = ast.parse("def f():\n    return 1\n").body[0]
    assert isinstance(first, ast.FunctionDef)
    walked = walk(first)
    assert walk(first) is walked
    second = ast.FunctionDef(**dict(ast.iter_fields(first)))
    second.body = [ast.Pass()]
    assert [type(node) for node in walk(second)] == [ast.FunctionDef, ast.arguments, ast.Pass]


def test_what_runs_with_a_function_leaves_out_the_bodies_of_inner_definitions() -> None:
    text = "def f(a=0):\n    @made(1)\n    def g():\n        return hidden\n    return [lambda: shown for _ in g()]\n"
    names = {node.id for node in own_nodes(ast.parse(text).body[0]) if isinstance(node, ast.Name)}
    assert names == {"made", "shown", "g", "_"}


SPARSE = """
def f(a, /, b=1, *, c, d=2):
    global g, h
    def inner():
        nonlocal a
    match {**a, 1: b}:
        case Point(1, x=0, y=0): pass
        case {"k": 1, **rest}: pass
        case [1, *others]: pass
"""


def test_of_fields_that_hold_words_or_gaps_only_the_nodes_are_taken() -> None:
    function = ast.parse(SPARSE).body[0]

    expected = [type(node) for node in ast.walk(function) if not isinstance(node, ast.expr_context)]

    assert [type(node) for node in walk(function)] == expected, "each asked for what is below it"
    assert [type(node) for node in walk(ast.parse(SPARSE))] == [ast.Module, *expected]
