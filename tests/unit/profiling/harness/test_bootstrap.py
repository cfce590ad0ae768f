import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.harness.ratchet_bootstrap_json import decode, encode

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

COUNTER = """
    counted = 0
    context = None
    def start(given):
        global context
        context = given
    def snapshot():
        return {"keys": sorted(context), "packages": context["packages"], "counted": counted}
    def after_fork():
        global counted
        counted = 0
"""
CURIOUS = """
    import os, sys, threading
    print("sitecustomize" in sys.modules, any(name.startswith("ratchet") for name in sys.modules))
    print([name for name in ("json", "enum", "re", "typing") if name in sys.modules])
    print(threading.active_count(), sys.path[0] == os.getcwd())
    raise SystemExit(7)
"""
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES)
def test_what_is_encoded_is_what_json_reads_and_what_we_read_back(value: object) -> None:
    assert json.loads(encode(value)) == value
    assert decode(encode(value)) == value


def test_no_report_holds_a_number_that_json_lacks() -> None:
    assert encode([math.nan, math.inf, -math.inf]) == "[null,null,null]"


def test_a_value_without_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        encode(object())


def test_the_program_prints_ends_and_sees_what_it_does_without_us(run: Run, write: Write) -> None:
    write("curious.py", CURIOUS)

    plain = run("curious.py", injected=False)
    injected = run("curious.py")

    assert (injected.stdout, injected.stderr, injected.code) == (plain.stdout, plain.stderr, plain.code)
    assert injected.code == 7
    assert len(injected.reports) == 1


def test_a_failed_import_shows_the_same_traceback(run: Run, write: Write) -> None:
    write("shop/__init__.py", "import shop.missing")
    write("fails.py", "import shop")

    plain, injected = run("fails.py", injected=False), run("fails.py")

    assert "ModuleNotFoundError" in injected.stderr
    assert injected.stderr == plain.stderr


def test_a_report_says_which_process_it_is_of(run: Run, write: Write) -> None:
    write("curious.py", CURIOUS)

    report = run("curious.py", replaced=COUNTER).reports[0]

    assert report["argv0"] == "curious.py"
    assert report["python"] == list(sys.version_info[:3])
    assert report["hook_errors"] == 0
    assert report["packages"] == ["shop"]
    assert {"options", "root", "source_paths", "report", "relative", "failed", "every"} <= set(report["keys"])


def test_the_users_own_sitecustomize_runs_under_its_name(run: Run, write: Write, tmp_path: Path) -> None:
    write("own/sitecustomize.py", "print('mine', __name__)")
    write("seen.py", "import sitecustomize, os; print(os.path.basename(os.path.dirname(sitecustomize.__file__)))")
    own = str(write("own/marker", "").parent)

    outcome = run("seen.py", python_path=(own,))

    assert outcome.stdout == "mine sitecustomize\nown\n"
    assert len(outcome.reports) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "raise ValueError('at import')",
        "def start(context): raise SystemExit(3)\ndef snapshot(): return {}",
        "def start(context): pass\ndef snapshot(): return {'bad': object()}",
        "def start(context): context['every'](0.001, lambda: 1 / 0)\ndef snapshot(): raise KeyError",
        "def start(context:",
    ],
)
def test_a_broken_harness_leaves_output_and_exit_code_alone(run: Run, write: Write, broken: str) -> None:
    write("curious.py", CURIOUS)

    plain, injected = run("curious.py", injected=False), run("curious.py", replaced=broken)

    assert (injected.stdout, injected.stderr, injected.code) == (plain.stdout, plain.stderr, plain.code)
    assert all(report["hook_errors"] > 0 for report in injected.reports)


def test_a_missing_configuration_leaves_the_program_alone(run: Run, write: Write) -> None:
    write("curious.py", CURIOUS)
    outcome = run("curious.py")
    Path(outcome.injection.env["RATCHET_HARNESS"]).unlink()

    again = os.spawnve(
        os.P_WAIT,
        sys.executable,
        [sys.executable, "-c", "raise SystemExit(5)"],
        {**outcome.injection.env, "PYTHONPATH": outcome.injection.python_path},
    )

    assert again == 5


def test_a_program_that_ends_by_os_exit_reports(run: Run, write: Write) -> None:
    write("abrupt.py", "import os; os._exit(9)")

    outcome = run("abrupt.py", replaced=COUNTER)

    assert outcome.code == 9
    assert len(outcome.reports) == 1


def test_a_program_that_becomes_another_reports_twice(run: Run, write: Write) -> None:
    write("becomes.py", "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])")

    outcome = run("becomes.py", replaced=COUNTER)

    assert outcome.stdout == "1\n"
    assert [report["argv0"] for report in outcome.reports] == ["becomes.py", "-c"]
    assert len({report["pid"] for report in outcome.reports}) == 1


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_every_worker_of_a_terminated_pool_reports(run: Run, write: Write, method: str) -> None:
    write(
        "pool.py",
        f"""
        import multiprocessing, os, time
        def work(_):
            time.sleep(0.05)
            return os.getpid()
        if __name__ == "__main__":
            with multiprocessing.get_context({method!r}).Pool(2) as pool:
                pids = set(pool.map(work, range(4), chunksize=1))
            print(*pids)
        """,
    )

    outcome = run("pool.py", replaced=COUNTER)

    workers = {int(pid) for pid in outcome.stdout.split()}
    assert len(workers) == 2
    assert workers <= {report["pid"] for report in outcome.reports}


def test_a_terminated_child_dies_of_the_signal_it_was_sent(run: Run, write: Write) -> None:
    write(
        "parent.py",
        """
        import signal, subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "print(1, flush=True); import time; time.sleep(30)"],
                                 stdout=subprocess.PIPE)
        child.stdout.readline()
        time.sleep(0.1)
        child.terminate()
        child.stdout.close()
        print(child.wait(), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
        """,
    )

    outcome = run("parent.py", replaced=COUNTER)

    assert outcome.stdout == "-15 True\n"
    assert sorted(report["argv0"] for report in outcome.reports) == ["-c", "parent.py"]


def test_a_fork_warns_of_no_thread_and_the_child_begins_anew(run: Run, write: Write) -> None:
    write(
        "forks.py",
        """
        import os, time
        time.sleep(0.05)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        """,
    )
    ticking = COUNTER.replace("context = given", "context = given\n        given['every'](0.001, tick)") + (
        "    def tick():\n        global counted\n        counted += 1\n"
    )

    outcome = run("-W", "error", "forks.py", replaced=ticking)

    assert outcome.stderr == ""
    child, parent = sorted(outcome.reports, key=lambda report: report["counted"])
    assert child["ppid"] == parent["pid"]
    assert 2 * child["counted"] < parent["counted"]


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13", "3.14"])
def test_both_passes_report_without_errors_on_every_python_at_hand(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    python = find_python(version)
    write(
        "small.py",
        """
        import asyncio
        def burn():
            return sum(i * i for i in range(300_000))
        async def main():
            kept.append([str(i) for i in range(50_000)])
            return burn()
        kept = []
        print(asyncio.run(main()))
        """,
    )

    for harness in ("ratchet_time", "ratchet_memory"):
        outcome = run("small.py", harness=harness, python=python)

        assert (outcome.stderr, outcome.code) == ("", 0)
        assert [report["hook_errors"] for report in outcome.reports] == [0]
        assert "main" in {code[2] for code in outcome.reports[0]["codes"]}
