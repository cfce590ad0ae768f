"""Run a script under tracemalloc and print bytes by line: `trace_snapshots.py end|peaks OUT SCRIPT`.

`end`: one snapshot when the script has ended. `peaks`: one whenever the traced heap stands a quarter above the last
one, looked at every 2 ms from a thread; the last of these is what is printed.
"""

import json
import runpy
import sys
import threading
import tracemalloc
from pathlib import Path


class Watcher(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.highest = 1 << 20
        self.snapshot = None

    def run(self):
        while not self.ended.wait(0.002):
            current = tracemalloc.get_traced_memory()[0]
            if current > 1.25 * self.highest:
                self.highest = current
                self.snapshot = tracemalloc.take_snapshot()


def main(when, out, script):
    watcher = Watcher()
    tracemalloc.start(1)
    if when == "peaks":
        watcher.start()
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")
    watcher.ended.set()
    snapshot = tracemalloc.take_snapshot() if when == "end" else watcher.snapshot
    rows = [[trace.traceback[0].filename, trace.traceback[0].lineno, trace.size] for trace in snapshot.traces]
    totals = {}
    for file, line, size in rows:
        totals[file, line] = totals.get((file, line), 0) + size
    Path(out).write_text(json.dumps([[*place, size] for place, size in totals.items()]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
