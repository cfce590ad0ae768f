"""How the project's caches did in one run, over all its processes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import CacheProfile

HARNESS = "ratchet_caches"
_IS_FUNCTION = 0x1
_Count = Annotated[int, Field(ge=0, le=2**62)]


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    caches: tuple[tuple[str, Annotated[int, Field(ge=1, le=2**31)], str, _Count, _Count, _Count, _Count | None], ...]


def merge(reports: Iterable[Mapping[str, object]], source: Source) -> tuple[CacheProfile, ...]:
    """Add up the processes, most look-ups first; reports that are none are left out.

    Args:
        reports: of the harness.
        source: names the functions.
    """
    counts: defaultdict[FunctionKey, list[int]] = defaultdict(lambda: [0, 0, 0])
    limits: dict[FunctionKey, int | None] = {}
    for raw in reports:
        try:
            report = _Report.model_validate(raw)
        except (ValidationError, RecursionError):
            continue
        for file, line, name, hits, misses, entries, limit in report.caches:
            key = source.function((file, line, name, name, _IS_FUNCTION))
            count = counts[key]
            counts[key] = [count[0] + hits, count[1] + misses, max(count[2], entries)]
            limits[key] = limit
    found = [
        CacheProfile(key=key, hits=hits, misses=misses, entries=entries, limit=limits[key])
        for key, (hits, misses, entries) in counts.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.hits - each.misses, each.key)))
