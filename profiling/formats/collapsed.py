"""Write stacks in the collapsed form that flame graph tools read. Pure."""

from collections.abc import Iterator

from profiling.formats.weights import WEIGHTS, StackDimension, frame_name, library_name, weight
from profiling.profile import Profile, Stack

_SCALE = {each.dimension: 1e6 if each.unit == "seconds" else 1 for each in WEIGHTS}


def collapsed(profile: Profile, dimension: StackDimension = "cpu") -> str:
    """Return one line a stack: frames from the outermost, separated by `;`, then whole microseconds or bytes."""
    lines = []
    for stack in profile.stacks:
        whole = round(weight(stack, dimension) * _SCALE[dimension])
        if whole > 0:
            lines.append(f"{';'.join(_clean(name) for name in _names(stack))} {whole}\n")
    return "".join(lines)


def _names(stack: Stack) -> Iterator[str]:
    yield stack.thread
    yield from map(frame_name, stack.frames)
    if stack.library is not None:
        yield library_name(stack.library)


def _clean(name: str) -> str:
    """Take out what separates frames and lines."""
    return " ".join(name.replace(";", ",").split())
