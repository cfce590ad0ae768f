"""What the profile saw of a function: its share of the workload, and what one call costs."""

from dataclasses import dataclass

from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One function in one workload, by sampled time.

    Attributes:
        total_s: CPU seconds with the function on the stack.
        share: of the workload's CPU, 0 to 1.
        samples: behind it.
    """

    total_s: float
    share: float
    samples: int

    @property
    def text(self) -> str:
        """Return the share with its uncertainty: two standard errors of a count of samples."""
        error = 2 / self.samples**0.5
        return f"cpu share {self.share:.1%} ± {self.share * error:.1%} ({self.samples} samples)"


def exposure(profile: Profile, key: FunctionKey) -> Exposure | None:
    """Return how a function shows in the profile; None when it was never sampled."""
    found = next((function for function in profile.functions if function.key == key), None)
    whole_s = profile.cpu_sampled_s
    if found is None or found.samples_total == 0 or found.cpu_total_s <= 0 or whole_s <= 0:
        return None
    return Exposure(total_s=found.cpu_total_s, share=min(1.0, found.cpu_total_s / whole_s), samples=found.samples_total)


def executed_keys(profile: Profile) -> frozenset[FunctionKey]:
    """Return the functions that surely ran in the workload."""
    return frozenset(function.key for function in profile.functions if _ran(function))


def _ran(function: FunctionProfile) -> bool:
    return bool(function.samples_total or function.calls)
