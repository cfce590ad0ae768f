"""`optimize profile` on every kind of command: what it could see is reported, what it could not is said."""

import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from profiling.collect import store
from profiling.profile import Profile
from tests.integration.conftest import command, environment, git, target_python

WORK = """
def burn(times=1):
    total = 0
    for number in range(100_000 * times):
        total += number * number
    return total
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program, how it is called, and what must be told of it."""

    text: str
    words: tuple[str, ...] = ("python", "main.py")
    options: tuple[str, ...] = ()
    code: int = 0
    notes: tuple[str, ...] = ()
    seen: tuple[str, ...] = ("burn",)
    stdin: str | None = None
    pipe: int | None = None
    python: str = target_python()
    files: dict[str, str] = field(default_factory=dict)


Observe = Callable[[Case], tuple[subprocess.CompletedProcess[str], Profile]]

POOL = """
import concurrent.futures, multiprocessing, sys
from work import burn
if __name__ == "__main__":
    if sys.argv[1] == "executor":
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            print(sum(pool.map(burn, [4, 4])))
    else:
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            print(sum(pool.map(burn, [4, 4])))
"""
SERVER = """
import asyncio
from work import burn

async def answer(reader, writer):
    await reader.readline()
    writer.write(str(burn(1)).encode() + b"\\n")
    await writer.drain()
    writer.close()

async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"please\\n")
    line = await reader.readline()
    writer.close()
    return line

async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(len(await asyncio.gather(*(ask(port) for _ in range(4)))))
    server.close()

asyncio.run(main())
"""
CASES = {
    "a module": Case(
        text="", words=("python", "-m", "pkg", "3"), files={"pkg/__main__.py": "import work; work.burn(3)"}
    ),
    "a text": Case(text="", words=("python", "-c", "import work; print(work.burn(3))")),
    "pytest": Case(
        text="",
        words=("PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 python -m pytest -q -p no:cacheprovider",),
        files={"test_work.py": "import work\n\ndef test_burn():\n    assert work.burn(3)\n"},
        python=sys.executable,
    ),
    "a pool of forks": Case(text=POOL, words=("python", "main.py", "fork")),
    "a pool of spawned processes": Case(text=POOL, words=("python", "main.py", "spawn")),
    "an executor of processes": Case(text=POOL, words=("python", "main.py", "executor")),
    "threads": Case(
        text="""
        import threading
        from work import burn
        threads = [threading.Thread(target=burn, args=(3,), name=f"worker-{number}") for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """
    ),
    "a server under a client": Case(text=SERVER, seen=("burn", "answer")),
    "an end by os._exit": Case(text="import os, work; work.burn(3); os._exit(9)", code=9, notes=("exit code 9",)),
    "a process that kills itself": Case(
        text="import os, work; work.burn(3); os.kill(os.getpid(), 9)", code=137, notes=("killed by SIGKILL",)
    ),
    "a process that another one kills": Case(
        text="import subprocess, os, work; work.burn(9); subprocess.run(['sh', '-c', f'kill -9 {os.getpid()}'])",
        code=137,
        notes=("killed by SIGKILL",),
    ),
    "a program that timeout(1) ends": Case(
        text="import work\nwhile True:\n    work.burn()",
        words=("timeout", "0.7", "python", "main.py"),
        code=124,
        notes=("exit code 124",),
    ),
    "a crash": Case(
        text="import faulthandler, work; work.burn(9); faulthandler._sigsegv()", code=139, notes=("killed by SIGSEGV",)
    ),
    "a fork that becomes another program": Case(
        text="""
        import os, sys, work
        pid = os.fork()
        if pid == 0:
            work.burn(2)
            os.execv(sys.executable, [sys.executable, "-c", "import work; work.burn(3)"])
        os.waitpid(pid, 0)
        """
    ),
    "another folder": Case(text="import os, tempfile, work; os.chdir(tempfile.gettempdir()); work.burn(3)"),
    "its own sitecustomize": Case(
        text="import sitecustomize; print(sitecustomize.total)",
        words=("PYTHONPATH=own python main.py",),
        files={"own/sitecustomize.py": "import work\ntotal = work.burn(3)\n"},
    ),
    "an input from a pipe": Case(
        text="import sys, work; assert sys.stdin.read() == 'words\\n'; work.burn(3)", stdin="words\n"
    ),
    "an input from a named file": Case(
        text="import sys, work; assert sys.stdin.read() == 'named'; work.burn(3)",
        options=("--stdin", "{root}/words"),
        files={"words": "named"},
    ),
    "a program that never ends": Case(
        text="import work\nwhile True:\n    work.burn()",
        options=("--timeout", "0.7s"),
        notes=("stopped at its time limit of 0.7 s",),
    ),
    "a program that fails": Case(
        text="import sys, work; work.burn(3); sys.exit(3)", code=3, notes=("the program ended with exit code 3",)
    ),
    "an isolated interpreter": Case(
        text="import sys; sys.path.insert(0, '.'); import work; work.burn(3)",
        words=("python", "-I", "main.py"),
        notes=("-I keeps",),
    ),
}
ALSO_IN_UNIT_TESTS = (
    "an input from a named file",
    "an isolated interpreter",
    "a program that timeout(1) ends",
    "a pool of spawned processes",
    "a pool of forks",
)


@pytest.fixture
def observe(tmp_path: Path) -> Observe:
    root = tmp_path / "repository"
    root.mkdir()

    def run(case: Case) -> tuple[subprocess.CompletedProcess[str], Profile]:
        """Profile the case's program in a repository of its own."""
        for name, text in {"work.py": WORK, "main.py": case.text, "pkg/__init__.py": "", **case.files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(dedent(text))
        git(root, "init", "-q")
        out = tmp_path / "profile.json"
        options = [option.format(root=root) for option in case.options]
        common = ["-C", str(root), "--python", case.python, "--memory-budget", "0", "--out", str(out)]
        done = subprocess.run(
            command(
                "profile", *common, *options, "--", shlex.join(case.words) if len(case.words) > 1 else case.words[0]
            ),
            env=environment(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **_input(case),
        )
        assert out.exists(), done.stderr
        return done, store.read(out)

    return run


def _input(case: Case) -> dict[str, Any]:
    if case.stdin is not None:
        return {"input": case.stdin}
    return {"stdin": subprocess.DEVNULL if case.pipe is None else case.pipe}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in ALSO_IN_UNIT_TESTS else name for name in CASES]
)
def test_a_command_is_reported_with_what_could_and_could_not_be_seen(name: str, observe: Observe) -> None:
    case = CASES[name]

    done, profile = observe(case)

    assert done.returncode == case.code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("[unified profile]")
    functions = {function.key.qualname: function for function in profile.functions}
    assert {*case.seen} <= set(functions)
    assert functions["burn"].cpu_self_s > 0
    for note in case.notes:
        assert any(note in each for each in profile.notes), profile.notes
        assert note in done.stdout
    assert profile.timed_out == any("time limit" in note for note in case.notes)


def test_a_console_script_of_the_environment_is_profiled_also_when_it_is_isolated(
    tmp_path: Path, observe: Observe
) -> None:
    subprocess.run([target_python(), "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    bin_folder = tmp_path / "venv" / "bin"
    for name, flags in (("tool", ""), ("isolated-tool", " -sE")):
        text = "import sys\nsys.path.insert(0, '.')\nimport work\nsys.exit(work.burn(3) % 7)\n"
        (bin_folder / name).write_text(f"#!{bin_folder}/python{flags}\n{text}")
        (bin_folder / name).chmod(0o755)

    for name in ("tool", "isolated-tool"):
        done, profile = observe(Case(text="", words=(name,), python=str(bin_folder / "python")))

        assert done.returncode == sum(number * number for number in range(300_000)) % 7
        assert "burn" in {function.key.qualname for function in profile.functions}
        assert any(note.startswith("-E keeps") for note in profile.notes) == (name == "isolated-tool")


def test_much_output_is_drained_and_never_kept(observe: Observe) -> None:
    text = """
    import os, work
    work.burn(3)
    for _ in range(1500):
        os.write(1, b"x" * 65536)
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    done, profile = observe(Case(text=text))

    unit = 2**20 if sys.platform == "darwin" else 2**10
    largest_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    assert done.returncode == 0
    assert len(done.stdout) < 10_000
    assert largest_mib < max(160, before / unit + 1)
    assert not any("differently" in note or "covered" in note for note in profile.notes)


def test_an_inherited_pipe_that_stays_open_and_silent_is_empty_input_and_said(tmp_path: Path, observe: Observe) -> None:
    read, write = os.pipe()
    try:
        done, profile = observe(Case(text="import sys, work; work.burn(3); assert not sys.stdin.read()", pipe=read))
    finally:
        os.close(read)
        os.close(write)

    assert done.returncode == 0
    assert "standard input was empty: give --stdin FILE" in profile.notes


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--timeout", "0"], "--timeout"), (["--timeout", "soon"], "--timeout"), (["--stdin", "missing"], "missing")],
)
def test_an_option_that_can_not_be_is_refused_before_anything_runs(shop: Path, options: list[str], told: str) -> None:
    done = subprocess.run(
        command("profile", "-C", str(shop), "--python", target_python(), *options, "--", "python", "bench.py"),
        env=environment(),
        cwd=shop,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert told in done.stderr
    assert "hint: " in done.stderr
