"""Differential fuzzing of recipes: a generated program and its rewrite must do the same in every call."""

import sys
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.recipes._base import Recipe
from benchmarks.licences import everywhere
from tests.fakes.program_runs import observed
from tests.fakes.recipe_programs import FILE, project_of


@dataclass(frozen=True, slots=True)
class Program:
    """A generated module.

    Attributes:
        source: its text; it is imported as `app`.
        calls: expressions evaluated one after the other with its globals. Of a call, function and arguments are
            evaluated first, so that the arguments can be looked at afterwards.
    """

    source: str
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many programs were compared, and in how many of them the recipe was applied at all."""

    cases: int
    applied: int


def differential(recipe: Recipe, programs: st.SearchStrategy[Program], cases: int) -> Tally:
    """Compare generated programs with their rewrites; every licensed site is rewritten, whatever facts would say.

    Results are compared with their types, the order in them, NaN and -0.0, and which mutable objects are the same one;
    likewise exceptions with their arguments, output, warnings, and the arguments after each call.

    Args:
        recipe: what is tested.
        programs: inside its licence and outside; both must end by themselves.
        cases: how many programs.

    Raises:
        AssertionError: a rewrite behaves in another way, does not compile, or is rewritten without end; the message
            has both programs, made as small as possible.
    """
    found: list[bool] = []

    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs)
    def compare(program: Program) -> None:
        after = rewritten_everywhere(recipe, program.source)
        found.append(after is not None)
        if after is not None:
            assert_alike(program, after)

    compare()
    sys.stdout.write(f"{recipe.card.id}: applied in {sum(found)} of {len(found)} programs, none differs\n")
    return Tally(cases=len(found), applied=sum(found))


def assert_alike(program: Program, after: str) -> None:
    """Check that a program and its rewrite do the same in every call."""
    expected, got = observed(program.source, program.calls), observed(after, program.calls)
    if expected != got:
        what = next((f"{a}\n  became\n{b}" for a, b in zip(expected, got, strict=False) if a != b), "")
        raise AssertionError(f"--- before\n{program.source}\n--- after\n{after}\n--- {program.calls}\n{what}")


def rewritten_everywhere(recipe: Recipe, text: str) -> str | None:
    """Return a program with every licensed site rewritten, None when there is none."""
    rewritten = everywhere.rewritten_everywhere((recipe,), project_of(text))
    return rewritten.project.modules[FILE].text if rewritten.applied else None
