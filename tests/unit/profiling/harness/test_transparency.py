"""Each program runs plainly and through every pass: what it prints, writes and ends with must be byte-identical."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree

pytestmark = pytest.mark.flaky(reruns=3)  # asyncio itself warns of slow callbacks on a busy machine

PASSES = ("ratchet_time", "ratchet_memory", "ratchet_counts")
PYTHON = getattr(sys, "_base_executable", sys.executable)
PYTHON_NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is run: `main.py` unless the words say otherwise."""

    text: str
    words: tuple[str, ...] = ("main.py",)
    flags: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    code: int = 0
    python: str = PYTHON


@dataclass(frozen=True, kw_only=True)
class Result:
    finished: Finished
    files: dict[str, bytes]
    reports: int


Show = Callable[[Program, str | None], Result]

PROGRAMS = {
    "own sitecustomize on PYTHONPATH": Program(
        text="import sitecustomize, sys; print(sitecustomize.__name__, sitecustomize.__file__, sys.path[1:3])",
        files={"lib/sitecustomize.py": "import sys; print('mine', __name__, __file__, len(sys.path))"},
        env=(("PYTHONPATH", "lib"),),
    ),
    "a sitecustomize that fails": Program(
        text="print('goes on')",
        files={"lib/sitecustomize.py": "raise ValueError('broken on purpose')"},
        env=(("PYTHONPATH", "lib"),),
    ),
    "own usercustomize": Program(
        text="import usercustomize; print(usercustomize.where)",
        files={f"base/lib/{PYTHON_NAME}/site-packages/usercustomize.py": "where = __name__"},
        env=(("PYTHONUSERBASE", "base"),),
    ),
    "no sitecustomize": Program(
        text="""
        import sys
        try:
            import sitecustomize
        except ImportError as error:
            print(error, error.name, "sitecustomize" in sys.modules)
        """
    ),
    "own settrace": Program(
        text="""
        import sys
        seen = []
        def trace(frame, event, argument):
            seen.append((event, frame.f_code.co_name))
            return trace
        def work():
            return sum(number for number in range(3))
        sys.settrace(trace)
        work()
        print(sys.gettrace() is trace)
        sys.settrace(None)
        print(seen)
        """
    ),
    "own setprofile": Program(
        text="""
        import sys
        seen = []
        def profile(frame, event, argument):
            if frame.f_code.co_name == "work":
                seen.append(event)
        def work():
            return len([1])
        sys.setprofile(profile)
        work()
        sys.setprofile(None)
        print(seen)
        """
    ),
    "own setprofile in threads": Program(
        text="""
        import threading
        seen = []
        def profile(frame, event, argument):
            if frame.f_code.co_name == "work":
                seen.append(event)
        def work():
            return len([1])
        threading.setprofile(profile)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        threading.setprofile(None)
        print(seen, threading.active_count(), [thread.name for thread in threading.enumerate()])
        """
    ),
    "own profiler": Program(
        text="""
        import cProfile
        def work():
            return sum(range(10))
        profiler = cProfile.Profile()
        profiler.runcall(work)
        print([entry.callcount for entry in profiler.getstats() if not isinstance(entry.code, str)])
        """
    ),
    "own garbage callbacks": Program(
        text="""
        import gc
        gc.callbacks.append(lambda phase, info: print(phase, sorted(info)))
        gc.collect()
        gc.callbacks.pop()
        """
    ),
    "own fork functions": Program(
        text="""
        import os, sys
        os.register_at_fork(before=lambda: print("before", flush=True), after_in_child=lambda: print("child"))
        pid = os.fork()
        if pid == 0:
            print("in the child")
            sys.exit(4)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
    ),
    "a fork beside a thread": Program(
        text="""
        import os, threading, warnings
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            pid = os.fork()
            if pid == 0:
                os._exit(0)
        print(os.waitpid(pid, 0)[1], [(each.category, each.filename, each.lineno) for each in seen])
        stop.set()
        thread.join()
        """
    ),
    "own exit functions": Program(
        text="""
        import atexit, sys, threading
        atexit.register(print, "first registered")
        atexit.register(lambda: print("still runs", threading.active_count()))
        sys.exit("said at the end")
        """,
        code=1,
    ),
    "own signal handlers": Program(
        text="""
        import os, signal, sys, time
        for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGPROF, signal.SIGUSR1):
            print(signal.getsignal(number))
            signal.signal(number, lambda got, _: print("got", signal.Signals(got).name))
        os.kill(os.getpid(), signal.SIGTERM)
        signal.raise_signal(signal.SIGUSR1)
        os.kill(0 if os.getpgid(0) == os.getpid() else os.getpid(), signal.SIGUSR1)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.pause()
        signal.setitimer(signal.ITIMER_PROF, 0.01)
        until = time.monotonic() + 10
        def caught(got, _):
            print("SIGPROF")
            sys.exit(6)
        signal.signal(signal.SIGPROF, caught)
        while time.monotonic() < until:
            pass
        """,
        code=6,
    ),
    "closed descriptors": Program(
        text="""
        import os, time
        os.closerange(3, 256)
        time.sleep(0.02)
        print(os.open(os.devnull, os.O_RDONLY) >= 3)
        """
    ),
    "a changed import path": Program(
        text="""
        import sys
        print(len(sys.path), sys.path[0], any("ratchet" in path or "bootstrap" in path for path in sys.path))
        sys.path[:] = ["hidden"]
        import treasure
        print(treasure.__file__, sorted(sys.path_importer_cache)[:1])
        """,
        files={"hidden/treasure.py": ""},
    ),
    "a folder that is gone": Program(
        text="""
        import os, tempfile
        folder = tempfile.mkdtemp()
        os.chdir(folder)
        os.rmdir(folder)
        try:
            os.getcwd()
        except FileNotFoundError:
            print("gone")
        def work():
            return sum(range(1000))
        print(work())
        """
    ),
    "a relative import path": Program(
        text="import os; os.mkdir('sub'); os.chdir('sub'); import deep; print(deep.name, os.path.isabs(deep.__file__))",
        files={"lib/deep.py": "name = __name__"},
        env=(("PYTHONPATH", "lib"),),
    ),
    "development mode, warnings as errors": Program(
        text="""
        import asyncio, subprocess, sys, threading
        threading.Thread(target=print, args=("thread",)).start()
        subprocess.run([sys.executable, "-W", "error", "-c", "print('child')"], check=True)
        async def main():
            await asyncio.sleep(0.01)
        asyncio.run(main())
        """,
        flags=("-X", "dev", "-W", "error"),
    ),
    "a warning from below": Program(text="import warnings; warnings.warn('deep', stacklevel=9)"),
    "an uncaught exception": Program(
        text="""
        def deep(number):
            return 1 / number
        try:
            deep(0)
        except ZeroDivisionError as error:
            raise RuntimeError("no") from error
        """,
        code=1,
    ),
    "an error while importing": Program(text="import broken", files={"broken.py": "import no_such_thing"}, code=1),
    "a syntax error": Program(text="def f(:\n    pass\n", code=1),
    "the end by an interrupt": Program(text="raise KeyboardInterrupt", code=-2),
    "the end by SIGKILL": Program(text="import os; print('x', flush=True); os.kill(os.getpid(), 9)", code=-9),
    "the end of the group": Program(text="import os; print('x', flush=True); os.killpg(0, 9)", code=-9),
    "the end by a raised signal": Program(text="import signal; signal.raise_signal(signal.SIGTERM)", code=-15),
    "the end by abort": Program(text="import os; os.abort()", code=-6),
    "the end by os._exit": Program(text="import os; print('lost'); os._exit(5)", code=5),
    "a refused signal": Program(
        text="""
        import os
        for call in (lambda: os.kill(2**22 + 1, 9), lambda: os.kill("1", 9), lambda: os.execv("/nowhere", ["x"])):
            try:
                call()
            except (OSError, TypeError) as error:
                print(type(error).__name__)
        """
    ),
    "a pool and files": Program(
        text="""
        import multiprocessing
        def work(number):
            with open(f"out{number}", "w") as file:
                file.write(str(number * number))
            return number
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(pool.map(work, range(4)))
        """
    ),
    "another program": Program(
        text="import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'import sys; print(1); sys.exit(8)'])",
        code=8,
    ),
    "a module": Program(
        text="",
        words=("-m", "pkg", "word"),
        files={"pkg/__init__.py": "", "pkg/__main__.py": "import sys; print(sys.argv[1:], __spec__.name, __package__)"},
    ),
}
LOOK = """
import sys, traceback
names = {name: value for name, value in globals().items() if name not in ("sys", "traceback", "__builtins__")}
print(sorted(names), names["__name__"], names["__package__"], names["__doc__"], names["__spec__"] is None)
print(names.get("__file__"), type(names["__loader__"]).__name__, names.get("__cached__"))
print(sys.argv, sys.path, sys.flags, getattr(sys, "orig_argv", [])[:-4])
print(sys.modules["__main__"].__dict__ is globals(), __builtins__ is sys.modules["builtins"])
print([name for name in sys.modules if "ratchet" in name], sys.excepthook is sys.__excepthook__)
def fails():
    raise KeyError("shown")
fails()
"""
ISOLATED = {
    "a script": Program(text=LOOK, words=("main.py", "-x", ""), code=1),
    "a script below": Program(text="", words=("./sub/../sub/low.py",), files={"sub/low.py": LOOK}, code=1),
    "a text": Program(text="", words=("-c", LOOK, "a", "-I"), code=1),
    "a module of the library": Program(text="", words=("-m", "json.tool", "data.json"), files={"data.json": "[1]"}),
    "a folder": Program(text="", words=("folder", "b"), files={"folder/__main__.py": LOOK}, code=1),
    "nothing there": Program(text="", words=("missing.py",), code=2),
    "no such module": Program(text="", words=("-m", "no_such_module_here"), code=1),
    "a syntax error": Program(text="def f(:\n", code=1),
    "an exit code": Program(text="import sys; sys.exit(7)", code=7),
    "a word at the end": Program(text="import sys; sys.exit('word')", code=1),
    "an interrupt": Program(text="raise KeyboardInterrupt", code=-2),
    "own hook": Program(
        text="import sys; sys.excepthook = lambda *all: print(all[:2], all[2].tb_lineno); 1 / 0", code=1
    ),
    "a warning from below": Program(text="import warnings; warnings.warn('deep', stacklevel=2)"),
    "a spawned pool": Program(
        text="""
        import multiprocessing
        def work(number):
            return number + 1
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(work, [1]))
        """
    ),
}


@pytest.fixture
def show(scratch: Path) -> Show:
    """Run a program in the same folder each time; with the name of a harness, through that."""

    def run(program: Program, harness: str | None) -> Result:
        root = scratch / "tree"
        subprocess.run(["rm", "-rf", str(root)], check=True)
        for name, text in {"main.py": program.text, **program.files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(dedent(text))
        tree = Tree(root=root, import_roots=(".",), packages=("pkg",), source_paths=(".",))
        interpreter = Interpreter(executable=program.python, version=(3, 11, 0))
        env = tuple((name, str(root / value) if name == "PYTHONUSERBASE" else value) for name, value in program.env)
        command = Command(argv=("python", *program.flags, *program.words), env=env, timeout_s=60)
        injection = None
        if harness is not None:
            folder = scratch / harness
            folder.mkdir()
            injection = prepare(folder, tree, (Harness(name=harness, options={}),))
        finished = Processes().run(launch(command, tree, interpreter, injection=injection))
        found = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        files = {name: content for name, content in found.items() if not name.endswith(".pyc")}
        return Result(finished=finished, files=files, reports=len(list(injection.read(harness))) if injection else 0)

    return run


def check_same(program: Program, show: Show, passes: tuple[str, ...] = PASSES) -> None:
    plain = show(program, None)
    assert plain.finished.usage.exit_code == program.code, plain.finished.stderr
    for harness in passes:
        seen = show(program, harness)
        assert seen.finished.stdout == plain.finished.stdout, harness
        assert seen.finished.stderr == plain.finished.stderr, harness
        assert seen.finished.usage.exit_code == plain.finished.usage.exit_code, harness
        assert seen.files == plain.files, harness
        assert seen.reports >= 1, harness


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_under_every_pass_what_it_does_without(name: str, show: Show) -> None:
    check_same(PROGRAMS[name], show)


def test_a_sitecustomize_of_the_environment_runs_as_it_does_without(show: Show, scratch: Path) -> None:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(scratch / "venv")], check=True)
    folder = next((scratch / "venv").glob("lib/python*/site-packages"))
    (folder / "sitecustomize.py").write_text("import sys; print('mine', __file__, sys.prefix, sorted(sys.path))\n")

    program = Program(text="import sitecustomize; print(sitecustomize.__spec__.name)")

    check_same(replace(program, python=str(scratch / "venv" / "bin" / "python")), show)


@pytest.mark.parametrize("flags", ["-I", "-E", "-S"])
@pytest.mark.parametrize("name", ISOLATED)
def test_an_isolated_program_does_with_our_wrapper_what_it_does_without(name: str, flags: str, show: Show) -> None:
    check_same(replace(ISOLATED[name], flags=(flags,)), show, ("ratchet_time",))
