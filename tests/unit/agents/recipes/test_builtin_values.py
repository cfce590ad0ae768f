"""What is said of a value is so whenever there is one; in all other programs the answer is "don't know"."""

import ast
import collections
import textwrap
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes.builtin_values import shape_of
from agents.recipes.shapes import NOTHING, Shape, element_of
from tests.fakes.recipe_programs import FILE, project_of

LEAVES = (
    "(1)",
    "'ab'",
    "True",
    "None",
    "[]",
    "{}",
    "x",
    "y",
    "z",
    "args",
    "kwargs",
    "len(x)",
    "CONST",
    "b'a'",
    "()",
    "(2.5)",
)
MADE = (
    "[{0}]",
    "[{0}, {1}]",
    "({0}, {1})",
    "({0},)",
    "{{{0}: {1}}}",
    "[{0} for v in {1}]",
    "[v for v in {0}]",
    "list({0})",
    "sorted({0}, key=repr)",
    "{0} + {1}",
    "{0} or {1}",
    "({0} if x else {1})",
    "{0}[0]",
    "{0}[1:]",
    "f'{{{0}}}'",
    "f'a{{{0}}}'",
    "str({0})",
    "len({0})",
    "list(map(len, {0}))",
    "sum({0})",
    "max({0}, {1})",
    "(n := {0})",
    "own({0})",
    "again(x)",
    "{0}.split()",
    "'-'.join({0})",
    "{0}.copy()",
    "{0}.count('a')",
    "list({0}.items())",
    "'%s' % {0}",
    "not {0}",
    "{0} in {1}",
    "list(reversed({0}))",
    "[*{0}, *{1}]",
    "tuple({0})",
    "set(map(str, {0}))",
    "list(range(len(x)))",
)
STATEMENTS = (
    "y = {0}",
    "z = {0}",
    "y += {0}",
    "y.append({0})",
    "y.extend({0})",
    "y[0] = {0}",
    "y[:0] = {0}",
    "z = y",
    "z.append({0})",
    "for y in {0}:\n    pass",
    "for v in y:\n    v.append({0})",
    "for v in y:\n    z.append(v)",
    "keep(y)",
    "y.insert(0, {0})",
    "(lambda: y.append({0}))()",
    "z[{0}] = 1",
    "y.update({0}, 'q')",
    "n = {0}\ny = n",
    "y.setdefault({0}, 1)",
)
HEAD = """\
CONST = ("a", "b")


class Odd(str):
    def __str__(self):
        return self

    def __len__(self):
        return 3


class Many(list):
    def __add__(self, other):
        return "odd"


def keep(held):
    try:
        held.append(b"kept")
    except AttributeError:
        pass


def own(given):
    found = [given]
    if given:
        return found
    return [] + found


def again(given):
    if len(given) < 2:
        return [given]
    return [given[0]] + again(given[1:])


"""
values = st.sampled_from(
    ["[1, 2]", "'text'", "[]", "('a', 1)", "{'k': 1}", "Odd('odd')", "Many([1])", "{1}", "5", "[['a'], [1]]", "None"]
)


def expressions() -> st.SearchStrategy[str]:
    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(MADE), inner, inner)

    return st.recursive(st.sampled_from(LEAVES), grown, max_leaves=4).filter(is_expression)


def is_expression(text: str) -> bool:
    """Say whether it compiles: quotes can't be nested in f-strings before Python 3.12."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "expression", "eval")
    except SyntaxError:
        return False
    return True


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, str]:
    kept = expressions().filter(lambda text: "n :=" not in text)
    lines = ["y = " + draw(kept), "z = " + draw(kept), "n = 0"]
    lines += [draw(st.sampled_from(STATEMENTS)).format(draw(kept)) for _ in range(draw(st.integers(0, 4)))]
    asked = draw(expressions())
    body = textwrap.indent("\n".join([*lines, f"return {asked}"]), "    ")
    return f"{HEAD}def run(x, *args, **kwargs):\n{body}\n", asked


def claimed(source: str) -> Shape | None:
    project = project_of(source)
    module = project.modules[FILE]
    run = next(one for one in module.syntax.body if isinstance(one, ast.FunctionDef) and one.name == "run")
    last = run.body[-1]
    assert isinstance(last, ast.Return)
    return shape_of(last.value, module, project)


def fits(value: object, shape: Shape | None) -> bool:
    if shape is None:
        return True
    if type(value).__name__ != shape.type:
        return False
    element = element_of(shape)
    return element is None or shape.type in ("generator", "str") or all(fits(one, element) for one in value)


@settings(max_examples=80, deadline=None)
@given(programs(), st.lists(values, min_size=1, max_size=3))
def test_what_is_said_of_a_value_is_so(program: tuple[str, str], given_values: list[str]) -> None:
    source, _ = program
    shape = claimed(source)
    namespace: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(source, namespace)
    for text in given_values if shape is not None else ():
        try:
            value = namespace["run"](eval(text, namespace), "more", b"args", key=1)  # type: ignore[operator]
        except Exception:  # noqa: BLE001  # then there is no value
            continue
        assert fits(value, shape), (source, text, value, shape)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(programs(), st.lists(values, min_size=1, max_size=3))
def test_what_is_said_of_a_value_is_so_in_thousands_of_programs(
    program: tuple[str, str], given_values: list[str]
) -> None:
    test_what_is_said_of_a_value_is_so.hypothesis.inner_test(program, given_values)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "asked", "type_and_element"),
    [
        ("y = []\nfor v in x:\n    y.append(len(v))", "y", ("list", "int")),
        ("y = {}\nfor v in x:\n    y[str(len(v))] = v", "y", ("dict", "str")),
        ("", "[line.strip() for line in f'a{x}'.split()]", ("list", "str")),
        ("", "args", ("tuple", None)),
        ("y = x", "y", None),
        ("y = [[1]]\nfor v in y:\n    v.append('a')", "[w for v in y for w in v]", ("list", None)),
        ("y = [1]\nz = y\nz.append('a')", "y", ("list", None)),
        ("", "again(x)", ("list", None)),
        ("y = 0\nfor v in x:\n    y = y + 1", "[y]", ("list", "int")),
        ("y = 1\nif x:\n    y = 'a'", "y", None),
        ("def len(v):\n    return v", "len(x)", None),
        ("", "f'{x}'", None),
        ("", "str(x)", None),
        ("y = [1]\nkeep(y)", "y", ("list", None)),
        ("y = {1}\ny.update(x, [2])", "y", ("set", None)),
        ("y = [1]\nw = max(y, x)\nw.append('a')", "y", ("list", None)),
    ],
)
def test_the_shape_of(body: str, asked: str, type_and_element: tuple[str, str | None] | None) -> None:
    text = textwrap.indent(f"{body}\nreturn {asked}", "    ")
    found = claimed(f"{HEAD}def run(x, *args, **kwargs):\n{text}\n")
    if type_and_element is None:
        assert found is None
    else:
        assert found is not None
        element = found.element.type if found.element else None
        assert (found.type, element) == type_and_element


def test_endless_recursion_has_no_value_and_deep_chains_are_given_up() -> None:
    assert claimed("def run(x):\n    return run(x)\n") == NOTHING
    chain = "".join(f"    y{n} = y{n - 1} + y{n - 1}\n" for n in range(1, 40))
    assert claimed(f"def run(x):\n    y0 = 1\n{chain}    return y39\n") is None


def test_a_deque_is_no_list() -> None:
    assert not fits(collections.deque(), Shape("list"))
