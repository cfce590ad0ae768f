"""Programs whose kind is known by construction, under the real time pass: each is told from what only looks like it.

Nothing here depends on how fast or how busy the machine is: classes follow from ratios.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.collect import entry_points
from profiling.collect.reports import time_reports
from profiling.collect.source import Source
from profiling.entry_points.judge import Judged, Work, judge
from profiling.entry_points.kinds import Kinds, WaitKind
from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from tests.integration.test_ground_truth import ON_EVERY_PYTHON, OWN, find_python

pytestmark = pytest.mark.flaky(reruns=2)

Seen = dict[str, Judged]
See = Callable[..., Seen]

COMPUTES = """
    import time
    def work(): return sum(i * i for i in range(20_000))
    def main():
        while time.thread_time() < 0.35: work()
    main()
"""
MANY_SHORT_WAITS = """
    import time
    def one(): time.sleep(0.0004)
    def main():
        for _ in range(700): one()
    main()
"""
LONG_WAITS = """
    import socket, subprocess, sys
    SERVER = (
        "import socket, time\\n"
        "server = socket.create_server(('127.0.0.1', 0))\\n"
        "print(server.getsockname()[1], flush=True)\\n"
        "connection, _ = server.accept()\\n"
        "while connection.recv(64):\\n"
        "    time.sleep(0.02)\\n"
        "    connection.sendall(b'y')\\n"
    )
    def ask(connection):
        connection.sendall(b"x")
        return connection.recv(64)
    def main():
        server = subprocess.Popen([sys.executable, "-ISc", SERVER], stdout=subprocess.PIPE, text=True)
        with socket.create_connection(("127.0.0.1", int(server.stdout.readline()))) as connection:
            fetch_all(connection)
        server.wait()
    def fetch_all(connection):
        for _ in range(30): ask(connection)
    main()
"""
BOTH = """
    import time
    def crunch(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end: sum(range(500))
    def pause(): time.sleep(0.012)
    def main():
        for _ in range(25):
            pause()
            crunch(0.010)
    main()
"""
ASYNC_ONE_BY_ONE = """
    import asyncio
    async def fetch(): await asyncio.sleep(0.02)
    async def main():
        for _ in range(20): await fetch()
    asyncio.run(main())
"""
ASYNC_AT_ONCE = """
    import asyncio
    async def fetch():
        for _ in range(15): await asyncio.sleep(0.02)
    async def main():
        await asyncio.gather(*(fetch() for _ in range(12)))
    asyncio.run(main())
"""
ASYNC_THAT_COMPUTES = """
    import asyncio, time
    async def crunch():
        for _ in range(25):
            end = time.thread_time() + 0.004
            while time.thread_time() < end: sum(range(500))
            await asyncio.sleep(0)
    async def main():
        await asyncio.gather(*(crunch() for _ in range(3)))
    asyncio.run(main())
"""
ASYNC_THAT_BLOCKS = """
    import asyncio, time
    async def fetch():
        time.sleep(0.02)
        await asyncio.sleep(0)
    async def main():
        await asyncio.gather(*(fetch() for _ in range(15)))
    asyncio.run(main())
"""
POOL = """
    import multiprocessing, time
    def work(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end: sum(range(500))
    def main():
        with multiprocessing.get_context({method!r}).Pool(2) as pool:
            pool.map(work, [0.02] * 20, chunksize=1)
    if __name__ == "__main__":
        main()
"""
LOCKS = """
    import threading, time
    lock = threading.Lock()
    def step():
        with lock:
            time.sleep(0.01)
    def worker():
        for _ in range(10): step()
    def main():
        threads = [threading.Thread(target=worker) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    main()
"""
THREADS = """
    import hashlib, threading, time
    data = bytes(8 << 20)
    {worker}
    def main():
        threads = [threading.Thread(target=worker) for _ in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    main()
"""
HASHES = THREADS.format(worker="def worker():\n        while time.thread_time() < 0.22: hashlib.sha256(data).digest()")
LOOPS = THREADS.format(
    worker="def worker():\n        while time.thread_time() < 0.15: sum(i * i for i in range(5_000))"
)
WAITING_THREADS = """
    import time
    from concurrent.futures import ThreadPoolExecutor
    def fetch(number):
        time.sleep(0.02)
        return number
    def main():
        with ThreadPoolExecutor(8) as pool: return list(pool.map(fetch, range(120)))
    main()
"""
CHILDREN = """
    import subprocess, sys
    def main():
        for _ in range(6): subprocess.run([sys.executable, "-ISc", "import time; time.sleep(0.04)"], check=True)
    main()
"""
IDLE_SERVER = """
    import socket, threading, time
    server = socket.create_server(("127.0.0.1", 0))
    def serve():
        while True: server.accept()
    threading.Thread(target=serve, daemon=True).start()
    def main():
        for _ in range(20): time.sleep(0.02)
    main()
"""


@pytest.fixture
def see(tmp_path: Path) -> See:
    root = tmp_path / "tree"
    root.mkdir()
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))

    def run(text: str, version: str = OWN) -> Seen:
        (root / "program.py").write_text(dedent(text))
        folder = tmp_path / "injection"
        folder.mkdir()
        interpreter = Interpreter(executable=find_python(version), version=(3, 0, 0))
        injection = prepare(folder, tree, (Harness(name="ratchet_time", options={}),))
        command = Command(argv=("python", "program.py"), timeout_s=60.0)
        finished = Processes().run(launch(command, tree, interpreter, injection=injection))
        assert finished.usage.exit_code == 0, finished.stderr
        reports = time_reports(injection.read("ratchet_time"))
        assert sum(report.hook_errors for report in reports) == 0
        points = entry_points.merge([reports], Source(root=root))
        return {one.entry.key.qualname: one for one in judge(points, Kinds(root=root).of)}

    return run


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_what_computes_is_bound_by_the_cpu(see: See, version: str) -> None:
    main = see(COMPUTES, version)["main"]

    assert main.work is Work.CPU_BOUND
    assert main.share < 0.1


@pytest.mark.skipif(sys.platform != "linux", reason="short waits are told from a busy core by Linux alone")
@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_many_waits_shorter_than_the_time_between_two_samples_are_fast(see: See, version: str) -> None:
    main = see(MANY_SHORT_WAITS, version)["main"]

    assert main.work is Work.FAST_IO
    assert main.typical_s < 0.005
    assert main.count >= 200


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_long_waits_for_a_socket_are_slow_and_their_number_and_length_are_known(see: See, version: str) -> None:
    main = see(LONG_WAITS, version)["main"]

    assert (main.work, main.kind) == (Work.SLOW_IO, WaitKind.SOCKET)
    assert 0.015 <= main.typical_s <= 0.06
    assert 20 <= main.count <= 45
    assert main.waits[0].key.qualname == "ask"


def test_what_waits_and_computes_in_turns_is_mixed(see: See) -> None:
    main = see(BOTH)["main"]

    assert main.work is Work.MIXED
    assert main.waits[0].key.qualname == "pause"


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_a_coroutine_that_awaits_one_thing_after_the_other_is_told_from_tasks_that_wait_at_once(
    see: See, version: str
) -> None:
    main = see(ASYNC_ONE_BY_ONE, version)["main"]

    assert (main.work, main.entry.at_once, main.blocks) == (Work.SLOW_IO, 1, False)
    assert main.waits[0].key.qualname == "fetch"
    assert 15 <= main.count <= 20


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_tasks_that_wait_at_once_are_counted_and_who_started_them_only_waits_for_them(see: See, version: str) -> None:
    seen = see(ASYNC_AT_ONCE, version)

    assert (seen["fetch"].work, seen["fetch"].entry.at_once) == (Work.SLOW_IO, 12)
    assert seen["main"].work is Work.PARALLEL


def test_coroutines_that_compute_are_bound_by_the_cpu_however_long_they_await_each_other(see: See) -> None:
    seen = see(ASYNC_THAT_COMPUTES)

    assert seen["crunch"].work is Work.CPU_BOUND
    assert seen["main"].work is not Work.SLOW_IO


def test_coroutines_that_wait_without_await_hold_their_loop(see: See) -> None:
    fetch = see(ASYNC_THAT_BLOCKS)["fetch"]

    assert (fetch.work, fetch.blocks) == (Work.SLOW_IO, True)
    assert fetch.kind is WaitKind.SLEEP


def test_the_work_of_a_forked_pool_is_parallel_though_it_computes(see: See) -> None:
    assert see(POOL.format(method="fork"))["main"].work is Work.PARALLEL


def test_the_work_of_a_spawned_pool_is_parallel_though_it_computes(see: See) -> None:
    seen = see(POOL.format(method="spawn"))

    assert seen["work"].work is Work.PARALLEL
    assert seen["work"].entry.processes == 2
    assert seen["main"].work is Work.PARALLEL


def test_threads_that_wait_for_one_lock_are_told_from_those_that_wait_for_something_else(see: See) -> None:
    seen = see(LOCKS)

    assert (seen["worker"].work, seen["worker"].kind) == (Work.LOCKED, WaitKind.LOCK)
    assert seen["main"].work is Work.PARALLEL


def test_threads_that_wait_at_once_wait(see: See) -> None:
    fetch = see(WAITING_THREADS)["fetch"]

    assert (fetch.work, fetch.entry.threads) == (Work.SLOW_IO, 8)


@pytest.mark.skipif(sys.platform != "linux", reason="turns of threads are counted by Linux alone")
@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_threads_in_c_code_that_does_without_the_interpreter_are_parallel(see: See, version: str) -> None:
    worker = see(HASHES, version)["worker"]

    assert worker.entry.runs_freely
    assert worker.work is Work.PARALLEL


@pytest.mark.parametrize("version", ON_EVERY_PYTHON)
def test_threads_that_take_turns_with_the_interpreter_are_bound_by_the_cpu(see: See, version: str) -> None:
    worker = see(LOOPS, version)["worker"]

    assert not worker.entry.runs_freely
    assert worker.work is Work.CPU_BOUND


def test_waiting_for_one_child_after_the_other_is_no_computing(see: See) -> None:
    main = see(CHILDREN)["main"]

    assert (main.work, main.kind) == (Work.SLOW_IO, WaitKind.CHILD)


def test_a_server_that_nobody_asks_is_no_slow_program(see: See) -> None:
    seen = see(IDLE_SERVER)

    assert seen["serve"].work is Work.UNKNOWN
    assert seen["main"].work is Work.SLOW_IO


def test_a_program_that_was_hardly_seen_is_unknown(see: See) -> None:
    main = see("def main():\n    return sum(range(100_000))\nfor _ in range(5): main()\n").get("main")

    assert main is None or (main.work is Work.UNKNOWN and "are asked for" in main.why)
