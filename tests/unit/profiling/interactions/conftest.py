from typing import Any

import pytest

from profiling.facts import Facts
from profiling.interactions.detect import detect
from profiling.model import Command, FunctionKey, Interpreter, RunUsage
from profiling.profile import ClassProfile, ConcurrencyPoint, FunctionProfile, GcTotals, ImportProfile, Profile, Stack
from profiling.target import Interaction

MIB = 1024 * 1024
USAGE = RunUsage(wall_s=10.0, cpu_s=10.0, max_rss_mib=100.0, exit_code=0)


class Make:
    """Makes profiles of 10 CPU seconds: what their functions do not take is taken elsewhere."""

    @staticmethod
    def key(name: str, *, file: str = "pkg/a.py", line: int = 7) -> FunctionKey:
        return FunctionKey(file=file, first_line=line, qualname=name)

    def function(self, name: str, *, file: str = "pkg/a.py", line: int = 7, **changes: Any) -> FunctionProfile:
        key = self.key(name, file=file, line=line)
        return FunctionProfile(**{"key": key, "samples_self": 500, "samples_total": 500, **changes})

    def body(self, file: str = "pkg/a.py", **changes: Any) -> FunctionProfile:
        return self.function("<module>", file=file, line=1, **changes)

    def stack(self, *frames: str, **changes: Any) -> Stack:
        plain = {"thread": "MainThread", "cpu_s": 0.0, "wall_s": 0.0, "samples": 0}
        return Stack(frames=tuple(self.key(name) for name in frames), **{**plain, **changes})

    @staticmethod
    def points(*rows: tuple[int, float]) -> tuple[ConcurrencyPoint, ...]:
        """Return points of tasks and MiB."""
        return tuple(ConcurrencyPoint(tasks=tasks, heap_bytes=round(mib * MIB), ticks=9) for tasks, mib in rows)

    def instances(self, name: str, count: int, *, each: int = 100, line: int = 1) -> ClassProfile:
        return ClassProfile(key=self.key(name, line=line), instances=count, bytes_each=each)

    @staticmethod
    def imported(module: str, seconds: float, **changes: Any) -> ImportProfile:
        plain: dict[str, Any] = {
            "module": module,
            "file": f"pkg/{module.rpartition('.')[2]}.py",
            "self_s": seconds,
            "total_s": seconds,
            "importer_file": "pkg/a.py",
            "importer_line": 2,
            "executed": False,
        }
        return ImportProfile(**{**plain, **changes})

    def profile(self, *functions: FunctionProfile, **changes: Any) -> Profile:
        rest = FunctionProfile(
            key=self.key("rest", file="pkg/rest.py", line=1),
            cpu_self_s=10.0 - sum(one.cpu_self_s for one in functions),
        )
        plain: dict[str, Any] = {
            "schema_version": 2,
            "tree_id": "tree",
            "command": Command(argv=("python", "bench.py")),
            "interpreter": Interpreter(executable="/usr/bin/python3", version=(3, 11, 7)),
            "baseline": (USAGE,),
            "time_pass": USAGE,
            "memory_pass": None,
            "cpu_covered_s": 10.0,
            "samples": 10_000,
            "functions": (*functions, rest),
            "imports": (),
            "libraries": (),
            "stacks": (),
            "gc": GcTotals(),
            "peak_bytes": None,
        }
        return Profile(**{**plain, **changes})

    @staticmethod
    def found(profile: Profile, **known: Any) -> tuple[Interaction, ...]:
        return detect(profile, Facts(), **known)

    def only(self, profile: Profile, **known: Any) -> Interaction:
        (interaction,) = self.found(profile, **known)
        return interaction


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def traced() -> dict[str, Any]:
    """What a profile with a memory pass has more."""
    return {"memory_pass": USAGE, "peak_bytes": 100 * MIB}
