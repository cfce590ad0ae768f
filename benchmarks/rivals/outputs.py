"""Read what each profiler wrote: seconds of some named functions, callees included."""

import json
import pstats
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

Phases = Mapping[str, tuple[str, ...]]
"""Functions asked for, each with the helpers that only it calls: for outputs that know own time alone."""


class Unreadable(ValueError):
    """A profiler's output is not what its format says; the message says what was found."""


def from_pstats(file: Path, phases: Phases) -> dict[str, float]:
    """Return cumulative seconds of a pstats file, as cProfile and yappi write it."""
    try:
        rows = vars(pstats.Stats(str(file)))["stats"]
    except (OSError, ValueError, TypeError, EOFError, AttributeError) as error:
        raise Unreadable(f"no pstats file: {error}") from error
    found: defaultdict[str, float] = defaultdict(float)
    for (_, _, name), (_, _, _, cumulative_s, _) in rows.items():
        if name in phases:
            found[name] += cumulative_s
    return dict(found)


def from_pyinstrument(file: Path, phases: Phases) -> dict[str, float]:
    """Return seconds of a pyinstrument session in JSON: of the outermost frame of each function."""
    found: defaultdict[str, float] = defaultdict(float)
    pending = [_object(_json(file).get("root_frame") or {})]
    while pending:
        frame = pending.pop()
        name = _bare(str(frame.get("function", "")))
        if name in phases:
            found[name] += _number(frame.get("time"))
        else:
            pending += [_object(child) for child in _list(frame.get("children"))]
    return dict(found)


def from_scalene(file: Path, phases: Phases) -> dict[str, float]:
    """Return seconds of a scalene profile in JSON: its functions know own time, so helpers are added."""
    content = _json(file)
    owners = {helper: phase for phase, helpers in phases.items() for helper in (phase, *helpers)}
    elapsed_s = _number(content.get("elapsed_time_sec"))
    found: defaultdict[str, float] = defaultdict(float)
    for name, function in _scalene_functions(content):
        percent = sum(_number(function.get(f"n_{kind}")) for kind in ("cpu_percent_python", "cpu_percent_c"))
        if name in owners:
            found[owners[name]] += elapsed_s * (percent + _number(function.get("n_sys_percent"))) / 100
    return dict(found)


def scalene_peaks(file: Path) -> dict[str, float]:
    """Return peak MB by function of a scalene profile in JSON."""
    return {
        name: peak_mb
        for name, function in _scalene_functions(_json(file))
        if (peak_mb := _number(function.get("n_peak_mb")))
    }


def from_raw_stacks(file: Path, phases: Phases, rate_hz: int) -> dict[str, float]:
    """Return seconds of collapsed stacks, as `py-spy record -f raw` writes them: samples over their rate."""
    found: defaultdict[str, float] = defaultdict(float)
    for line in _text(file).splitlines():
        stack, _, count = line.rpartition(" ")
        if not count.isdigit():
            raise Unreadable(f"no stack and count: {line[:80]!r}")
        names = (_bare(frame.partition(" (")[0]) for frame in stack.split(";"))
        phase = next((name for name in names if name in phases), None)
        if phase is not None:
            found[phase] += int(count) / rate_hz
    return dict(found)


def _scalene_functions(content: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for file in _object(content.get("files") or {}).values():
        for value in _list(_object(file).get("functions")):
            function = _object(value)
            yield _bare(str(function.get("line", ""))), function


def _bare(qualname: str) -> str:
    return qualname.rpartition(".")[2]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Unreadable(f"no output: {error.strerror}") from error


def _json(file: Path) -> Mapping[str, object]:
    text = _text(file)
    try:
        return _object(json.loads(text))
    except ValueError as error:
        raise Unreadable(f"no JSON object: {text[:80]!r}") from error


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Unreadable(f"no object: {value!r:.80}")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Unreadable(f"no list: {value!r:.80}")
    return value


def _number(value: object) -> float:
    """Return a number; null, which scalene writes where it has no sample, is none."""
    if value is None:
        return 0.0
    if isinstance(value, int | float):
        return float(value)
    raise Unreadable(f"no number: {value!r:.80}")
