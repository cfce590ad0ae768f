"""What a fix's own calls say: which function is timed, when it is hopeless, whose repetition a cache lives on."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.policy.dimensions import formula
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.scope import violation
from orchestrator.policy.tells import Mechanism
from profiling.comparison import Decision
from profiling.measure.call_evidence import CallEvidence
from profiling.model import Dimension, FunctionKey
from profiling.profile import Profile

_CLOCKS = frozenset({Dimension.CPU_S, Dimension.WALL_S})
_MOSTLY = 0.5
_FEW_INPUTS = 20
"""A workload that itself asks so few inputs again and again repeats them to be timed; a proposal, not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A function's place in the workload.

    Attributes:
        total_share: share (0 to 1) of the workload's CPU with it anywhere on the stack; 1 where it was not seen.
        outside_share: share (0 to 1) of its calls that no project function makes; 0 where calls were not counted.
    """

    total_share: float
    outside_share: float


def place_of(key: FunctionKey, profile: Profile, source_paths: Sequence[str]) -> Place:
    """Return what the profile says of a function's part in the workload.

    Args:
        key: the function.
        profile: of the workload.
        source_paths: files and folders of the project's code; what calls from elsewhere is the workload itself.
    """
    found = next((one for one in profile.functions if one.key == key), None)
    if found is None:
        return Place(total_share=1.0, outside_share=0.0)
    whole = profile.cpu_sampled_s
    calls = (edge for edge in profile.edges if edge.callee == key)
    inside = sum(edge.calls for edge in calls if violation([edge.caller.file], source_paths) is None)
    return Place(
        total_share=min(1.0, found.cpu_total_s / whole) if whole > 0 and found.cpu_total_s else 1.0,
        outside_share=max(0.0, 1 - inside / found.calls) if found.calls else 0.0,
    )


def subject(dimension: Dimension, functions: Sequence[FunctionKey], meant: FunctionKey) -> FunctionKey | None:
    """Return the touched function whose calls show what a fix does, or None where no single one does.

    Args:
        dimension: meant to improve; calls show time only.
        functions: whose code was changed.
        meant: the function that the fix is about.
    """
    if dimension not in _CLOCKS or len(functions) != 1:
        return None
    only = functions[0]
    return only if (only.file, only.qualname) == (meant.file, meant.qualname) else None


def hopeless(found: CallEvidence) -> str:
    """Return why a fix need not be tested and measured: its own function is not faster; empty where it may be."""
    if found.measurement.decision is not Decision.NOT_IMPROVED:
        return ""
    return f"{found.function.qualname} gains nothing on its recorded calls: {formula(found.measured)}"


def lives_on_repetition(found: CallEvidence, outside_share: float) -> Suspicion | None:
    """Return the suspicion that a cache answers only what the workload itself asks again and again.

    Where the project's own code repeats arguments, or data of many kinds does, remembering them is a gain; where the
    benchmark asks a few inputs over and over, it is none.

    Args:
        found: of the function's calls.
        outside_share: share (0 to 1) of its calls that the workload makes itself.
    """
    if not found.cache_gain or not found.repeated_share or outside_share <= _MOSTLY or found.calls > _FEW_INPUTS:
        return None
    inputs = f"{found.calls} input{'s' if found.calls > 1 else ''}, asked again and again by the workload itself"
    return Suspicion(mechanism=Mechanism.REPEATED, seen=f"{inputs}; {found.text}")


def doubt(found: CallEvidence) -> str:
    """Return why a gain on the measured calls is no gain; empty where nothing measured beside it contradicts."""
    return found.doubt if found.measurement.decision is Decision.IMPROVED else ""


def share_of(found: CallEvidence, total_share: float) -> float:
    """Return the share of the workload (0 to 1) that the measured gain applies to.

    What is gained on repeated calls alone applies to as much of the function's share as the recorded runs repeat.

    Args:
        found: of the function's calls.
        total_share: of the workload that the function has, with what it calls.
    """
    gained = found.measured.gain
    return total_share * min(1.0, max(0.0, found.run_gain / gained)) if gained > 0 else total_share


def gain(found: CallEvidence) -> float:
    """Return the share of its own cost that the function saves in the recorded runs."""
    return min(found.measured.gain, found.run_gain)
