"""Time blocks of recorded calls, each when it is asked for, beside a process that does so in another tree.

Run as a script by the target's Python. Its argument is a JSON file: `recording` (folder), `root`, `function` (id),
`commands` (numbers of recorded commands whose calls count, or null: all), `packages`, and the named pipes `asks` and
`replies`. Both carry JSON lines; every line asked gets one line back, and one is given unasked when it is ready.
"""

from __future__ import annotations

import gc
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from profiling.harness import ratchet_abba_body as bodies
    from profiling.harness import ratchet_abba_clock as clock
    from profiling.harness import ratchet_calls as calls
else:
    import ratchet_abba_body as bodies
    import ratchet_abba_clock as clock
    import ratchet_calls as calls

_read, _write, _end = os.read, os.write, os._exit  # kept, because the target may replace them
_collect, _loads, _dumps = gc.collect, json.loads, json.dumps


class Worker:
    """One process of a pair."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.root = str(request["root"])
        self.asks = os.open(request["asks"], os.O_RDONLY)
        self.replies = os.open(request["replies"], os.O_WRONLY)
        self.unread = b""
        self.clocks = clock.Clocks()
        self.calls: dict[int, calls.Call] = {}
        self.shared: dict[int, Any] = {}
        self.found: calls.Found | None = None
        self.body: bodies.Body | None = None

    def run(self) -> None:
        """Serve until it is told to quit."""
        self.say(self.ready())
        while True:
            ask = self.next_ask()
            kind = ask["do"]
            if kind == "quit":
                self.say({"origins": self.origins()})
                return
            if kind == "describe":
                self.say({"calls": [self.described(call) for call in self.calls.values()]})
            elif kind == "collect":
                _collect()
                self.say({})
            elif kind == "each":
                each = self.each(ask["calls"], float(ask["limit_s"]))
                self.say({"each": each, "kinds": sorted({kind.__name__[:100] for kind in bodies.kinds_raised})[:20]})
            else:
                self.say(self.block(ask["calls"], int(ask["times"])))

    def ready(self) -> dict[str, object]:
        """Find the function and its calls; return what came of it."""
        folder = str(self.request["recording"])
        calls.add_paths(folder, self.root)
        commands = self.request["commands"]
        for call in calls.load(folder, self.root):
            if call.function == str(self.request["function"]) and (commands is None or call.command in commands):
                self.calls[call.index] = call
        before = clock.cpu_s()
        problem, wrapping = None, []
        for call in list(self.calls.values())[:1]:
            try:
                self.found = calls.find(call.file, call.qualname, call.module, self.root)
                self.body = bodies.body_of(self.found)
                wrapping = list(self.found.wrapping)
            except (calls.Unresolved, bodies.NotTimed) as error:
                problem = str(error)[:500]
        return {
            "pid": os.getpid(),
            "problem": problem,
            "calls": len(self.calls),
            "import_s": clock.cpu_s() - before,
            "start_s": clock.cpu_s(),
            "wrapping": wrapping,
        }

    def described(self, call: calls.Call) -> list[object]:
        """Return a call's index, weight, command, process, digest of its arguments, and why they can't be made."""
        from hashlib import blake2b

        problem = None
        try:
            call.arguments()
        except BaseException as error:
            problem = f"{type(error).__name__}: {error}"[:200]
        digest = blake2b(call.data, digest_size=16).hexdigest()
        return [call.index, call.weight, call.command, call.process, digest, problem]

    def each(self, indices: list[int], limit_s: float) -> list[list[object]]:
        """Make calls once, each with the clock of its own, until the time is over; say what they took and raised.

        Wall seconds are those without what it waited for a core, as far as that is known.
        """
        found: list[list[object]] = []
        begun = clock.cpu_s()
        for index in indices:
            setup_s, prepared = self.prepared([index], 1)
            figures = self.clocks.timed(lambda made=prepared: self.made(made))  # type: ignore[misc]
            cpu_s, wall_s, delay_s = (figures[name] for name in ("cpu_s", "wall_s", "delay_s"))
            if delay_s is not None:
                wall_s = max(0.0, wall_s - delay_s)
            elif self.clocks.schedstat >= 0:  # it was read while it moved: there was a wait for a core
                wall_s = cpu_s
            found.append([index, cpu_s, wall_s, setup_s, figures["raised"]])
            limit_s -= max(0.0, wall_s - cpu_s)
            if clock.cpu_s() - begun > limit_s:
                break
        return found

    def block(self, indices: list[int], times: int) -> dict[str, object]:
        """Make calls so many times over under the clock; their arguments are made before, and freed after it."""
        setup_s, prepared = self.prepared(indices, times)
        figures = self.clocks.timed(lambda: self.made(prepared))
        before = clock.cpu_s()
        prepared.clear()
        figures["setup_s"] = setup_s + clock.cpu_s() - before
        return figures

    def made(self, prepared: bodies.Prepared) -> int:
        """Make prepared calls; return how many raised."""
        assert self.found is not None
        assert self.body is not None
        return self.body(self.found.call, prepared)

    def prepared(self, indices: list[int], times: int) -> tuple[float, bodies.Prepared]:
        """Return the arguments of calls, anew for each unless no call can change them, and the CPU seconds it took."""
        before = clock.cpu_s()
        prepared: bodies.Prepared = []
        for _ in range(times):
            for index in indices:
                given = self.shared.get(index)
                if given is None:
                    given = self.calls[index].arguments()
                    if bodies.can_be_shared((*given[0], *given[1].values())):
                        self.shared[index] = given
                prepared.append(given)
        return clock.cpu_s() - before, prepared

    def origins(self) -> dict[str, str]:
        """Return the file of every imported module whose top-level name is the project's."""
        packages = frozenset(self.request["packages"])
        found = {}
        for name, module in list(sys.modules.items()):
            if str(name).partition(".")[0] in packages:
                file = getattr(module, "__dict__", {}).get("__file__")
                if isinstance(file, str) and file:
                    found[name] = os.path.join(self.root, file)
        return found

    def next_ask(self) -> dict[str, Any]:
        """Wait for what is asked next; when nobody can ask any more, end."""
        while b"\n" not in self.unread:
            data = _read(self.asks, 65536)
            if not data:
                _end(0)
            self.unread += data
        line, _, self.unread = self.unread.partition(b"\n")
        asked: dict[str, Any] = _loads(line)
        return asked

    def say(self, reply: dict[str, object]) -> None:
        """Answer."""
        data = _dumps(reply).encode("ascii") + b"\n"
        while data:
            data = data[_write(self.replies, data) :]


def main() -> None:
    """Serve what the request names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    del sys.path[0]  # the folder of this file
    sys.argv = [""]
    Worker(request).run()
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        pass
    _end(0)  # the program's threads and exit functions are no part of what a call does


if __name__ == "__main__":
    main()
