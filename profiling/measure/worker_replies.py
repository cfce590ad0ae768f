"""What a worker says, line by line: the target's output, so nothing is taken that can not be a reply."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_Seconds = Annotated[float, Field(ge=0, le=1e6)]
_Count = Annotated[int, Field(ge=0, le=2**40)]
_Weight = Annotated[float, Field(ge=0, le=1e18)]
_Text = Annotated[str, Field(max_length=1000)]


class Reply(BaseModel):
    """A line of a worker."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Ready(Reply):
    """What a worker says when it has started.

    Attributes:
        pid: its process.
        problem: why the function can't be called, or None.
        calls: recorded ones that it has.
        import_s: CPU seconds of finding the function, imports included; start_s: of everything so far.
        wrapping: decorators around the function that are left out.
    """

    pid: Annotated[int, Field(gt=0, le=2**31)]
    problem: _Text | None
    calls: _Count
    import_s: _Seconds
    start_s: _Seconds
    wrapping: tuple[_Text, ...] = ()


class BlockTimes(Reply):
    """What one block took.

    Attributes:
        cpu_s: of the process; children_s: of its children that ended in it.
        wall_s: of it; delay_s: of that, what the main thread waited for a core, where it is known.
        collections, gc_s: in it.
        raised: calls that ended with an exception.
        setup_s: CPU seconds of making the arguments before it and freeing them after it.
    """

    cpu_s: _Seconds
    children_s: _Seconds
    wall_s: _Seconds
    delay_s: _Seconds | None
    collections: _Count
    gc_s: _Seconds
    raised: _Count
    setup_s: _Seconds

    @property
    def all_cpu_s(self) -> float:
        """Return the CPU seconds of the block, children included."""
        return self.cpu_s + self.children_s

    @property
    def spent_s(self) -> float:
        """Return the wall seconds in which it ran or waited for something else than a core."""
        return max(0.0, self.wall_s - (self.delay_s or 0.0))


class Described(Reply):
    """Its recorded calls: index, weight, command, process, digest of the arguments, why they can't be made."""

    calls: tuple[tuple[_Count, _Weight, _Count, _Count, _Text, _Text | None], ...]


class Each(Reply):
    """Calls made one by one: index, CPU, wall and setup seconds, whether it raised; and the kinds of exceptions."""

    each: tuple[tuple[_Count, _Seconds, _Seconds, _Seconds, _Count], ...]
    kinds: tuple[_Text, ...] = ()


class Farewell(Reply):
    """Its last words: the file of every module of the project."""

    origins: dict[str, str]


class Nothing(Reply):
    """It has done what it was asked."""
