"""Heavy instances: a dict for each of many objects wastes memory and slows every access to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from profiling.interactions.attributes import Reads, fields_of, knows, reads_of
from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, FEWEST_SAMPLES, MEMORY_MIB, allocated_mib, cpu_share, recorded
from profiling.model import Dimension, FunctionKey
from profiling.profile import FunctionProfile
from profiling.target import Evidence, Interaction, InteractionKind

_FEWEST_INSTANCES = 1000
_MAKERS = ("__init__", "__post_init__", "__new__")
_MIB = 1024 * 1024
_FEWEST_FIELDS = 2
"""Read by a function, before they tell a class: a single `name` is anything's."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """A class with many instances: key of its maker or its statement, memory and how that reads."""

    key: FunctionKey
    place: FunctionKey
    memory_mib: float
    text: str


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield classes with many instances that hold memory, and whose methods or readers take CPU.

    Instances are counted in the memory pass, where only those with a dictionary each are. Without one, calls of a maker
    (`__init__` and the like) count them, and the memory is what the maker was seen to allocate: from 3.11 on an
    instance's own storage is allocated where the class is called, so that this is less.
    """
    reads = reads_of(observed)
    for found in _counted(observed) if observed.profile.memory_pass is not None else _made(observed):
        users = _users(found, observed, reads)
        seconds = sum(one.cpu_self_s for one in users)
        share = cpu_share(seconds, observed.profile)
        if share >= CPU_SHARE and sum(one.samples_self for one in users) >= FEWEST_SAMPLES:
            yield _interaction(found, users, seconds, share)


def _counted(observed: Observed) -> Iterator[_Class]:
    """Yield the classes of the memory pass's count."""
    for one in observed.profile.classes:
        memory = one.instances * one.bytes_each / _MIB
        if one.instances < _FEWEST_INSTANCES or memory < MEMORY_MIB:
            continue
        makers = [f.key for f in observed.profile.functions if _is_maker(f.key, (one.key.file, one.key.qualname))]
        text = (
            f"{one.instances} instances of {one.key.qualname} at once, about {memory:.1f} MiB with a dict each"
            f" ({one.bytes_each} bytes)"
        )
        yield _Class(key=min(makers, default=one.key), place=one.key, memory_mib=memory, text=text)


def _made(observed: Observed) -> Iterator[_Class]:
    """Yield the classes whose makers were counted."""
    for function in observed.profile.functions:
        class_name, _, method = function.key.qualname.rpartition(".")
        if method not in _MAKERS or not class_name:
            continue
        seen = recorded(function.key, observed.facts)
        instances, memory = max(function.calls or 0, seen.calls if seen else 0), allocated_mib(function)
        place = FunctionKey(file=function.key.file, first_line=function.key.first_line, qualname=class_name)
        if instances >= _FEWEST_INSTANCES and memory >= MEMORY_MIB:
            text = f"{instances} instances of {class_name} were made, {memory:.1f} MiB with them"
            yield _Class(key=function.key, place=place, memory_mib=memory, text=text)


def _is_maker(key: FunctionKey, place: tuple[str, str]) -> bool:
    class_name, _, method = key.qualname.rpartition(".")
    return (key.file, class_name) == place and method in _MAKERS


def _users(found: _Class, observed: Observed, reads: Reads) -> list[FunctionProfile]:
    """Return its methods, and the functions that read its attributes, costliest first."""
    fields = fields_of(observed, found.place)
    needed = min(_FEWEST_FIELDS, len(fields)) or 1
    readers = {
        one.key
        for one in observed.profile.functions
        if one.samples_self >= FEWEST_SAMPLES and len(reads(one.key) & fields) >= needed
    }
    near = {key for key in readers if knows(observed, key.file, found.place)}
    return [one for one in observed.profile.functions if _is_method(one.key, found.place) or one.key in near]


def _is_method(key: FunctionKey, place: FunctionKey) -> bool:
    return (key.file, key.qualname.rpartition(".")[0]) == (place.file, place.qualname)


def _interaction(found: _Class, users: list[FunctionProfile], seconds: float, share: float) -> Interaction:
    busy = sorted((one for one in users if one.cpu_self_s > 0), key=lambda one: (-one.cpu_self_s, one.key))
    names = ", ".join(one.key.qualname for one in busy[:_MOST_NAMED])
    more = f" and {len(busy) - _MOST_NAMED} more" if len(busy) > _MOST_NAMED else ""
    return Interaction(
        kind=InteractionKind.DATA_STRUCTURE,
        key=found.key,
        evidence=(
            Evidence(dimension=Dimension.PEAK_MIB, value=found.memory_mib, text=found.text),
            Evidence(
                dimension=Dimension.CPU_S,
                value=seconds,
                text=f"what works on them takes {seconds:.2g} s ({share:.0%} of the CPU): {names}{more}",
            ),
        ),
        root_fix="__slots__, tuples or arrays",
    )
