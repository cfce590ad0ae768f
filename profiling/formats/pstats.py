"""Write the stdlib's pstats format: exact counts, sampled times. Pure."""

import marshal
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile

_Place = tuple[str, int, str]
_Times = tuple[float, float]
"""CPU seconds of a callee under one caller: its own, and with what it called."""
_Called = tuple[int, int, float, float]
_Row = tuple[int, int, float, float, dict[_Place, _Called]]

_MARSHAL_VERSION = 4
"""Read by every Python since 3.4."""
_OUTSIDE: _Place = ("~", 0, "<outside the project>")


def pstats_bytes(profile: Profile) -> bytes:
    """Return a file for `pstats.Stats` and its viewers.

    Calls are exact and 0 where they were not counted; calls without those of a function by itself are the primitive
    ones. Times are sampled CPU seconds, a function that recurs counted once a sample, and never grow with the calls.
    What ran outside the project is one row, so that the total is the workload's.
    """
    edges = {(edge.caller, edge.callee): edge.calls for edge in profile.edges}
    callers: defaultdict[FunctionKey, dict[_Place, _Called]] = defaultdict(dict)
    times = _edge_times(profile)
    for caller, callee in dict.fromkeys((*edges, *times)):
        calls = edges.get((caller, callee), 0)
        own_s, total_s = times.get((caller, callee), (0.0, 0.0))
        callers[callee][_place(caller)] = (calls, calls, own_s, total_s)
    rows: dict[_Place, _Row] = {_OUTSIDE: _outside(profile)}
    for function in profile.functions:
        rows[_place(function.key)] = _row(function, edges, callers[function.key])
    for key in {key for pair in (*edges, *times) for key in pair}:
        rows.setdefault(_place(key), (0, 0, 0.0, 0.0, callers[key]))
    return marshal.dumps(rows, _MARSHAL_VERSION)


def _row(
    function: FunctionProfile, edges: Mapping[tuple[FunctionKey, FunctionKey], int], callers: dict[_Place, _Called]
) -> _Row:
    calls = function.calls or 0
    primitive = max(0, calls - edges.get((function.key, function.key), 0))
    return primitive, calls, function.cpu_self_s, function.cpu_total_s, callers


def _outside(profile: Profile) -> _Row:
    rest_s = max(0.0, profile.cpu_sampled_s - sum(function.cpu_self_s for function in profile.functions))
    return 0, 0, rest_s, rest_s, {}


def _edge_times(profile: Profile) -> Mapping[tuple[FunctionKey, FunctionKey], _Times]:
    times: defaultdict[tuple[FunctionKey, FunctionKey], _Times] = defaultdict(lambda: (0.0, 0.0))
    for stack in profile.stacks:
        for pair in pairwise(stack.frames):
            own_s, total_s = times[pair]
            is_own = pair[1] == stack.frames[-1]
            times[pair] = (own_s + stack.cpu_s * is_own, total_s + stack.cpu_s)
    return times


def _place(key: FunctionKey) -> _Place:
    return key.file, key.first_line, key.qualname
