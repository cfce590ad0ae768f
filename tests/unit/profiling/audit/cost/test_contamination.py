import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.audit.contamination import read, watcher
from profiling.injection import prepare
from profiling.model import Tree

THREAD = """
    import threading
    def work():
        raise ValueError("lost")
    thread = threading.Thread(target=work, name="worker-7")
    thread.start()
    thread.join()
"""
OWN_HOOK = """
    import threading
    threading.excepthook = lambda arguments: print("handled", arguments.exc_type.__name__)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""
TASK = """
    import asyncio, gc
    async def fail():
        raise KeyError("gone")
    async def main():
        asyncio.create_task(fail(), name="fetch-3")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
    asyncio.run(main())
"""
CALLBACK = """
    import asyncio
    def fail():
        raise OSError("callback")
    async def main():
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)
    asyncio.run(main())
"""
UNRAISABLE = """
    class Holder:
        def __del__(self):
            raise RuntimeError("in del")
    holder = Holder()
    del holder
"""
RAW_THREAD = """
    import _thread, time
    def work():
        raise ValueError("raw")
    _thread.start_new_thread(work, ())
    time.sleep(0.2)
"""
FORKED = """
    import os, threading
    def work():
        raise ValueError("child")
    pid = os.fork()
    if pid == 0:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        os._exit(0)
    os.waitpid(pid, 0)
"""
BAD_MESSAGE = """
    import threading
    class Odd(Exception):
        def __str__(self):
            raise TypeError("no")
    def work():
        raise Odd
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
"""
CLEAN = """
    import asyncio, concurrent.futures, sys, threading
    def leave():
        sys.exit(3)
    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert isinstance(pool.submit(int, "x").exception(), ValueError)
    async def fail():
        raise ValueError("caught")
    async def main():
        task = asyncio.create_task(fail())
        try:
            await task
        except ValueError:
            print("as before")
    asyncio.run(main())
"""


@pytest.fixture
def watch(tmp_path):
    def run(source):
        """Run a script under the harness; return what it wrote and what was seen."""
        root, stray = tmp_path / "tree", tmp_path / "stray"
        root.mkdir()
        stray.mkdir()
        (root / "script.py").write_text(dedent(source))
        tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
        injection = prepare(Path(tempfile.mkdtemp(dir=tmp_path)), tree, (watcher(stray),))
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
        env |= {"PYTHONPATH": injection.python_path, **injection.env}
        done = subprocess.run(
            [sys.executable, "script.py"], cwd=root, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert sum(int(str(report["hook_errors"])) for report in injection.read("ratchet_contamination")) == 0
        return done, read(stray)

    return run


@pytest.mark.parametrize(
    ("source", "kind", "name", "thread"),
    [
        (THREAD, "thread", "ValueError", "worker-7"),
        (OWN_HOOK, "thread", "ZeroDivisionError", ""),
        (TASK, "task", "KeyError", "fetch-3"),
        (CALLBACK, "task", "OSError", "MainThread"),
        (UNRAISABLE, "unraisable", "RuntimeError", "MainThread"),
        (RAW_THREAD, "unraisable", "ValueError", ""),
        (FORKED, "thread", "ValueError", ""),
    ],
)
def test_an_exception_that_ends_a_thread_or_a_task_is_seen_with_its_traceback(watch, source, kind, name, thread):
    done, found = watch(source)

    assert done.returncode == 0
    (stray,) = found
    assert (stray.kind, stray.type) == (kind, name)
    assert thread in stray.thread
    assert any(file.endswith("script.py") for file, _, _ in stray.frames)
    assert f"{name}: " in stray.text


def test_what_the_program_prints_of_it_stays(watch):
    done, found = watch(OWN_HOOK)

    assert done.stdout == "handled ZeroDivisionError\n"
    assert len(found) == 1


def test_what_the_program_handles_itself_is_no_contamination(watch):
    done, found = watch(CLEAN)

    assert done.stdout == "as before\n"
    assert found == ()


def test_an_exception_whose_message_can_not_be_made_is_still_seen(watch):
    _, (stray,) = watch(BAD_MESSAGE)

    assert stray.type == "Odd"
    assert "could not be made" in stray.message


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "other"}', json.dumps({"kind": "thread"}), "[" * 100_000])
def test_a_torn_or_foreign_file_is_passed_over(tmp_path, content):
    (tmp_path / "1.1.json").write_text(content)

    assert read(tmp_path) == ()
