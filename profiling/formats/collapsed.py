"""Write stacks in the collapsed form that flame graph tools read. Pure."""

from typing import Literal, assert_never

from profiling.model import FunctionKey
from profiling.profile import Profile, Stack

StackDimension = Literal["cpu", "wall"]


def collapsed(profile: Profile, dimension: StackDimension = "cpu") -> str:
    """Return one line a stack: frames from the outermost, separated by `;`, then whole microseconds."""
    lines = []
    for stack in profile.stacks:
        microseconds = round(weight_s(stack, dimension) * 1e6)
        if microseconds > 0:
            frames = ";".join(_clean(name) for name in (stack.thread, *map(frame_name, stack.frames)))
            lines.append(f"{frames} {microseconds}\n")
    return "".join(lines)


def weight_s(stack: Stack, dimension: StackDimension) -> float:
    """Return a stack's seconds in a dimension."""
    match dimension:
        case "cpu":
            return stack.cpu_s
        case "wall":
            return stack.wall_s
        case _:
            assert_never(dimension)


def frame_name(key: FunctionKey) -> str:
    """Return a frame's text: qualified name and place."""
    return f"{key.qualname} ({key.place})"


def _clean(name: str) -> str:
    """Take out what separates frames and lines."""
    return " ".join(name.replace(";", ",").split())
