"""Run benchmarks written for asv, each a set number of times, and sum what they cost; asv itself is not needed.

Run as a script with a request (JSON file): `folder` of the benchmarks (relative to the working folder), `patterns`,
`calls` (by unit: repeats, each with a set-up of its own, and calls in each; null: find out what a call costs) and
`report` (file to write, or nothing). It prints what `track_` benchmarks return, and nothing else.
Exit code 2: there is nothing to run.
"""

from __future__ import annotations

import gc
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from profiling.harness.ratchet_asv_find import Unit, find
    from profiling.harness.ratchet_run_meter import CollectionClock, Span, seconds_of
else:
    # Beside this file; their folder is taken out of the target's sight again.
    _beside = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [_beside, *(path for path in sys.path if path != _beside)]
    from ratchet_asv_find import Unit, find
    from ratchet_run_meter import CollectionClock, Span, seconds_of

    sys.path.remove(_beside)

_LONG_ENOUGH_S = 0.02
"""So long must calls take together for the cost of one to be told."""
_MOST_CALLS = 1 << 20
_NOTHING_TO_RUN = 2


class _Totals:
    """What all bodies cost.

    Attributes:
        units: seconds of a call and the number of calls that the benchmark declares (0: none), by unit.
        kept: what `mem_` benchmarks returned: it shows in the process's peak.
    """

    def __init__(self) -> None:
        self.clock = CollectionClock()
        self.count = 0
        self.figures = [0.0] * 5
        self.units: dict[str, list[float]] = {}
        self.kept: list[object] = []

    def measure(self, body: Callable[[], object]) -> object:
        """Run a body and add what it costs."""
        span = Span(self.clock)
        result = body()
        self.figures = [sum(pair) for pair in zip(self.figures, span.end())]
        self.count += 1
        return result


def main(request_file: str) -> int:
    """Run what a request names; return the exit code."""
    with open(request_file, encoding="utf-8") as file:
        request = json.load(file)
    units = find(request["folder"], request["patterns"])
    totals = _Totals()
    gc.callbacks.append(totals.clock.on_collection)
    while units:  # let go one by one, or what their set-ups made would add up
        _run(units.pop(0), request["calls"], totals)
    if not totals.count:
        sys.stderr.write(f"no benchmark of {request['folder']} that can be run matches {request['patterns']}\n")
        return _NOTHING_TO_RUN
    if request["report"]:
        content = {"bodies": totals.count, "figures": totals.figures, "units": totals.units}
        with open(request["report"], "w", encoding="utf-8") as file:
            json.dump(content, file)
    return 0


def _run(unit: Unit, calls: dict[str, list[int]] | None, totals: _Totals) -> None:
    """Run one unit; a set-up that raises NotImplementedError skips it, as in asv."""
    if unit.kind != "time":
        if unit.set_up():
            _run_once(unit, totals)
            unit.tear_down()
        return
    if calls is None and not _calibrate(unit, totals):
        return
    repeats, number = (1, unit.number or 1) if calls is None else calls.get(unit.name, [1, unit.number or 1])
    for _ in range(repeats):
        if not unit.set_up():
            return
        totals.measure(lambda: _call(unit.call, number))
        unit.tear_down()


def _run_once(unit: Unit, totals: _Totals) -> None:
    result = totals.measure(unit.call)
    if unit.kind == "mem":
        totals.kept.append(result)
    elif unit.kind == "track":
        sys.stdout.write(f"{unit.name} = {result!r}\n")


def _calibrate(unit: Unit, totals: _Totals) -> bool:
    """Find what a call costs; False when the unit skips itself."""
    number = unit.number or 1
    while True:
        if not unit.set_up():
            return False
        span = Span(totals.clock)
        _call(unit.call, number)
        spent_s = seconds_of(span.end())
        unit.tear_down()
        if unit.number or spent_s >= _LONG_ENOUGH_S or number >= _MOST_CALLS:
            totals.units[unit.name] = [spent_s / number, float(unit.number)]
            return True
        number *= 2


def _call(function: Callable[[], object], number: int) -> None:
    for _ in range(number):
        function()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
