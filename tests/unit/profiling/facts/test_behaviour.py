import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.model import Interpreter

KINDS = ("functions", "loops", "expressions", "classes", "containers")
RUN_KINDS = ("files", "serde", "logging", "patterns", "awaits", "gc_thresholds")
PROGRAMS = {
    "arithmetic": "def main():\n    total = 0\n    for n in range(20):\n        total += n ** 2 % 7\n    print(total)",
    "recursion": "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\ndef main(): print(fib(9))",
    "exception": """
        class Bad(Exception):
            def __init__(self, code): super().__init__(code); self.code = code
        def fails(items):
            try:
                return items[9]
            finally:
                items.append(1)
        def main():
            items = []
            try: fails(items)
            except IndexError as error: print(error, error.__traceback__.tb_next.tb_lineno, items)
            raise Bad(3) from None
    """,
    "exit code": "import sys\ndef main():\n    print('bye')\n    sys.exit(7)",
    "generators": """
        def numbers(limit):
            seen = []
            for n in range(limit):
                got = yield n
                seen.append(got)
            return seen
        def outer(): return (yield from numbers(3))
        def main():
            made = outer()
            print(next(made), made.send("a"), made.send("b"))
            try: made.send("c")
            except StopIteration as stop: print(stop.value)
            closed = numbers(2); next(closed); closed.close(); print(list(closed))
    """,
    "coroutines": """
        import asyncio
        async def step(n):
            await asyncio.sleep(0)
            if n == 2: raise KeyError(n)
            return n
        async def count(limit):
            for n in range(limit):
                yield await step(n + 5)
        async def run():
            found = await asyncio.gather(*(step(n) for n in range(3)), return_exceptions=True)
            async for n in count(2): found.append(n)
            return found, [n async for n in count(2)]
        def main(): print(asyncio.run(run()))
    """,
    "cancelled": """
        import asyncio
        async def forever(log):
            try: await asyncio.sleep(60)
            except asyncio.CancelledError: log.append("cancelled"); raise
        async def run():
            log = []
            task = asyncio.ensure_future(forever(log))
            await asyncio.sleep(0)
            task.cancel()
            try: await task
            except asyncio.CancelledError: log.append("seen")
            return log
        def main(): print(asyncio.run(run()))
    """,
    "properties": """
        class Box:
            def __init__(self, size): self._size = size
            @property
            def size(self): return self._size
            @size.setter
            def size(self, size): self._size = size
            def __getattr__(self, name): return name.upper()
            def __setattr__(self, name, value): print("set", name); object.__setattr__(self, name, value)
        def main():
            box = Box(1); box.size += 2; box.extra = 3
            print(box.size, box.missing, vars(box))
    """,
    "slots": """
        class Slim:
            __slots__ = ("a", "b")
            def __init__(self, a): self.a = a
        def main():
            slim = Slim(1)
            try: slim.c = 1
            except AttributeError as error: print(error)
            print(hasattr(slim, "b"), hasattr(slim, "__dict__"), slim.a)
    """,
    "dataclasses": """
        import dataclasses, pickle, copy
        @dataclasses.dataclass(order=True)
        class Point:
            x: int
            y: list = dataclasses.field(default_factory=list)
            def __post_init__(self): self.y.append(self.x)
        def main():
            points = sorted([Point(2), Point(1)])
            print(points, pickle.loads(pickle.dumps(points)) == points, copy.deepcopy(points[0]), Point.__doc__)
            print(dataclasses.asdict(points[0]), Point.__annotations__, Point.__init__.__qualname__)
    """,
    "enum": """
        import enum
        class Colour(enum.Enum):
            RED = 1
            BLUE = 2
            def __init__(self, number): self.number = number
        def main(): print(list(Colour), Colour(1).number, Colour["BLUE"].name)
    """,
    "metaclass": """
        class Meta(type):
            def __new__(mcls, name, bases, names, **named):
                print("new", name, sorted(n for n in names if n[0] != "_"))
                return super().__new__(mcls, name, bases, names)
        class Base(metaclass=Meta):
            registry = []
            def __init_subclass__(cls, **named): cls.registry.append((cls.__name__, named))
        class Child(Base): pass
        def main(): print(Base, Child, Base.registry)
    """,
    "decorators": """
        import functools
        def twice(function):
            @functools.wraps(function)
            def wrapper(*args, **named): return function(*args, **named), function(*args, **named)
            return wrapper
        @twice
        @functools.lru_cache(maxsize=2)
        def half(n, *, offset=0):
            "Doc."
            return n / 2 + offset
        def main(): print(half(3, offset=1), half.__doc__, half.__wrapped__.cache_info(), half.__name__)
    """,
    "weak references": """
        import weakref, gc
        class Node:
            def __init__(self, name): self.name = name
            def __del__(self): print("dies", self.name)
        def main():
            one, two = Node(1), Node(2)
            reference = weakref.ref(one, lambda _: print("gone"))
            del one
            print(reference(), weakref.getweakrefcount(two) >= 0)
            cycle = Node(3); cycle.me = cycle; del cycle; gc.collect()
            two = None
            print("end")
    """,
    "containers": """
        def main():
            queue = [3, 1, 2]; seen = set(); index = {}
            while queue:
                item = queue.pop(0)
                if item not in seen:
                    seen.add(item); index[item] = [item]; queue += [item] if item < 2 else []
                index.setdefault(item, []).append(len(queue))
            queue = sorted(index); del queue[0]; print(queue, index, sorted(seen))
            del queue
            try: queue
            except NameError as error: print(error)
    """,
    "closures": """
        def counter():
            count = 0
            items = []
            def step():
                nonlocal count
                count += 1; items.append(count)
                return count, [item for item in items if item in items]
            return step
        def main():
            step = counter(); step(); print(step(), step.__closure__ is not None, counter.__code__.co_varnames)
    """,
    "locals": "def main():\n    a = [1]\n    b = {}\n    b['x'] = 1\n    print(sorted(locals()), locals()['a'], dir())",
    "frames": """
        import inspect, sys
        def who(): return sys._getframe(1).f_code.co_name, inspect.stack()[1].function, inspect.currentframe().f_lineno
        def main(): print(who(), [who()[0] for _ in range(1)][0] in ("main", "<listcomp>"))
    """,
    "files": """
        import os, pathlib
        def main():
            path = pathlib.Path("made.txt"); path.write_text("a\\nb")
            with open(path) as file: print([line.strip() for line in file], path.exists(), os.stat(path).st_size)
            path.unlink(); print(os.path.exists(path), path.is_file())
    """,
    "logging": """
        import logging
        class Loud(logging.Logger):
            def isEnabledFor(self, level): print("asked", level); return super().isEnabledFor(level)
        def main():
            logging.basicConfig(format="%(levelname)s %(lineno)d %(funcName)s %(message)s", level=logging.INFO)
            logging.getLogger("a").debug("no"); logging.getLogger("a").info("yes %s", 1)
            Loud("x").warning("loud"); logging.warning("root")
            logging.disable(logging.INFO); logging.info("off")
    """,
    "patterns": """
        import re
        def main():
            print(re.sub(r"(\\w)(\\d)", r"\\2\\1", "a1 b2"), re.split("[, ]", "a,b c", maxsplit=1))
            print(re.match(b"x", b"xy"))
            try: re.compile("(")
            except re.error as error: print(error)
    """,
    "serde": """
        import json, pickle
        class Odd(str): pass
        def main():
            print(json.loads(json.dumps({"a": [1, None]})), pickle.loads(pickle.dumps((1, "b"))))
            print(json.loads(Odd("[1]")))
            try: json.loads("{")
            except ValueError as error: print(error)
    """,
    "threads": """
        import threading
        def work(results, n):
            for i in range(50): results[n] = results.get(n, 0) + i
        def main():
            results = {}
            threads = [threading.Thread(target=work, args=(results, n)) for n in range(3)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(results, threading.active_count())
    """,
    "fork": """
        import os
        def main():
            items = [1]
            pid = os.fork()
            if pid == 0:
                items.append(2); os._exit(len(items))
            print(os.waitpid(pid, 0)[1] >> 8, items)
    """,
    "strings": """
        def main():
            name, width = "x", 5
            print(f"{name!r:>{width}} {len(name)=} {'a' if name else 'b'} {[c for c in name]}", "%s" % (name,))
            print(*[1, 2], **{"sep": "-"})
    """,
    "match on strings": """
        import contextlib
        @contextlib.contextmanager
        def managed(log):
            log.append("in")
            try: yield log
            finally: log.append("out")
        def main():
            log = []
            with managed(log) as inner, contextlib.suppress(KeyError): inner.append({}["x"])
            for n in range(3):
                if n == 1: continue
                for m in range(3):
                    if m == n: break
                else: log.append("else")
            else: log.append((n, m))
            print(log, (lambda a, /, b=2, *c, d=4, **e: (a, b, c, d, e))(1, d=5, f=6))
    """,
    "equality": """
        class Key:
            def __init__(self, n): self.n = n
            def __eq__(self, other): print("eq", self.n, other.n); return self.n == other.n
            def __hash__(self): print("hash", self.n); return self.n % 2
        def look(keys, key): return key in keys, keys[0] == key, {key: 1}
        def main():
            keys = [Key(1), Key(3)]
            found = {keys[0]: "a"}
            found[Key(3)] = "b"
            print(len(found), look(keys, Key(3))[0])
    """,
}


def interpreters() -> list[object]:
    """Ours, the newest other one, and the rest as slow tests."""
    found: dict[tuple[int, int], str] = {sys.version_info[:2]: sys.executable}
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(9, 15):
        places = [*sorted(folder.glob(f"3.{minor}.*/bin/python")), shutil.which(f"python3.{minor}")]
        for place in (str(place) for place in places if place):
            if (3, minor) not in found and subprocess.run(
                [place, "-c", ""], capture_output=True, check=False
            ).returncode == 0:
                found[3, minor] = place
    others = sorted(version for version in found if version != sys.version_info[:2])
    quick = {sys.version_info[:2], *others[-1:]}
    params: list[object] = []
    for version in ((3, minor) for minor in range(9, 15)):
        name = f"{version[0]}.{version[1]}"
        missing = pytest.mark.skipif(version not in found, reason=f"no Python {name} is installed")
        marks = [missing, *([] if version in quick or version not in found else [pytest.mark.slow])]
        params.append(pytest.param((found.get(version, ""), version), id=name, marks=marks))
    return params


ALONE = ("exception", "exit code", "fork")
"""These end their process, or make another."""


@pytest.fixture
def compare(observer, source):
    """Run some programs in one process, with everything asked for and without us; return how they differ, and facts."""

    def run(*names: str):
        sources = {f"p{number}": source(dedent(PROGRAMS[name]), f"p{number}.py") for number, name in enumerate(names)}
        calls = [f"print({name!r}); p{number}.main()" for number, name in enumerate(names)]
        observer.write(
            "\n".join([f"import {', '.join(sources)}", *calls]), **{n: each.text for n, each in sources.items()}
        )
        plain = observer.plain()
        observed = observer.run(*(request for each in sources.values() for request in each.everything()))
        assert observed.finished is not None
        done = (observed.finished.usage.exit_code, observed.finished.stdout, observed.finished.stderr)
        assert done == (plain.returncode, plain.stdout.decode(), plain.stderr.decode())
        return observed.facts

    return run


@pytest.mark.parametrize("interpreter", interpreters())
def test_programs_do_what_they_do_without_the_facts_pass(interpreter, observer, compare) -> None:
    executable, version = interpreter
    observer.interpreter = Interpreter(executable=executable, version=(*version, 0))
    together = compare(*(name for name in PROGRAMS if name not in ALONE))
    every = [together, *(compare(name) for name in ALONE)]
    unexpected = ("faults", "could not be", "does not fit")
    assert [note for facts in every for note in facts.notes if any(word in note for word in unexpected)] == []
    assert [kind for kind in KINDS if not getattr(together, kind)] == []
    assert [kind for kind in RUN_KINDS if not getattr(together.run, kind)] == []
