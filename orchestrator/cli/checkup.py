"""All that `optimize doctor` looks at without measuring, in the order it is shown."""

import os
from collections.abc import Callable
from pathlib import Path

from agents.specialists.setup import SetupImpossible, Wishes, look
from orchestrator.cli import checks, tool_checks
from orchestrator.cli.checks import Check, Level
from profiling.context.commands import BadCommand


def all_checks(root: Path, python: str | None) -> tuple[Check, ...]:
    """Check everything a session needs.

    Args:
        root: of the checkout.
        python: interpreter the person wants, None to have one found.
    """
    on_machine: tuple[Callable[[], Check], ...] = (checks.processors, checks.waiting_times, checks.load)
    in_repository: tuple[Callable[[Path], Check], ...] = (
        checks.git,
        checks.repository,
        checks.writable,
        checks.room,
    )
    return (
        *(check() for check in on_machine),
        *(check(root) for check in in_repository),
        *project(root, python),
        tool_checks.model(root, os.environ),
    )


def project(root: Path, python: str | None) -> tuple[Check, ...]:
    """Check how the project's code is run, and what is run along with it."""
    try:
        setup = look(root, Wishes(python=python))
    except SetupImpossible as error:
        return (Check(name="project", level=Level.FAIL, detail=str(error), fix=error.hint),)
    except BadCommand as error:
        fix = "correct it in pyproject.toml, or name another: --workload, --tests"
        return (Check(name="project", level=Level.FAIL, detail=str(error), fix=fix),)
    return (
        *checks.project(root, setup),
        tool_checks.profilers(setup),
        tool_checks.timings(root, setup, os.environ),
    )
