"""Which probes there are: a flat tuple, checked once for double names. None registers itself when it is imported.

A decorator would do so, and what a module does at its import can't be seen where it is used; this list can.
"""

from collections import Counter
from functools import cache

from profiling.context.probe import Probe, Task
from profiling.context.probes.async_frameworks import AsyncFrameworks
from profiling.context.probes.benchmark_candidates import BenchmarkCandidates
from profiling.context.probes.ci_config import CiConfig
from profiling.context.probes.code_shape import CodeShape
from profiling.context.probes.entry_points import EntryPoints
from profiling.context.probes.git_state import GitState
from profiling.context.probes.language_stack import LanguageStack
from profiling.context.probes.project_documents import ProjectDocuments
from profiling.context.probes.python_environment import PythonEnvironment
from profiling.context.probes.speed_dependencies import SpeedDependencies
from profiling.context.probes.test_framework import TestFramework
from profiling.context.probes.tools import Tools


class DoubleName(ValueError):
    """Two probes have one name, which is that of their part of the output."""


def checked(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """Return the probes as they are.

    Raises:
        DoubleName: two have the same name.
    """
    twice = [name for name, count in Counter(probe.name for probe in probes).items() if count > 1]
    if twice:
        raise DoubleName(f"more than one probe is called {', '.join(twice)}")
    return probes


PROBES = checked(
    (
        LanguageStack(),
        PythonEnvironment(),
        TestFramework(),
        BenchmarkCandidates(),
        SpeedDependencies(),
        CiConfig(),
        ProjectDocuments(),
        AsyncFrameworks(),
        EntryPoints(),
        CodeShape(),
        GitState(),
        Tools(),
    )
)


@cache
def for_task(task: Task, languages: frozenset[str] | None = None) -> tuple[Probe, ...]:
    """Return the probes that a task needs, in the order of the output.

    Args:
        task: what for.
        languages: of the repository; None means that they are not known, so that every probe may have an answer.
    """
    return tuple(
        probe
        for probe in PROBES
        if (task is Task.ALL or task in probe.tasks)
        and (languages is None or not probe.languages or probe.languages & languages)
    )
