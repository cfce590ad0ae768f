"""Write stacks for speedscope: one profile a thread and dimension. Pure."""

from dataclasses import dataclass, field

from profiling.formats.collapsed import StackDimension, weight_s
from profiling.model import FunctionKey
from profiling.profile import Profile, Stack

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"
_TITLES: tuple[tuple[StackDimension, str], ...] = (("cpu", "CPU"), ("wall", "wall"))


@dataclass(slots=True, kw_only=True)
class _Frames:
    """Frames by number, in order of first use."""

    numbers: dict[FunctionKey, int] = field(default_factory=dict)

    def number(self, key: FunctionKey) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def rows(self) -> list[dict[str, object]]:
        return [{"name": key.qualname, "file": key.file, "line": key.first_line} for key in self.numbers]


def speedscope(profile: Profile, name: str) -> dict[str, object]:
    """Return the JSON object of a speedscope file.

    Args:
        profile: its stacks; a thread without weight in a dimension has no profile there.
        name: title of the file.
    """
    frames = _Frames()
    threads = dict.fromkeys(stack.thread for stack in profile.stacks)
    profiles = [
        _sampled(f"{title}: {thread}", [stack for stack in profile.stacks if stack.thread == thread], dimension, frames)
        for dimension, title in _TITLES
        for thread in threads
        if any(stack.thread == thread and weight_s(stack, dimension) > 0 for stack in profile.stacks)
    ]
    return {
        "$schema": _SCHEMA,
        "name": name,
        "exporter": "ratchet",
        "activeProfileIndex": 0,
        "shared": {"frames": frames.rows()},
        "profiles": profiles,
    }


def _sampled(title: str, stacks: list[Stack], dimension: StackDimension, frames: _Frames) -> dict[str, object]:
    weighted = [(stack, weight_s(stack, dimension)) for stack in stacks if weight_s(stack, dimension) > 0]
    return {
        "type": "sampled",
        "name": title,
        "unit": "seconds",
        "startValue": 0,
        "endValue": sum(weight for _, weight in weighted),
        "samples": [[frames.number(key) for key in stack.frames] for stack, _ in weighted],
        "weights": [weight for _, weight in weighted],
    }
