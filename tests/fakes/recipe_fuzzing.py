"""Differential fuzzing of recipes: a generated program and its rewrite must do the same in every call."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
        beside: texts of other modules of its project by file; they may be rewritten too.
    """

    source: str
    calls: tuple[str, ...]
    beside: Mapping[str, str] = field(default_factory=dict)


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
        after = rewritten_program(recipe, program)
        found.append(after is not None)
        if after is not None:
            assert_alike(program, after)

    compare()
    sys.stdout.write(f"{recipe.card.id}: applied in {sum(found)} of {len(found)} programs, none differs\n")
    return Tally(cases=len(found), applied=sum(found))


def assert_alike(program: Program, after: Program) -> None:
    """Check that a program and its rewrite do the same in every call."""
    expected, got = (observed(one.source, one.calls, one.beside) for one in (program, after))
    if expected != got:
        what = next((f"{a}\n  became\n{b}" for a, b in zip(expected, got, strict=False) if a != b), "")
        raise AssertionError(f"--- before\n{_shown(program)}\n--- after\n{_shown(after)}\n--- {program.calls}\n{what}")


def rewritten_program(recipe: Recipe, program: Program) -> Program | None:
    """Return a program with every licensed site rewritten, None when there is none."""
    rewritten = everywhere.rewritten_everywhere((recipe,), project_of(program.source, modules=program.beside))
    modules = rewritten.project.modules
    beside = {file: modules[file].text for file in program.beside}
    return replace(program, source=modules[FILE].text, beside=beside) if rewritten.applied else None


def rewritten_everywhere(recipe: Recipe, text: str) -> str | None:
    """Return the only module of a program with every licensed site rewritten, None when there is none."""
    after = rewritten_program(recipe, Program(text, ()))
    return after.source if after else None


def _shown(program: Program) -> str:
    return "\n".join([program.source, *(f"# {file}\n{text}" for file, text in program.beside.items())])
