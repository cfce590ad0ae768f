"""Say whether a change behaves as its base does, on recorded calls: replay both, compare."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from profiling.behaviour import corpus
from profiling.behaviour.asked import newly_kept
from profiling.behaviour.compare import BehaviourReport, Sides, compare
from profiling.behaviour.generate import varied
from profiling.behaviour.recording import Recording, read_calls
from profiling.behaviour.replay import Replayed, ReplayPlan, replay
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree

_NONE = Replayed()
_NEW_CALL_S = 2.0
_PATIENCE = 4.0
"""How many times the base's limits the change may take: slower is for the measurement to say."""


def behaviour(  # noqa: PLR0913 - what is compared, and the four things that every run of the target needs
    recording: Recording,
    base: Tree,
    change: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    seed: int,
    call_s: float = 10.0,
    all_s: float = 120.0,
) -> BehaviourReport:
    """Replay recorded calls on two trees, on the base twice, and compare.

    The base's second run has another hash seed, so that results which depend on the order of a set are found unstable.

    Args:
        recording: of calls of the touched functions, made on the base.
        base, change: the trees.
        interpreter: the target's.
        processes: starts the runs.
        scratch: an existing folder outside every tree.
        seed: of the target's `random` and hashes.
        call_s: wall seconds for one call on the base, all_s: for one run over all; the change gets 4 times as many.

    Raises:
        Stopped: the session is being stopped.
        RecordingError: the recording is damaged.
        OSError: the interpreter can't be started.
    """
    keys = tuple(function.key for function in recording.functions)
    functions = {str(call.index): call.function for call in read_calls(recording)}
    asked = newly_kept(base, change, (key.file for key in keys))
    plan = ReplayPlan(seed=seed % 2**32, hash_seed=1 + seed % (2**32 - 2), call_s=call_s, all_s=all_s, asked=asked)
    again = replace(plan, hash_seed=1 + (seed + 1_000_003) % (2**32 - 2))
    patient = replace(plan, call_s=_PATIENCE * plan.call_s, all_s=_PATIENCE * plan.all_s)
    if not functions:
        return replace(compare(Sides(base=_NONE, again=_NONE, change=_NONE), keys, {}), notes=recording.notes)
    first, second, changed = (
        replay(recording, tree, interpreter, each, processes=processes, scratch=scratch)
        for tree, each in ((base, plan), (base, again), (change, patient))
    )
    report = compare(Sides(base=first, again=second, change=changed), keys, functions)
    return replace(report, notes=(*recording.notes, *report.notes))


def behaviour_on_new_inputs(  # noqa: PLR0913 - what is compared, and the four things that every run of the target needs
    recording: Recording,
    base: Tree,
    change: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    seed: int,
    count: int = 100,
    all_s: float = 120.0,
) -> BehaviourReport:
    """Compare two trees on generated inputs of the types and ranges that were recorded; never shown to a proposer.

    Only functions whose recorded arguments are builtin values take part; without any, nothing is compared. An
    exception is the same one when its type and arguments are. Differences come in the order of the inputs' size.

    Args:
        recording: of calls of the touched functions, made on the base.
        base, change: the trees.
        interpreter: the target's.
        processes: starts the runs.
        scratch: an existing folder outside every tree.
        seed: of the inputs, and of the target's `random` and hashes.
        count: inputs per function.
        all_s: wall seconds for one run over all on the base.

    Raises:
        Stopped: the session is being stopped.
        RecordingError: the recording is damaged.
        OSError: the interpreter can't be started.
    """
    limits = {"call_s": _NEW_CALL_S, "all_s": all_s}
    with _folder(scratch) as folder:
        made = varied(recording, folder, count=count, number=seed)
        return behaviour(made, base, change, interpreter, processes=processes, scratch=scratch, seed=seed, **limits)


def behaviour_on_corpus(  # noqa: PLR0913 - what is compared, and the four things that every run of the target needs
    recording: Recording,
    base: Tree,
    change: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    seed: int,
    all_s: float = 120.0,
) -> BehaviourReport:
    """Compare two trees on recorded calls whose texts are replaced by odd ones: empty, broken, of other encodings.

    What stands in for a library has to be right on these as well. Arguments are as in `behaviour_on_new_inputs`.

    Raises:
        Stopped: the session is being stopped.
        RecordingError: the recording is damaged.
        OSError: the interpreter can't be started.
    """
    limits = {"call_s": _NEW_CALL_S, "all_s": all_s}
    with _folder(scratch) as folder:
        made = corpus.odd(recording, folder)
        return behaviour(made, base, change, interpreter, processes=processes, scratch=scratch, seed=seed, **limits)


@contextmanager
def _folder(scratch: Path) -> Iterator[Path]:
    """Hold a folder for calls that were made up."""
    folder = Path(tempfile.mkdtemp(prefix="made-", dir=scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
