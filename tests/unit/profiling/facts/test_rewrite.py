import ast
import difflib
import heapq
import html.parser
import json.decoder
import random
import string
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = ["a", "quick", "brown  fox", "jumps\tover", "thelazydogthatisverylong", "", "x\ny"]


def wrapped(module: ModuleType, words: list[str]) -> object:
    text = " ".join(words)
    return [module.wrap(text, width) for width in (3, 10)], module.dedent("  " + text), module.shorten(text, 12)


def compared(module: ModuleType, words: list[str]) -> object:
    lines = list(module.unified_diff(words, sorted(words), lineterm=""))
    return (
        lines,
        module.get_close_matches("brown", words),
        module.SequenceMatcher(None, "abxcd", "".join(words)).ratio(),
    )


def heaped(module: ModuleType, words: list[str]) -> object:
    heap = [*words]
    module.heapify(heap)
    return (
        heap,
        list(module.merge(sorted(words), ["m"])),
        module.nlargest(2, words),
        module.nsmallest(3, words, key=len),
    )


def decoded(module: ModuleType, words: list[str]) -> object:
    text = json.dumps(words)
    results: list[object] = [module.py_scanstring(json.dumps(word), 1) for word in words]
    for damaged in (text, text[:-1], "[1 2]"):
        try:
            results.append(module.JSONDecoder().decode(damaged))
        except ValueError as error:
            results.append((str(error), type(error).__name__))
    return results


def formatted(module: ModuleType, words: list[str]) -> object:
    return module.Formatter().format("{0!r:>8} {1}", *words, 1, 2), module.Template("$a ${b}").safe_substitute(a=words)


def parsed(module: ModuleType, words: list[str]) -> object:
    seen = []

    class Parser(module.HTMLParser):  # type: ignore[name-defined]
        def handle_data(self, data: str) -> None:
            seen.append(data)

    Parser().feed("<p a=1>" + "</p><br/>".join(words) + "<!-- c -->")
    return seen


PROGRAMS: list[tuple[ModuleType, Callable[[ModuleType, list[str]], object]]] = [
    (textwrap, wrapped),
    (difflib, compared),
    (heapq, heaped),
    (json.decoder, decoded),
    (string, formatted),
    (html.parser, parsed),
]


def text_of(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def nominated(tree: ast.Module, chooser: random.Random, share: float) -> tuple[list[dict], list[dict]]:
    """Nominate some loops and some expressions of a tree, anywhere, some with a loop that may not be around them."""
    loops, expressions = [], []
    for node in ast.walk(tree):
        if chooser.random() >= share:
            continue
        if isinstance(node, ast.For | ast.While):
            loops.append({"index": len(loops), "line": node.lineno, "column": node.col_offset})
        elif isinstance(node, ast.expr):
            loop = chooser.choice([None, *range(len(loops))])
            place = {"line": node.lineno, "column": node.col_offset, "index": len(expressions), "loop": loop}
            expressions.append({**place, "end_line": node.end_lineno, "end_column": node.end_col_offset})
    return loops, expressions


def function_places(tree: ast.Module) -> list[tuple[int, str]]:
    """Return the first line, with decorators, and name of each function."""
    return [
        (min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]), node.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def instrumented(harness, source: str, chooser: random.Random, share: float) -> tuple[ModuleType, object]:
    rewrite = harness("ratchet_facts_rewrite")
    tree = ast.parse(source)
    loops, expressions = nominated(tree, chooser, share)
    functions = frozenset(place for place in function_places(tree) if chooser.random() < share)
    content = {"loops": loops, "expressions": expressions}
    context = {"options": {"files": {"x.py": content}, "functions": []}, "relative": str, "root": ""}
    recorder = harness("ratchet_facts_probes").Recorder(context)
    code = compile(rewrite.Instrument(loops, expressions, functions).module(tree), "x.py", "exec", dont_inherit=True)
    walk = harness("ratchet_facts_walk")
    recorders = {walk.PROBES: recorder, walk.CALLS: harness("ratchet_facts_calls").Recorder(context)}
    module = ModuleType("instrumented")
    exec(walk.bind(code, recorders), module.__dict__)
    assert recorder.faults == 0
    return module, recorder


@pytest.mark.parametrize(("original", "program"), PROGRAMS, ids=lambda each: each.__name__)
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.02, 0.2, 1.0]), words=st.permutations(WORDS))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_instrumented_modules_behave_as_they_did(harness, original, program, seed, share, words) -> None:
    module, recorder = instrumented(harness, text_of(original), random.Random(seed), share)
    assert program(module, words) == program(original, words)
    assert recorder.running == {}


def lines_of(code: CodeType) -> list[tuple[str, int]]:
    below = [line for constant in code.co_consts if isinstance(constant, CodeType) for line in lines_of(constant)]
    return [(code.co_name, code.co_firstlineno), *below]


@pytest.mark.parametrize("original", [textwrap, difflib, json.decoder])
def test_functions_and_statements_keep_their_lines(harness, original: ModuleType) -> None:
    rewrite = harness("ratchet_facts_rewrite")
    source = text_of(original)
    tree = ast.parse(source)
    loops, expressions = nominated(tree, random.Random(1), 1.0)
    functions = frozenset(function_places(tree))
    instrument = rewrite.Instrument(loops, expressions, functions)
    instrument.module(tree)
    assert instrument.found_functions == functions
    assert lines_of(compile(tree, "x.py", "exec")) == lines_of(compile(source, "x.py", "exec"))


EXPRESSIONS_EVERYWHERE = '''
"""Docstring."""
from __future__ import annotations
import dataclasses
registry = {**{"a": 1}, "b": [*(1, 2), 3][1:2], ("c", 1): 4}
def deco(*args, **named): return lambda function: function
class Base: attribute: list[int] = [1]
class Child(Base, metaclass=type):
    """Doc."""
    items = [x for x in range(3) if x]
    def method(self, a=1, *rest: int, key: str = "k", **named) -> "Base":
        return super().__repr__()[:0] + f"{a!r:>{len(key)}}{a=}" + key
@deco(1, *[2], **{"x": 3})
def function(values):
    global counted
    counted = 0
    del values[0:1]
    values[0], *others = values[::1]
    values[0] += 1
    with open(__file__ if False else "/dev/null") as file, file:
        pass
    try:
        assert values, "no values"
        raise KeyError(values[0]) from None
    except (KeyError, ValueError) as error:
        caught = error.args
    match values:
        case [int(first), *_] if first > 0: kind = "positive"
        case {"k": Base.attribute}: kind = "mapping"
        case _: kind = "other"
    while (n := len(values)) > 1 and not others == [] != 1:
        values.pop()
    else:
        counted += 1
    return (yield values, caught, kind, n, counted, (lambda q=1, *, z=2: q + z)(), {k: v for k, v in registry.items()})
async def waits(stream):
    async for item in stream:
        await item
    return [part async for part in stream]
result = next(function([1, 2, 3])), Child().method(), Child.items
print_ = lambda: (yield)
'''


def test_every_expression_of_every_kind_of_statement_can_be_nominated(harness) -> None:
    module, recorder = instrumented(harness, EXPRESSIONS_EVERYWHERE, random.Random(3), 1.0)
    plain: dict[str, object] = {}
    exec(compile(EXPRESSIONS_EVERYWHERE, "x.py", "exec", dont_inherit=True), plain)
    assert module.result == plain["result"]  # type: ignore[attr-defined]
    assert module.__doc__ == "Docstring."
    assert module.Child.__doc__ == "Doc."  # type: ignore[attr-defined]
    assert module.Base.__annotations__ == {"attribute": "list[int]"}  # type: ignore[attr-defined]
    assert recorder.report()["expressions"]  # type: ignore[attr-defined]


def test_a_wanted_place_that_is_no_expression_is_left_alone(harness) -> None:
    rewrite = harness("ratchet_facts_rewrite")
    span = {"index": 0, "line": 1, "column": 0, "end_line": 1, "end_column": 5, "loop": None}
    instrument = rewrite.Instrument([{"index": 0, "line": 9, "column": 0}], [span])
    tree = instrument.module(ast.parse("x = 1\n"))
    assert ast.unparse(tree) == "x = 1"
    assert (instrument.found_loops, instrument.found_expressions) == (set(), set())
