"""A library as the ceiling: a general one, used for a narrow need, spends the CPU in its own machinery."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from profiling.interactions.observed import Observed
from profiling.interactions.sides import FEWEST_SAMPLES, cpu_share
from profiling.model import Dimension
from profiling.profile import FunctionProfile
from profiling.target import Evidence, Interaction, InteractionKind
from profiling.targets import MODULE_BODY

LIBRARY_SHARE = 0.15
MOST_FUNCTIONS = 10
"""More than this share of the CPU, below fewer functions than this (docs/deciding.md)."""
_NEARLY_ALL = 0.95
_MOST_NAMED = 3
_RUNNERS = frozenset(
    {"_pytest", "pytest", "pluggy", "xdist", "execnet", "unittest", "doctest", "hypothesis", "coverage"}
)
"""They run the workload; they are none of what the project uses."""
_PLUMBING = frozenset(
    {"asyncio", "concurrent", "importlib", "multiprocessing", "queue", "runpy", "selectors", "subprocess", "threading"}
)
"""Below them other code runs: their time is not their own, and nothing narrower takes their place."""
_HAS_DETECTOR = frozenset({"copy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A function that leads into a library: its CPU seconds and samples there."""

    function: FunctionProfile
    cpu_s: float
    samples: float


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield the function that leads most into a library with over 15% of the CPU, reached from fewer than 10 functions.

    What importing it takes is not counted, nor C code, which has no frames of its own.
    """
    own = {_package(one.key.file) for one in observed.profile.functions}
    names = dict.fromkeys(library.name for one in observed.profile.functions for library in one.libraries)
    for name in names:
        if name in own | _RUNNERS | _PLUMBING | _HAS_DETECTOR or name.startswith("namedtuple_"):
            continue
        uses = _uses(name, observed)
        seconds = sum(use.cpu_s for use in uses)
        if cpu_share(seconds, observed.profile) <= LIBRARY_SHARE or sum(one.samples for one in uses) < FEWEST_SAMPLES:
            continue
        leading = _leading(uses, seconds)
        if len(leading) < MOST_FUNCTIONS:
            yield _interaction(name, seconds, leading, observed)


def _package(file: str) -> str:
    """Return the top-level import name of a project file: a copy of it elsewhere is the project too."""
    first, *rest = PurePosixPath(file).with_suffix("").parts
    return rest[0] if first == "src" and rest else first


def _uses(name: str, observed: Observed) -> list[_Use]:
    """Return the functions below which a library takes time, largest first."""
    uses = [
        _Use(
            function=function,
            cpu_s=library.cpu_s,
            samples=function.samples_self * library.cpu_s / function.cpu_self_s,
        )
        for function in observed.profile.functions
        for library in function.libraries
        if library.name == name and function.cpu_self_s > 0 and function.key.qualname != MODULE_BODY
    ]
    return sorted(uses, key=lambda use: (-use.cpu_s, use.function.key))


def _leading(uses: list[_Use], seconds: float) -> list[_Use]:
    """Return the fewest functions that lead to 95% of the time."""
    leading: list[_Use] = []
    reached_s = 0.0
    for use in uses:
        if reached_s >= _NEARLY_ALL * seconds:
            break
        leading.append(use)
        reached_s += use.cpu_s
    return leading


def _interaction(name: str, seconds: float, leading: list[_Use], observed: Observed) -> Interaction:
    share, import_s = cpu_share(seconds, observed.profile), _import_s(name, observed)
    named = ", ".join(_text(use, seconds) for use in leading[:_MOST_NAMED])
    more = f" and {len(leading) - _MOST_NAMED} more" if len(leading) > _MOST_NAMED else ""
    count = f"{len(leading)} function{'s' if len(leading) > 1 else ''}"
    imported = f"; importing it takes {import_s * 1000:.0f} ms" if import_s > 0 else ""
    return Interaction(
        kind=InteractionKind.LIBRARY_CEILING,
        key=leading[0].function.key,
        evidence=(
            Evidence(
                dimension=Dimension.CPU_S,
                value=seconds,
                text=f"{name}'s own machinery takes {seconds:.2g} s ({share:.0%} of the CPU){imported}",
            ),
            Evidence(
                dimension=Dimension.THROUGHPUT,
                value=float(len(leading)),
                text=f"its use is narrow: {count} lead{'' if len(leading) > 1 else 's'} into it ({named}{more})",
            ),
        ),
        root_fix=f"a narrower replacement of what is used of {name}",
        subject=name,
    )


def _text(use: _Use, seconds: float) -> str:
    calls = "" if use.function.calls is None else f" in {use.function.calls} calls"
    return f"{use.function.key.qualname} {use.cpu_s / seconds:.0%}{calls}"


def _import_s(name: str, observed: Observed) -> float:
    modules = (one for one in observed.profile.imports if one.module == name or one.module.startswith(f"{name}."))
    return max((one.total_s for one in modules), default=0.0)
