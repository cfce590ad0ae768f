"""Algorithm and data size: quadratic cost is harmless while the data is small."""

from collections.abc import Iterator

from profiling.growth import Exponent, FunctionGrowth, Growth
from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, FEWEST_SAMPLES, cpu_share
from profiling.model import Dimension
from profiling.target import Evidence, Interaction, InteractionKind

_FEWEST_POINTS = 3


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield functions whose cost surely grows faster than their input, and is at least 1% of the CPU.

    Of the workload as profiled, or of the largest size tried: what is small now may be what large data waits for.
    """
    growth = observed.growth
    for function in () if growth is None else growth.functions:
        exponent, points = function.exponent, function.points
        if growth is None or exponent is None or not exponent.is_steep or len(points) < _FEWEST_POINTS:
            continue
        share = max(_share_at_largest(function, growth), _share_now(function, observed))
        if share >= CPU_SHARE and points[-1].samples >= FEWEST_SAMPLES:
            yield _interaction(function, exponent, share)


def _share_at_largest(function: FunctionGrowth, growth: Growth) -> float:
    last = function.points[-1]
    whole_s = next((point.cpu_s for point in growth.points if point.size == last.size), 0.0)
    return last.cpu_s / whole_s if whole_s > 0 else 0.0


def _share_now(function: FunctionGrowth, observed: Observed) -> float:
    profiled = observed.by_key.get(function.key)
    return cpu_share(profiled.cpu_self_s, observed.profile) if profiled is not None else 0.0


def _interaction(function: FunctionGrowth, exponent: Exponent, share: float) -> Interaction:
    first, last = function.points[0], function.points[-1]
    interval = f"{exponent.value:.1f} [{exponent.low:.1f}, {exponent.high:.1f}]"
    return Interaction(
        kind=InteractionKind.ALGORITHM_SIZE,
        key=function.key,
        evidence=(
            Evidence(
                dimension=Dimension.CPU_S,
                value=last.cpu_s,
                text=f"it takes {first.cpu_s:.2g} s at size {first.size:g} and {last.cpu_s:.2g} s at size {last.size:g}"
                f" (up to {min(share, 1.0):.0%} of the CPU)",
            ),
            Evidence(
                dimension=Dimension.THROUGHPUT,
                value=exponent.value,
                text=f"its cost grows with the size to the power {interval}: twice the data costs"
                f" {2**exponent.value:.1f} times as much",
            ),
        ),
        root_fix="a better algorithm",
    )
