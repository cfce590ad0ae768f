"""Write stacks for speedscope: one profile a thread and dimension. Pure."""

from dataclasses import dataclass, field

from profiling.formats.weights import WEIGHTS, Weight, library_name, threads, weight
from profiling.model import FunctionKey
from profiling.profile import Profile, Stack

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


@dataclass(slots=True, kw_only=True)
class _Frames:
    """Frames by number, in order of first use; a library's is its name alone."""

    numbers: dict[FunctionKey | str, int] = field(default_factory=dict)

    def of(self, stack: Stack) -> list[int]:
        keys = (*stack.frames, *(() if stack.library is None else (library_name(stack.library),)))
        return [self.numbers.setdefault(key, len(self.numbers)) for key in keys]

    def rows(self) -> list[dict[str, object]]:
        return [
            {"name": key} if isinstance(key, str) else {"name": key.qualname, "file": key.file, "line": key.first_line}
            for key in self.numbers
        ]


def speedscope(profile: Profile, name: str) -> dict[str, object]:
    """Return the JSON object of a speedscope file.

    Args:
        profile: its stacks; a thread without weight in a dimension has no profile there.
        name: title of the file.
    """
    frames = _Frames()
    found = [
        (each, thread, [stack for stack in profile.stacks if stack.thread == thread and weight(stack, each.dimension)])
        for each in WEIGHTS
        for thread in threads(profile.stacks)
    ]
    profiles = [_sampled(each, thread, stacks, frames) for each, thread, stacks in found if stacks]
    return {
        "$schema": _SCHEMA,
        "name": name,
        "exporter": "ratchet",
        "activeProfileIndex": 0,
        "shared": {"frames": frames.rows()},
        "profiles": profiles,
    }


def _sampled(each: Weight, thread: str, stacks: list[Stack], frames: _Frames) -> dict[str, object]:
    weights = [weight(stack, each.dimension) for stack in stacks]
    return {
        "type": "sampled",
        "name": f"{each.title}: {thread}",
        "unit": each.unit,
        "startValue": 0,
        "endValue": sum(weights),
        "samples": [frames.of(stack) for stack in stacks],
        "weights": weights,
    }
