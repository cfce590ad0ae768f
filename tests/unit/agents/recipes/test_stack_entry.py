"""The function that fixes put into a module gives what the walk of the stack gives, on every Python there is."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.recipes import stack_entry

MODULE = f"import inspect\nimport sys\n\n\n{stack_entry.function_text(inspect='inspect', sys='sys')}\n"
PLACES = """
import asyncio, functools, inspect, os, py_compile, sys, threading, zipfile
from entry import _stack_entry

INDICES = (0, 1, 2, 3, 7, 50, 10**6, 2**31 - 2, 2**31 - 1, 2**70, -1, -3, True, False, 1.0, None, "1", slice(1, 2))
asked = []


def ended(index, is_walk):
    try:
        found = inspect.stack()[index] if is_walk else _stack_entry(index)
    except Exception as error:
        return type(error).__name__, error.args
    return [one[1:4] for one in found] if isinstance(found, list) else (found[1:4], found.filename, found.frame.f_code)


def ask():
    for index in INDICES:
        walked, given = (ended(index, is_walk) for is_walk in (True, False))
        assert walked == given, (index, walked, given)
        asked.append(index)


def deep(levels):
    return deep(levels - 1) if levels else ask()


def generator():
    ask()
    yield
    ask()


async def coroutine():
    ask()
    await asyncio.sleep(0)
    ask()


class Asking:
    ask()
    here = property(lambda self: ask())


CALLER = "def call(ask):\\n    ask()\\n"
with open("near.py", "w") as file:
    file.write(CALLER)
for file in ("<string>", "/no/such/file.py", "/no/such/file.pyc", os.path.abspath("near.pyc"), "x.so", ""):
    namespace = {}
    exec(compile(CALLER, file, "exec"), namespace)
    namespace["call"](ask)

with open("lone.py", "w") as file:
    file.write(CALLER)
py_compile.compile("lone.py", cfile="lone.pyc")
os.remove("lone.py")
with zipfile.ZipFile("packed.zip", "w") as archive:
    archive.writestr("packed.py", CALLER)
sys.path.insert(0, "packed.zip")
import lone, packed

lone.call(ask)
packed.call(ask)
deep(30)
Asking().here
list(generator())
[ask() for _ in "1"]
sorted([2, 1], key=lambda one: (ask(), one)[1])
functools.reduce(lambda one, other: ask(), [1, 2])
asyncio.run(coroutine())
thread = threading.Thread(target=ask)
thread.start()
thread.join()
sys.settrace(lambda *_: None)
ask()
sys.settrace(None)
print(len(asked))
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def test_an_entry_is_what_the_walk_gives_wherever_it_is_asked_for(
    version: str, find_python: Callable[[str], str], tmp_path: Path
) -> None:
    (tmp_path / "entry.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "places.py").write_text(PLACES, encoding="utf-8")

    done = subprocess.run(
        [find_python(version), "places.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 300
