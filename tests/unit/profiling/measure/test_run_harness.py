import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree

pytestmark = pytest.mark.flaky(reruns=3)

MakeTree = Callable[..., Tree]
Report = Mapping[str, object]
Record = Callable[..., tuple[Finished, list[Report]]]


def other_pythons() -> list[str]:
    """Return other interpreters that pyenv has here, one a minor version."""
    found = {
        path.name: str(path)
        for path in Path.home().glob(".pyenv/versions/3.*/bin/python3.*")
        if path.suffix[1:].isdigit()
    }
    return [path for name, path in sorted(found.items()) if name in {"python3.9", "python3.13"}]


@pytest.fixture
def record(make_tree: MakeTree, processes: Processes, interpreter: Interpreter, tmp_path: Path) -> Record:
    """Run files under the recorder."""

    def run(
        files: dict[str, str], *argv: str, executable: str = sys.executable, trace: bool = False
    ) -> tuple[Finished, list[Report]]:
        tree = make_tree("tree", files)
        folder = tmp_path / "injection"
        folder.mkdir()
        injection = prepare(folder, tree, (Harness(name="ratchet_run", options={"trace": trace}),))
        target = Interpreter(executable=executable, version=interpreter.version)
        finished = processes.run(launch(Command(argv=("python", *argv)), tree, target, injection=injection))
        return finished, list(injection.read("ratchet_run"))

    return run


def number(report: Report, name: str) -> float:
    value = report[name]
    assert isinstance(value, int | float)
    return float(value)


def test_collections_are_counted_exactly_and_their_time_is_part_of_the_cpu_time(record: Record) -> None:
    text = "import gc\ngc.disable()\nfor _ in range(7): gc.collect()\n"

    finished, [report] = record({"main.py": text}, "main.py")

    assert report["gc_collections"] == 7
    assert 0 < number(report, "gc_s") < finished.usage.cpu_s


def test_the_interpreters_start_is_told_apart_from_the_body(record: Record) -> None:
    finished, [report] = record({"main.py": "import time\nwhile time.process_time() < 0.2: pass\n"}, "main.py")

    assert 0 < number(report, "start_cpu_s") < 0.2 <= finished.usage.cpu_s
    assert number(report, "wall_s") <= finished.usage.wall_s


def test_import_time_is_that_of_outermost_imports(record: Record) -> None:
    busy = "import time\nend = time.thread_time() + {seconds}\nwhile time.thread_time() < end: pass\n"
    files = {
        "proj/__init__.py": "from proj import inner\n" + busy.format(seconds=0.1),
        "proj/inner.py": busy.format(seconds=0.1),
        "main.py": "import proj\n" + busy.format(seconds=0.2),
    }

    finished, [report] = record(files, "main.py")

    assert 0.2 <= number(report, "import_s") < finished.usage.cpu_s - 0.2


def test_waiting_is_wall_time_but_neither_cpu_nor_queueing(record: Record) -> None:
    _, [report] = record({"main.py": "import time; time.sleep(0.3)\n"}, "main.py")

    queued = report["delay_s"]
    assert number(report, "wall_s") >= 0.3
    assert queued is None or number(report, "wall_s") - number(report, "delay_s") >= 0.29


def test_every_project_module_is_reported_with_its_file(record: Record, tmp_path: Path) -> None:
    files = {"proj/__init__.py": "", "proj/__main__.py": "from proj import part\nimport json\n", "proj/part.py": ""}

    _, [report] = record(files, "-m", "proj")

    root = tmp_path / "tree" / "proj"
    assert report["origins"] == {
        "proj": str(root / "__init__.py"),
        "proj.part": str(root / "part.py"),
        "proj.__main__": str(root / "__main__.py"),
    }


@pytest.mark.parametrize("executable", [sys.executable, *other_pythons()])
def test_the_script_that_was_started_is_reported(record: Record, executable: str, tmp_path: Path) -> None:
    _, [report] = record({"main.py": "import sys\nsys.argv[:] = ['other']\n"}, "main.py", executable=executable)

    assert report["script"] == str(tmp_path / "tree" / "main.py")


def test_the_traced_peak_is_that_of_the_programs_own_heap(record: Record) -> None:
    text = "block = bytearray(8 << 20)\ndel block\n"

    _, [report] = record({"main.py": text}, "main.py", trace=True)

    assert 8 << 20 <= number(report, "peak_bytes") < 10 << 20


def test_children_report_for_themselves(record: Record) -> None:
    text = (
        "import os, gc\n"
        "gc.disable()\n"
        "gc.collect()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    gc.collect(); gc.collect()\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    )

    _, reports = record({"main.py": text}, "main.py")

    assert sorted(number(report, "gc_collections") for report in reports) == [1, 2]
    assert sorted(number(report, "start_cpu_s") == 0 for report in reports) == [False, True]


def test_a_failed_import_looks_as_without_us(record: Record, processes: Processes, tmp_path: Path) -> None:
    files = {"proj/__init__.py": "import no_such_module\n", "main.py": "import proj\n"}

    finished, _ = record(files, "main.py")

    assert [line.strip() for line in finished.stderr.splitlines() if "File" in line] == [
        f'File "{tmp_path}/tree/main.py", line 1, in <module>',
        f'File "{tmp_path}/tree/proj/__init__.py", line 1, in <module>',
    ]


@pytest.mark.parametrize("executable", other_pythons())
def test_other_versions_of_python_are_recorded_too(record: Record, executable: str) -> None:
    text = "import gc, proj\ngc.disable()\ngc.collect()\n"

    finished, [report] = record({"proj/__init__.py": "", "main.py": text}, "main.py", executable=executable)

    assert finished.usage.exit_code == 0
    assert report["hook_errors"] == 0
    assert report["gc_collections"] == 1
    assert list(report["origins"]) == ["proj"]  # type: ignore[call-overload]


def test_time_of_young_collections_is_extrapolated_to_all_of_them(record: Record) -> None:
    text = (
        "import gc, time\n"
        "gc.disable()\n"
        "keep = [[n] for n in range(200)]\n"
        "began = time.thread_time()\n"
        "for _ in range(400):\n"
        "    young = [[n] for n in range(20_000)]\n"
        "    gc.collect(0)\n"
        "print(time.thread_time() - began)\n"
    )

    finished, [report] = record({"main.py": text}, "main.py")

    assert report["gc_collections"] == 400
    assert 0.02 * float(finished.stdout) < number(report, "gc_s") < float(finished.stdout)
