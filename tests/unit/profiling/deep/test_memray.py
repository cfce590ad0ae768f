"""memray is not among our dependencies: here another takes its place, which tracks by the same words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.collect.baseline import Baseline
from profiling.collect.runs import PlainRun, Workload
from profiling.deep import memray
from profiling.deep.run import DeepRun
from profiling.model import RunUsage, Tree

WriteFile = Callable[[str, str], Path]
Make = Callable[..., str]

FAKE = """
    import json, sys

    class Tracker:
        def __init__(self, path, *, native_traces, trace_python_allocators, follow_fork):
            assert follow_fork and not trace_python_allocators
            self.path, self.native = path, native_traces

        def __enter__(self):
            open(self.path, "x").close()

        def __exit__(self, *_):
            with open(self.path, "w") as file:
                json.dump({"peak": 4000, "native": self.native}, file)

    class Record:
        def __init__(self, size, stack):
            self.size, self.stack = size, stack

        def stack_trace(self, max_stacks):
            return self.stack

        def native_stack_trace(self, max_stacks):
            return [("malloc", "libc", 1), ("grow_list", "list.c", 2), ("_PyEval_EvalFrameDefault", "ceval.c", 3)]

    class Metadata:
        pass

    class FileReader:
        def __init__(self, path):
            content = json.load(open(path))
            self.metadata = Metadata()
            self.metadata.peak_memory = content["peak"]
            self.metadata.has_native_traces = content["native"]

        def get_high_watermark_allocation_records(self, merge_threads):
            keeper, work = ("keeper", "shop.py", 3), ("work", "shop.py", 6)
            yield Record(3000, [("<listcomp>", "shop.py", 0), keeper, work, ("<module>", "bench.py", 1)])
            yield Record(900, [("dumps", "/usr/lib/json.py", 9), work])
            yield Record(100, [("dumps", "/usr/lib/json.py", 9)])

        def get_leaked_allocation_records(self, merge_threads):
            yield Record(500, [("keeper", "shop.py", 3), ("work", "shop.py", 6)])
"""
SHOP = """
    def keeper(n):
        return [str(i) for i in range(n)]

    def work():
        return keeper(10)
"""


@pytest.fixture
def shop(write: WriteFile) -> None:
    write("shop.py", SHOP)
    write("bench.py", "import shop; shop.work()\n")


@pytest.mark.usefixtures("shop")
def test_the_peak_is_charged_to_innermost_functions_and_their_callers(
    deep_run: Callable[..., DeepRun], environment: Make
) -> None:
    run = deep_run(executable=environment("memray", FAKE))

    heap, notes = memray.heap(run)

    assert heap is not None, notes
    assert (heap.version, heap.peak_bytes) == ("9.9", 4000)
    figures = {each.key.qualname: (each.owned_bytes, each.peak_bytes, each.live_bytes) for each in heap.functions}
    assert figures == {"keeper": (3000, 3000, 500), "work": (900, 3900, 0), "<module>": (0, 3000, 0)}
    assert [native.stack for native in heap.functions[0].natives] == [("malloc", "grow_list")]
    assert any("arenas" in note for note in notes)


@pytest.mark.usefixtures("shop")
def test_it_stands_in_for_the_memory_pass(deep_run: Callable[..., DeepRun], environment: Make, tmp_path: Path) -> None:
    run = deep_run(executable=environment("memray", FAKE))
    plain = PlainRun(usage=run.plain[0], stdout_sha256="", stdout_bytes=0, stderr_tail="")
    workload: Workload = run.workload
    baseline = Baseline(command=workload.command, runs=[plain])

    found = memray.run(workload, tmp_path, baseline, 60.0, lambda _: None)

    assert found.usage is not None
    assert found.merged is not None
    assert found.merged.peak_bytes == 4000
    assert {key.qualname for key in found.merged.functions} == {"keeper", "work", "<module>"}
    assert sorted(found.merged.stacks.values()) == [900, 3000]
    assert memray.run(workload, tmp_path, baseline, 0.0, lambda _: None).merged is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise OSError('no such libunwind')", "no such libunwind"),
        (FAKE.replace("json.load(open(path))", "1 / 0"), "zero"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_our_own_memory_pass_stands_in_for_one_that_fails_and_the_notes_say_why(
    deep_run: Callable[..., DeepRun], environment: Make, tmp_path: Path, source: str, reason: str
) -> None:
    run = deep_run(executable=environment("memray", source))
    plain = PlainRun(usage=run.plain[0], stdout_sha256="", stdout_bytes=0, stderr_tail="")
    baseline = Baseline(command=run.workload.command, runs=[plain])

    found = memray.run(run.workload, tmp_path, baseline, 60.0, lambda _: None)

    assert found.merged is not None
    assert found.merged.peak_bytes not in (0, 4000)
    assert any(reason in note for note in found.notes)


def test_without_memray_it_is_said_how_to_get_it(deep_run: Callable[..., DeepRun], environment: Make) -> None:
    run = deep_run(executable=environment("other", ""))

    heap, (note,) = memray.heap(run)

    assert heap is None
    assert note.endswith("-m pip install memray")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise OSError('no such libunwind')", "no such libunwind"),
        (
            "class Tracker:\n    def __init__(self, *_, **__):\n        raise RuntimeError('unsupported')\n",
            "unsupported",
        ),
        (FAKE.replace('open(self.path, "x").close()', "raise RuntimeError('second tracker')"), "second tracker"),
        (FAKE.replace("json.load(open(path))", "1 / 0"), "division by zero"),
        (FAKE.replace('content["peak"]', "-5"), "malformed"),
        (FAKE.replace("def get_leaked", "def get_lost"), "get_leaked"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_memray_that_fails_costs_its_part_and_says_why(
    deep_run: Callable[..., DeepRun], environment: Make, source: str, said: str
) -> None:
    heap, notes = memray.heap(deep_run(executable=environment("memray", source)))

    assert heap is None
    assert any(said in note for note in notes), notes
    assert any(note.startswith("memray gave nothing") for note in notes)


@pytest.mark.usefixtures("shop")
def test_a_program_that_dies_only_under_memray_is_said(
    deep_run: Callable[..., DeepRun], environment: Make, write: WriteFile
) -> None:
    write("bench.py", "import shop, sys\nshop.work()\nsys.exit('memray' in sys.modules and 'it is watched')\n")

    heap, notes = memray.heap(deep_run(executable=environment("memray", FAKE)))

    assert heap is not None
    assert any("ended with exit code 1, unlike without" in note and "it is watched" in note for note in notes)


@pytest.mark.usefixtures("shop")
def test_a_program_that_hangs_is_stopped_and_what_memray_saw_is_kept(
    deep_run: Callable[..., DeepRun], environment: Make, write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.deep.run._SHORTEST_LIMIT_S", 0.5)
    write("bench.py", "import shop, sys, time\nshop.work()\ntime.sleep(60)\n")
    quick = RunUsage(wall_s=0.05, cpu_s=0.05, max_rss_mib=20.0, exit_code=0)

    run = deep_run(executable=environment("memray", FAKE), plain=(quick,))
    heap, notes = memray.heap(run)

    assert any("was stopped at its time limit" in note for note in notes), notes
    assert heap is not None


def test_a_file_that_grows_too_large_ends_the_tracking(
    deep_run: Callable[..., DeepRun], environment: Make, write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memray, "_LIMIT_BYTES", 10)
    growing = FAKE.replace('open(self.path, "x").close()', 'open(self.path, "x").write("x" * 100)')
    write("bench.py", "import time\ntime.sleep(1.0)\n")

    heap, notes = memray.heap(deep_run(executable=environment("memray", growing)))

    assert heap is not None
    assert any("memray was stopped in process bench.py: its file reached" in note for note in notes)


def test_files_outside_the_tree_are_not_the_project_s(tree: Tree) -> None:
    files = memray.ProjectFiles(tree=tree)
    assert files.relative("/usr/lib/json.py") is None
    assert files.relative("../outside.py") is None
    assert files.relative("<string>") is None
    assert files.relative(str(tree.root / "lib" / "site-packages" / "x.py")) is None
    assert files.relative("a\0b") is None
    assert files.relative("shop.py") == "shop.py"


def test_a_reader_s_answer_with_wild_numbers_is_refused() -> None:
    process = {"peak_bytes": 1, "at_peak": [[5, [7], []]], "at_end": [], "frames": []}
    answer = memray._Answer.model_validate(json.loads(json.dumps({"processes": [process]})))
    assert not memray._is_whole(answer)
