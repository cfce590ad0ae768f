"""Make further inputs like the recorded ones; no proposer ever sees them."""

import ast
import contextlib
import pickle
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, configuration, given, seed, settings
from hypothesis import strategies as st

from profiling.behaviour.recording import (
    KeptCall,
    ManifestCall,
    RecordedFunction,
    Recording,
    read_calls,
    read_paths,
    write,
)

Arguments = tuple[tuple[object, ...], dict[str, object]]
"""Positional and keyword arguments, of builtin values only."""

_LITERAL_LENGTH = 8192
_FRESH_CHARACTERS = "aZ0 _-.\n\u00e9\u00df"
"""Put beside those seen: case, digit, space, punctuation, line end, letters that casing treats specially."""
_LONGEST = 64
_DEPTH = 8

_Values = Sequence[object]


def varied(recording: Recording, folder: Path, *, count: int, number: int) -> Recording:
    """Write a recording of generated calls for the functions whose recorded arguments are builtin values.

    Args:
        recording: the recorded calls.
        folder: an empty, existing folder, which receives the generated ones.
        count: how many per function, at most.
        number: the session's seed.

    Raises:
        RecordingError: the recording is damaged.
    """
    by_function: dict[int, list[ManifestCall]] = {}
    for call in read_calls(recording):
        if call.literal is not None and 0 <= int(call.function) < len(recording.functions):
            by_function.setdefault(int(call.function), []).append(call)
    functions: list[RecordedFunction] = []
    calls: list[KeptCall] = []
    for index, rows in sorted(by_function.items()):
        samples = [sample for row in rows if (sample := parsed(row.literal or "")) is not None]
        with _storage_in(folder):
            made = examples(samples, count=count, number=number)
        calls += [_call(len(functions), order, rows[0], each) for order, each in enumerate(made)]
        if made:
            functions.append(RecordedFunction(key=recording.functions[index].key, seen=0, kept=len(made)))
    write(folder, [each.key for each in functions], calls, read_paths(recording))
    return Recording(folder=folder, functions=tuple(functions), notes=recording.notes)


def examples(samples: Sequence[Arguments], *, count: int, number: int) -> list[Arguments]:
    """Return inputs like the samples, none twice, always the same ones for a number."""
    strategy = arguments_like(samples)
    if strategy is None:
        return []
    known = {ascii(sample) for sample in samples}
    found: list[Arguments] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def take(arguments: Arguments) -> None:
        text = ascii(arguments)
        if text not in known:
            known.add(text)
            found.append(arguments)

    take()
    return sorted(found, key=lambda each: len(ascii(each)))  # the first that differs is a small one


def arguments_like(samples: Sequence[Arguments]) -> st.SearchStrategy[Arguments] | None:
    """Return a strategy for the most frequent way in which the samples are passed; None without any."""
    shapes = Counter((len(args), tuple(kwargs)) for args, kwargs in samples)
    if not shapes:
        return None
    (length, names), _ = shapes.most_common(1)[0]
    chosen = [each for each in samples if (len(each[0]), tuple(each[1])) == (length, names)]
    positional = st.tuples(*(like([args[place] for args, _ in chosen]) for place in range(length)))
    keyword = st.fixed_dictionaries({name: like([kwargs[name] for _, kwargs in chosen]) for name in names})
    return st.tuples(positional, keyword)


def like(values: _Values, depth: int = 0) -> st.SearchStrategy[object]:
    """Return a strategy for values of the types, ranges, lengths and alphabets of those seen, and somewhat beyond."""
    kinds = dict.fromkeys(type(value) for value in values)
    if depth > _DEPTH or not kinds:
        return st.sampled_from(list(values)) if values else st.nothing()
    return st.one_of([_of_kind(kind, [value for value in values if type(value) is kind], depth) for kind in kinds])


def parsed(literal: str) -> Arguments | None:
    """Return recorded arguments from their text; None where it is none, for it comes from the target's process."""
    if len(literal) > _LITERAL_LENGTH:
        return None
    try:
        value = ast.literal_eval(literal)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if not (isinstance(value, tuple) and len(value) == 2):
        return None
    args, kwargs = value
    if not (isinstance(args, tuple) and isinstance(kwargs, dict) and all(isinstance(name, str) for name in kwargs)):
        return None
    return args, kwargs


def _of_kind(kind: type, values: _Values, depth: int) -> st.SearchStrategy[object]:
    if kind is bool:
        return st.booleans()
    if kind is int:
        return _integers([value for value in values if isinstance(value, int)])
    if kind is float:
        return _floats([value for value in values if isinstance(value, float)])
    if kind is str:
        return _text([value for value in values if isinstance(value, str)])
    if kind is bytes:
        sizes = [len(value) for value in values if isinstance(value, bytes)]
        return st.binary(max_size=_longer(max(sizes)))
    return _container(kind, values, depth)


def _integers(values: Sequence[int]) -> st.SearchStrategy[object]:
    low, high = min(values), max(values)
    span = high - low + 1
    below = low - span if low < 0 else max(0, low - span)  # a sign that was never seen is another kind of input
    return st.integers(below, high + span) | st.sampled_from([low, high, below])


def _floats(values: Sequence[float]) -> st.SearchStrategy[object]:
    low, high = min(values), max(values)
    span = min(high - low + 1.0, 1e300)
    below = max(low - span, -sys.float_info.max) if low < 0 else max(0.0, low - span)
    return st.floats(below, min(high + span, sys.float_info.max), allow_nan=False) | st.sampled_from([low, high])


def _text(values: Sequence[str]) -> st.SearchStrategy[object]:
    alphabet = sorted({*"".join(values), *_FRESH_CHARACTERS})
    longest = max(len(value) for value in values)
    return st.text(st.sampled_from(alphabet), max_size=_longer(longest)) | st.sampled_from(list(values))


def _container(kind: type, values: _Values, depth: int) -> st.SearchStrategy[object]:
    if kind is dict:
        return _dicts([value for value in values if isinstance(value, dict)], depth)
    rows = [list(value) for value in values if isinstance(value, list | tuple | set)]
    if not rows:  # None
        return st.sampled_from(list(values))
    sizes = {len(row) for row in rows}
    if kind is tuple and len(sizes) == 1:
        return st.tuples(*(like([row[place] for row in rows], depth + 1) for place in range(sizes.pop())))
    if sizes == {0}:
        return st.sampled_from(list(values))
    items = like([item for row in rows for item in row], depth + 1)
    longest = _longer(max(sizes))
    if kind is set:
        return st.sets(items, max_size=longest)
    lists = st.lists(items, max_size=longest) | _repeating(items, longest)
    return lists.map(tuple) if kind is tuple else lists


def _repeating(items: st.SearchStrategy[object], longest: int) -> st.SearchStrategy[list[object]]:
    """Return lists in which values come more than once: what an index or a set must get right."""
    few = st.lists(items, min_size=1, max_size=3)
    return few.flatmap(lambda values: st.lists(st.sampled_from(values), max_size=longest)) if longest else st.just([])


def _dicts(values: Sequence[dict[object, object]], depth: int) -> st.SearchStrategy[object]:
    names = {tuple(value) for value in values}
    if names == {()}:
        return st.sampled_from(list(values))
    if len(names) == 1 and (only := names.pop()):
        return st.fixed_dictionaries({name: like([value[name] for value in values], depth + 1) for name in only})
    keys = like([key for value in values for key in value], depth + 1)
    items = like([item for value in values for item in value.values()], depth + 1)
    return st.dictionaries(keys, items, max_size=_longer(max(len(value) for value in values)))


def _longer(length: int) -> int:
    return min(2 * length + 2, max(length, _LONGEST))


@contextlib.contextmanager
def _storage_in(folder: Path) -> Iterator[None]:
    """Keep what Hypothesis writes out of the working folder, where it would make `.hypothesis`."""
    before = getattr(configuration, "__hypothesis_home_directory", None)
    configuration.set_hypothesis_home_dir(folder / "hypothesis")
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(before)


def _call(function: int, order: int, row: ManifestCall, arguments: Arguments) -> KeptCall:
    return KeptCall(
        function=function,
        module=row.module,
        main=row.main,
        command=0,
        process=0,
        sequence=order,
        weight=1.0,
        data=pickle.dumps(arguments, protocol=4),
        literal=ascii(arguments),
    )
