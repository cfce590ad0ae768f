"""Whether the project is asynchronous, and by what."""

import re
from collections import Counter
from typing import ClassVar

from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot

_FRAMEWORKS = (
    *("asyncio", "trio", "anyio", "curio", "uvloop", "aiohttp", "fastapi", "starlette", "sanic", "quart", "litestar"),
    *("tornado", "twisted", "gevent", "eventlet", "channels", "httpx", "websockets", "asyncpg", "grpc"),
)
# A line's end in front, where a file's first line has none: what begins with a fixed byte is found many times faster.
_IMPORT = re.compile(rb"\n[ \t]*(?:import|from)[ \t]+(" + "|".join(_FRAMEWORKS).encode() + rb")\b")
_COROUTINE = re.compile(rb"\n[ \t]*async[ \t]+def[ \t]")
MOST_FILES = 1000


class AsyncFrameworks(Probe):
    """Counts imports and coroutine functions in the source as text, in at most 1000 files, evenly chosen."""

    name: ClassVar[str] = "async_frameworks"
    sampled_inputs: ClassVar[tuple[str, ...]] = ("**/*.py",)
    most_sampled: ClassVar[int] = MOST_FILES
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES,)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP, Task.SCAN})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the files."""
        files = snapshot.sample(self.sampled_inputs, self.most_sampled)
        importing: Counter[str] = Counter()
        coroutines = 0
        for file in files:
            content = b"\n" + (snapshot.read(file) or b"")
            importing.update({match.decode() for match in _IMPORT.findall(content)})
            coroutines += len(_COROUTINE.findall(content)) if b"async" in content else 0
        is_whole = len(files) == len(snapshot.matching(*self.sampled_inputs))
        return ProbeOutput(
            schema_slice={
                "frameworks": [{"name": name, "files": count} for name, count in importing.most_common()],
                "coroutine_functions": coroutines,
                "read_files": len(files),
                "is_whole": is_whole,
            },
            confidence=(Confidence.HIGH if is_whole else Confidence.MEDIUM) if files else Confidence.LOW,
        )
