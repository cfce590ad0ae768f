"""What commands about kept experiments have in common: which are meant, and who measures them again."""

import random
from collections.abc import Sequence
from typing import TypedDict

from agents.recipes.backend import RecipesBackend
from agents.specialists.setup import Setup, SetupImpossible, Wishes, look
from orchestrator.cli.durations import duration
from orchestrator.cli.progress_line import ProgressLine
from orchestrator.comparing.comparer import Listener
from orchestrator.errors import SetupFailed, UsageError
from orchestrator.ledger import experiment_json
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls
from orchestrator.transcripts import Transcripts
from orchestrator.verifier import Verifier, standing
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.turns import timed_processes
from profiling.comparison import Comparison
from profiling.context.commands import BadCommand

_ALL = "all"


class ClaimFlags(TypedDict):
    """What these commands take."""

    repo: str
    python: str | None
    numbers: tuple[str, ...]
    measure_time: str
    max_pairs: int
    seed: int | None


def chosen(numbers: Sequence[str], repository: Repository) -> tuple[ExperimentRecord, ...]:
    """Return the kept experiments of these numbers; all that still stand without any.

    Raises:
        UsageError: nothing was kept, or a number names no keep.
    """
    records = experiment_json.load_all(Layout(root=repository.root).experiments)
    kept = standing(records, repository)
    if not kept:
        raise UsageError(
            f"nothing that was kept is recorded in {repository.root}",
            hint="run optimize first; records of another machine are in its .codeflash/experiments/",
        )
    if not numbers or _ALL in numbers:
        return kept
    by_number = {record.number: record for record in kept}
    unknown = [number for number in numbers if not number.isdecimal() or int(number) not in by_number]
    if unknown:
        there = ", ".join(map(str, by_number))
        raise UsageError(f"{', '.join(unknown)}: no kept experiment of that number", hint=f"there are: {there}")
    return tuple(by_number[number] for number in dict.fromkeys(map(int, numbers)))


def setup_of(repository: Repository, python: str | None) -> Setup:
    """Return how the repository is run.

    Raises:
        SetupFailed: no source, no interpreter.
        UsageError: a declared command can't be split.
    """
    try:
        return look(repository.root, Wishes(python=python))
    except SetupImpossible as error:
        raise SetupFailed(str(error), hint=error.hint) from error
    except BadCommand as error:
        raise UsageError(str(error), hint="correct it in pyproject.toml") from error


def verifier_for(
    flags: ClaimFlags, repository: Repository, layout: Layout, setup: Setup, progress: ProgressLine
) -> Verifier:
    """Return who measures claims again."""
    processes = timed_processes(progress.say)
    seed = flags["seed"] if flags["seed"] is not None else random.SystemRandom().randrange(2**31)
    checkouts = PairedCheckouts(repository=repository, folder=layout.work)
    checkouts.begin(repository.head_commit())
    observer = RepositoryObserver(
        layout=layout,
        checkouts=checkouts,
        processes=processes,
        backend=RecipesBackend((), ()),
        memory_budget_s=0.0,
        say=progress.say,
    )
    own_calls = OwnCalls(
        transcripts=Transcripts(observer=observer, processes=processes, seed=seed),
        seed=seed,
        max_pairs=flags["max_pairs"],
        time_budget_s=duration("measure-time", flags["measure_time"]),
        progress=progress.pair,
    )
    return Verifier(
        repository=repository,
        observer=observer,
        own_calls=own_calls,
        setup=setup,
        listener=Listener(say=progress.say, forecast=progress.forecast, pair=progress.pair),
    )


def figure(one: Comparison | None, *, own: bool) -> str:
    """Return a measured dimension with its interval, a dash where there is none."""
    if one is None:
        return "-"
    where = " own calls" if own else ""
    return f"{one.dimension.value}{where} {one.ratio:.2f}x [{one.low:.2f}, {one.high:.2f}], {one.pairs} pairs"
