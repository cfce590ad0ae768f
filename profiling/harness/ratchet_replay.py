"""Replay recorded calls in the tree that runs, and write down what each does. Run as a script by the target's Python.

Its argument is a JSON file: `recording` (folder), `root`, `work` (an empty folder to run in), `out` (file of JSON
lines), `passes`, `skip` (calls as "pass.index" that are not to be tried again), `seed`, `call_s`, `all_s`, `functions`
(ids; all of them when empty), `asked` (attributes asked for where a class computes them). The lines: one
`{"functions": …}`, before each call `{"begin": "pass.index"}`, after it the observation, at the end `{"end": why}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from profiling.harness import ratchet_calls as calls
    from profiling.harness import ratchet_replay_capture as capture
    from profiling.harness.ratchet_replay_attributes import asking, tell_computed
    from profiling.harness.ratchet_replay_describe import Description, Earlier, TooLarge, type_name
else:
    import ratchet_calls as calls
    import ratchet_replay_capture as capture
    from ratchet_replay_attributes import asking, tell_computed
    from ratchet_replay_describe import Description, Earlier, TooLarge, type_name

_clock, _write = time.monotonic, os.write  # kept, because the target may replace them


class Late(BaseException):
    """The call takes too long."""


class _Steps:
    """What changes between the steps of something lazy: the arguments, and what is printed."""

    def __init__(self, output: capture.Output, args: Any, kwargs: Any, description: Description) -> None:
        self.output = output
        self.given = args, kwargs
        self.description = description
        self.seen = ""

    def begin(self, before: str) -> None:
        """Look at the arguments and the output of the call itself."""
        self.seen = _digest(*self.given)
        self.description.add(f"arguments before {before}", self.seen)
        self.between("the call")

    def between(self, place: str) -> None:
        """Look at them after a step."""
        now = _digest(*self.given)
        if now != self.seen:
            self.seen = now
            self.description.add(f"arguments at {place}", now)
        for stream, text in zip(("stdout", "stderr"), self.output.take()):
            if text:
                self.description.value(f"{stream} at {place}", text)


class Replay:
    """One run over the recorded calls."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.out = os.open(request["out"], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self.root = str(request["root"])
        self.skip = frozenset(request["skip"])
        tell_computed(request["asked"])
        self.found: dict[str, calls.Found | str] = {}
        self.earlier = Earlier()
        self.until = _clock() + float(request["all_s"])
        self.work = os.path.realpath(str(request["work"]))
        folders = [os.path.join(self.work, name) for name in ("cwd", "tmp", "output")]
        for folder in folders:
            os.makedirs(folder, exist_ok=True)
        os.chdir(folders[0])
        os.environ["TMPDIR"] = folders[1]
        self.outside = capture.Outside(folders[:2])
        self.capture = capture.Capture(capture.Output(folders[2]), self.outside, folders[0])

    def run(self) -> None:
        """Replay every call, as many times as is asked for."""
        sys.addaudithook(self.outside.audit)
        signal.signal(signal.SIGALRM, _late)
        folder = str(self.request["recording"])
        calls.add_paths(folder, self.root)
        wanted = frozenset(self.request["functions"])
        loaded = [call for call in calls.load(folder, self.root) if not wanted or call.function in wanted]
        self.say({"functions": {call.function: self.function(call) for call in loaded}})
        for number in range(int(self.request["passes"])):
            for call in loaded:
                name = f"{number}.{call.index}"
                if name in self.skip:
                    continue
                if _clock() > self.until:
                    self.say({"end": "time"})
                    return
                self.say({"begin": name})
                self.say({"call": name, "function": call.function, **self.observe(call, name)})
        self.say({"end": "done"})

    def say(self, line: dict[str, Any]) -> None:
        """Write a line."""
        data = (json.dumps(line) + "\n").encode("ascii")
        while data:
            data = data[_write(self.out, data) :]

    def function(self, call: calls.Call) -> dict[str, object]:
        """Return what is known of a call's function before it is called."""
        if call.function not in self.found:
            try:
                self.found[call.function] = calls.find(call.file, call.qualname, call.module, self.root)
            except calls.Unresolved as error:
                self.found[call.function] = str(error)
        found = self.found[call.function]
        if isinstance(found, str):
            return {"problem": found, "wrapping": [], "signature": [], "globals": []}
        return {
            "problem": None,
            "wrapping": list(found.wrapping),
            "signature": _signature(found.plain),
            "globals": sorted(capture.globals_of(found.module)),
        }

    def observe(self, call: calls.Call, name: str) -> dict[str, object]:
        """Make a call and return what it did."""
        found = self.found[call.function]
        if isinstance(found, str):
            return {"problem": found}
        try:
            args, kwargs = call.arguments()
        except BaseException as error:
            return {"problem": f"its arguments can't be made anew: {type(error).__name__}: {error}"[:300]}
        description = Description(self.earlier)
        begun = _clock()
        self.capture.begin(found.module, int(self.request["seed"]))
        problem = None
        try:
            signal.setitimer(signal.ITIMER_REAL, float(self.request["call_s"]))
            try:
                with asking():
                    self.call(found, args, kwargs, description)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except Late:
            problem = f"it took longer than {float(self.request['call_s']):g} s"
        except (TooLarge, RecursionError):
            problem = "what it gives is too large to be compared"
        except BaseException as error:
            problem = f"what it gives can't be looked at: {type(error).__name__}: {error}"[:300]
        finally:
            self.capture.end()
        self.capture.describe(description)
        self.earlier.remember(description, name)
        return {
            "problem": problem,
            "lines": description.lines,
            "count": description.count,
            "digest": description.digest,
            "outside": list(self.outside.tried),
            "seconds": _clock() - begun,
        }

    def call(self, found: calls.Found, args: Any, kwargs: Any, description: Description) -> None:
        """Call a function and describe how it ends, and its arguments after that."""
        try:
            result = found.call(*args, **kwargs)
        except Late:
            raise
        except BaseException as error:
            self.raised(error, description)
        else:
            self.result(result, args, kwargs, description)
        for index, value in enumerate(args):
            description.value(f"arguments[{index}]", value)
        for name, value in kwargs.items():
            description.value(f"arguments[{name!r}]", value)

    def raised(self, error: BaseException, description: Description) -> None:
        """Describe an exception; the traceback is no part of what a function does."""
        if isinstance(error, RecursionError):
            raise TooLarge  # where it is met depends on the depth of the stack
        description.value("exception", error)

    def result(self, result: Any, args: Any, kwargs: Any, description: Description) -> None:
        """Describe a result; what is lazy is driven, with a look at the arguments and the output between the steps."""
        steps = _Steps(self.capture.output, args, kwargs, description)
        kind = type(result)
        if hasattr(kind, "__next__") and not hasattr(kind, "read"):
            steps.begin("the first item")
            description.iterator("result", result, steps.between)
        elif kind.__name__ == "coroutine" or hasattr(kind, "__anext__"):
            steps.begin("it is awaited")
            self.awaited(result, description)
        elif hasattr(kind, "__enter__") and hasattr(kind, "__exit__") and not hasattr(kind, "read"):
            self.entered(result, description, steps)
        else:
            description.value("result", result)

    def awaited(self, result: Any, description: Description) -> None:
        """Run a coroutine, or take the items of an asynchronous iterator, on a loop of their own."""
        import asyncio

        description.add("result", type_name(type(result)))
        loop = asyncio.new_event_loop()
        try:
            if hasattr(result, "__anext__"):
                items = loop.run_until_complete(_collected(result))
                description.value("await result", items)
            else:
                description.value("await result", loop.run_until_complete(result))
        except Late:
            raise
        except BaseException as error:
            self.raised(error, description)
        finally:
            loop.close()

    def entered(self, result: Any, description: Description, steps: _Steps) -> None:
        """Enter and leave a context manager; one of the standard library is not looked into."""
        kind = type(result)
        description.add("result", type_name(kind))
        steps.begin("it is entered")
        try:
            description.value("result.__enter__()", kind.__enter__(result))
            steps.between("result.__enter__()")
            description.value("result.__exit__()", kind.__exit__(result, None, None, None))
            steps.between("result.__exit__()")
            if kind.__module__ != "contextlib":
                description.value("result after it", result)
        except Late:
            raise
        except BaseException as error:
            self.raised(error, description)


async def _collected(items: Any) -> list[Any]:
    taken: list[Any] = []
    while len(taken) < 200:
        try:
            taken.append(await items.__anext__())
        except StopAsyncIteration:
            break
    return taken


def _digest(args: Any, kwargs: Any) -> str:
    """Return a digest of arguments as they are now; iterators among them are not driven for it."""
    description = Description()
    for value in (*args, *kwargs.values()):
        if not hasattr(type(value), "__next__"):
            description.value("", value)
    return description.digest[:16]


def _signature(function: object) -> list[list[object]]:
    """Return the parameters: name, kind, whether it has a default."""
    import inspect

    try:
        parameters = inspect.signature(function, follow_wrapped=False).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    return [[each.name, each.kind.name, each.default is not each.empty] for each in parameters]


def _late(_number: int, _frame: FrameType | None) -> None:
    raise Late


def main() -> None:
    """Replay what the request names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    del sys.path[0]  # the folder of this file
    sys.argv = [""]
    Replay(request).run()
    sys.stdout.flush()
    os._exit(0)  # the program's threads and exit functions are no part of what a call does


if __name__ == "__main__":
    main()
