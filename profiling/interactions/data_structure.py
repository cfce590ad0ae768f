"""Heavy instances: a dict for each of many objects wastes memory and slows every access to them."""

from collections.abc import Iterator

from profiling.facts import Facts
from profiling.interactions.sides import CPU_SHARE, FEWEST_SAMPLES, MEMORY_MIB, allocated_mib, cpu_share, recorded
from profiling.model import Dimension, FunctionKey
from profiling.profile import FunctionProfile, Profile
from profiling.target import Evidence, Interaction, InteractionKind

_FEWEST_INSTANCES = 1000
_MAKERS = ("__init__", "__post_init__", "__new__")


def find(profile: Profile, facts: Facts) -> Iterator[Interaction]:
    """Yield the makers of classes with many instances that hold memory, and whose methods take CPU.

    Instances are counted by calls of `__init__`, so without counts nothing is said. From 3.11 on an instance's own
    storage is allocated where the class is called: then only the values it holds are seen, which is less.
    """
    for function in profile.functions:
        class_name, _, method = function.key.qualname.rpartition(".")
        if method not in _MAKERS or not class_name:
            continue
        instances, memory = _calls(function, facts), allocated_mib(function)
        methods = [other for other in profile.functions if _class_of(other.key) == (function.key.file, class_name)]
        seconds = sum(other.cpu_self_s for other in methods)
        share, samples = cpu_share(seconds, profile), sum(other.samples_self for other in methods)
        if instances < _FEWEST_INSTANCES or memory < MEMORY_MIB or share < CPU_SHARE or samples < FEWEST_SAMPLES:
            continue
        yield _interaction(function.key, class_name, instances, memory, seconds, share)


def _calls(function: FunctionProfile, facts: Facts) -> int:
    seen = recorded(function.key, facts)
    return max(function.calls or 0, seen.calls if seen else 0)


def _class_of(key: FunctionKey) -> tuple[str, str]:
    return key.file, key.qualname.rpartition(".")[0]


def _interaction(
    key: FunctionKey, class_name: str, instances: int, memory: float, seconds: float, share: float
) -> Interaction:
    return Interaction(
        kind=InteractionKind.DATA_STRUCTURE,
        key=key,
        evidence=(
            Evidence(
                dimension=Dimension.PEAK_MIB,
                value=memory,
                text=f"{instances} instances of {class_name} were made, {memory:.1f} MiB with them",
            ),
            Evidence(
                dimension=Dimension.CPU_S,
                value=seconds,
                text=f"methods of {class_name} take {seconds:.2g} s ({share:.0%} of the CPU)",
            ),
        ),
        root_fix="__slots__, tuples or arrays",
    )
