"""The fuzz driver sees what a wrong rewrite changes."""

import ast
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import functions
from agents.recipes.project import Module, Project
from agents.recipes.splice import Rewrite
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile
from tests.fakes.program_runs import observed
from tests.fakes.recipe_fuzzing import Program, differential, rewritten_everywhere


class Swap:
    """Puts one returned expression in the place of another, right or wrong."""

    card = Card(
        id="swap",
        title="Swap",
        rank=0,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.0,
        cost_note="",
        mechanism="",
        hazard="",
    )
    examples: tuple[Example, ...] = ()

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = ast.dump(ast.parse(old, mode="eval").body), new

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        for function in functions(module):
            if self._expressions(module):
                node = self._expressions(module)[0]
                yield Site(
                    recipe="swap", key=function.key, module=module.file, line=node.lineno, requests=(), node_path=""
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        return Veto(reason="a fake")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        rewrite = Rewrite(module)
        rewrite.replace(self._expressions(module)[0], self._new)
        return rewrite.patch()

    def _expressions(self, module: Module) -> list[ast.expr]:
        nodes = (node for node in ast.walk(module.syntax) if isinstance(node, ast.expr))
        return [node for node in nodes if ast.dump(node) == self._old]


def swapped(old: str, new: str, call: str = "run([1, 2])", before: str = "") -> int:
    program = Program(f"{before}class K:\n    pass\n\n\ndef run(x):\n    return {old}\n", (call, call))
    return differential(Swap(old, new), st.just(program), cases=1).applied


@pytest.mark.parametrize(
    ("old", "new", "call"),
    [
        ("x[:]", "tuple(x)", "run([1])"),
        ("x[:]", "x", "run([1])"),
        ("[0, 1]", "K", "run(1)"),
        ("1", "True", "run(1)"),
        ("0.0", "float('-0')", "run(1)"),
        ("float('nan')", "0.0", "run(1)"),
        ("{1: 2, 3: 4}", "{3: 4, 1: 2}", "run(1)"),
        ("x.pop()", "x[1]", "run([1, 2])"),
        ("print('a')", "print('b')", "run(1)"),
        ("int('q')", "int('r')", "run(1)"),
        ("1 / 0", "1 // 0", "run(1)"),
        ("(i for i in x)", "list(x)", "run([1, 2])"),
        ("(1 / i for i in [1, 0])", "(1 / i for i in [1])", "run(1)"),
        ("[[], []]", "[[]] * 2", "run(1)"),
        ("[1, 2][:]", "KEPT", "run(1)"),
        ("K()", "object()", "run(1)"),
        ("x.sort()", "x.reverse()", "run([2, 1, 3])"),
        ("sorted(x, key=k)", "sorted(x)", "run(x=[2, 1, 3])"),
    ],
)
def test_what_a_caller_could_tell_apart_is_seen(old: str, new: str, call: str) -> None:
    before = "KEPT = [1, 2]\n\n\ndef k(v):\n    return -v\n\n\n"
    with pytest.raises(AssertionError, match="--- after"):
        swapped(old, new, call, before)


@pytest.mark.parametrize(
    ("old", "new"),
    [("x[:]", "list(x)"), ("{1, 2}", "{*x}"), ("float('nan')", "float('-nan')"), ("K()", "K.__call__(*())")],
)
def test_what_nobody_could_tell_apart_is_alike(old: str, new: str) -> None:
    assert swapped(old, new) == 1


def test_a_program_that_is_left_alone_counts_as_a_case_only() -> None:
    tally = differential(Swap("absent", "x"), st.just(Program("def run():\n    return 1\n", ("run()",))), cases=1)
    assert (tally.cases, tally.applied) == (1, 0)


def test_a_rewrite_without_end_is_an_error() -> None:
    with pytest.raises(AssertionError, match="is not done"):
        rewritten_everywhere(Swap("x", "(x)"), "def run(x):\n    return x\n")


def test_calls_without_a_call_and_coroutines_are_run_too() -> None:
    text = "N = 3\n\n\nasync def run(x, *y, z=1):\n    return [x, y, z]\n"
    seen = observed(text, ("N", "run(1, *[2, 3], **{'z': 4})", "run(absent)"))
    assert "0x3" in seen[1]
    assert "tuple(int 0x2, int 0x3), int 0x4" in seen[2]
    assert "NameError" in seen[3]
