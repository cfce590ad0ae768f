"""Facts of a whole run that nobody has to ask for: files, parsing, logging, patterns, awaits, by project line."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUse:
    """What was done with one path.

    Attributes:
        opens: by Python code with a project function on the stack; imports open for nobody.
        unchanged_opens: opens for reading that found modification time and size as at the open before.
        opened_bytes: sizes at the opens for reading, summed: no more was read unless the file was read over again.
        write_opens: opens for writing.
        stats: `os.stat`, `os.path.exists`, `Path.is_file` and the like, called by project lines.
        unchanged_stats: those that found it as it was at the one before, missing files too.
        lines: innermost project lines (`file:line`) of all these, with counts; up to 64, then `(others)`.
    """

    opens: int = 0
    unchanged_opens: int = 0
    opened_bytes: int = 0
    write_opens: int = 0
    stats: int = 0
    unchanged_stats: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerdeUse:
    """Calls of one serializing or parsing function at one line.

    Attributes:
        calls: begun (parsing) or completed (serializing).
        of_dumped: texts to parse that the same process had got from a serializing function before.
        repeats: texts to parse that this line had parsed before.
    """

    calls: int = 0
    of_dumped: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogUse:
    """Calls of a logger's method at one line; disabled: those below the level in force, which emit nothing."""

    calls: int = 0
    disabled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternUse:
    """Calls of a function of `re` with a pattern's text at one line.

    Attributes:
        calls: with str or bytes, not with a compiled pattern.
        compiled: those that did not find the pattern in the cache of `re`; calls whose flags are no constants are not
            judged.
        distinct: patterns, up to 256.
    """

    calls: int = 0
    compiled: int = 0
    distinct: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitUse:
    """The awaits at one line.

    Attributes:
        awaits: how many; tasks: by how many asyncio tasks, so that awaits / tasks says how many one task did.
        waited_s: wall seconds from each await to its result, summed; under the facts pass, so an upper bound.
        max_in_flight: most awaits of this line under way at one time. 1: they never overlapped.
        awaited_types: type names of what was awaited: a `coroutine` runs only now, a task or future may overlap with
            others of the same coroutine.
    """

    awaits: int = 0
    tasks: int = 0
    waited_s: float = 0.0
    max_in_flight: int = 0
    awaited_types: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What project lines did over a whole run, all processes together.

    Lines are seen in the project's imported files, not in a script that is run directly, and where functions are
    called by the name they were imported under. All mappings hold up to 256 entries; what came later is left out.

    Attributes:
        files: by path relative to the root; of files outside only a checksum of the folder and the name remain.
        serde: by `file:line function`, for example `app/io.py:12 json.loads`.
        logging: by `file:line level`.
        patterns: by `file:line function`.
        awaits: by `file:line`.
        gc_thresholds: what `gc.get_threshold()` said at the end of each process, each once.
    """

    files: Mapping[str, FileUse] = field(default_factory=dict)
    serde: Mapping[str, SerdeUse] = field(default_factory=dict)
    logging: Mapping[str, LogUse] = field(default_factory=dict)
    patterns: Mapping[str, PatternUse] = field(default_factory=dict)
    awaits: Mapping[str, AwaitUse] = field(default_factory=dict)
    gc_thresholds: tuple[tuple[int, int, int], ...] = ()
