import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.collect.unified import NothingExercised, WorkloadError, plain_runs, profile
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile

pytestmark = pytest.mark.flaky(reruns=3)

INTERPRETER = Interpreter(executable=sys.executable, version=(3, 11, 0))
ProfileRun = Callable[..., Profile]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text(
        dedent("""
        import copy
        def churn():
            kept = []
            for number in range(40_000):
                kept.append([number])
            return kept
        def duplicate(kept):
            return copy.deepcopy(kept[:4_000])
        """)
    )
    (root / "bench.py").write_text("import shop\nkept = shop.churn()\nshop.duplicate(kept)\nprint(len(kept))\n")
    (root / "unrelated.py").write_text("print(1)\n")
    return Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=("shop",))


@pytest.fixture
def tolerated(tree: Tree, tmp_path: Path) -> ProfileRun:
    """Profile a program however it ends."""

    def run(*argv: str, budget_s: float = 60.0, timeout_s: float = 60.0) -> Profile:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        return profile(
            tree,
            Command(argv=argv, timeout_s=timeout_s),
            INTERPRETER,
            processes=Processes(),
            scratch=scratch,
            tree_id="abc",
            budget_s=budget_s,
            on_progress=lambda _: None,
            tolerant=True,
        )

    return run


@pytest.fixture
def profiled(tree: Tree, tmp_path: Path) -> ProfileRun:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    said: list[str] = []

    def run(*argv: str, budget_s: float = 60.0, timeout_s: float = 60.0) -> Profile:
        command = Command(argv=argv, timeout_s=timeout_s)
        plain = plain_runs(tree, command, INTERPRETER, Processes(), count=1)
        found = profile(
            tree,
            command,
            INTERPRETER,
            processes=Processes(),
            scratch=scratch,
            tree_id="abc",
            budget_s=budget_s,
            on_progress=said.append,
            plain=plain,
        )
        assert any("time pass" in line for line in said)
        return found

    return run


def test_every_dimension_is_joined_under_its_function(profiled: ProfileRun) -> None:
    found = profiled("python", "bench.py")

    functions = {function.key.qualname: function for function in found.functions}
    churn, duplicate = functions["churn"], functions["duplicate"]
    assert churn.key.file == "shop/__init__.py"
    assert churn.gc_collections > 0
    assert (churn.peak_owned_bytes or 0) > 2**20
    assert (churn.live_bytes or 0) > 2**20
    assert duplicate.libraries[0].name == "copy"
    assert found.libraries[0].name == "copy"
    assert duplicate.cpu_self_s < found.cpu_sampled_s <= found.cpu_covered_s
    assert {"shop"} <= {module.module for module in found.imports}
    assert len(found.baseline) == 3
    assert found.memory_pass is not None
    assert sum(found.gc.collections) >= churn.gc_collections


def test_a_memory_pass_over_its_budget_is_skipped_with_its_reason(profiled: ProfileRun) -> None:
    found = profiled("python", "bench.py", budget_s=0.1)

    assert found.memory_pass is None
    assert found.peak_bytes is None
    assert {function.peak_bytes for function in found.functions} == {None}
    assert any(note.startswith("memory pass skipped") and "budget of 0.1 s" in note for note in found.notes)


def test_a_workload_that_fails_is_told_with_its_exit_code_and_last_lines(profiled: ProfileRun) -> None:
    with pytest.raises(WorkloadError, match=r"(?s)exit code 3.*the reason"):
        profiled("python", "-c", "import sys; print('the reason', file=sys.stderr); sys.exit(3)")


def test_a_workload_that_takes_too_long_is_told_with_its_limit(profiled: ProfileRun) -> None:
    with pytest.raises(WorkloadError, match=r"time limit of 0\.5 s"):
        profiled("python", "-c", "import time; time.sleep(30)", timeout_s=0.5)


def test_a_workload_that_runs_nothing_of_the_project_is_refused(profiled: ProfileRun) -> None:
    with pytest.raises(NothingExercised, match="neither ran nor imported"):
        profiled("python", "-c", "print(1)")


@pytest.mark.slow
def test_flags_that_keep_the_profiler_out_are_no_obstacle(profiled: ProfileRun) -> None:
    found = profiled("python", "-I", "-c", "import sys; sys.path.insert(0, '.'); import shop; print(len(shop.churn()))")

    assert {"churn"} <= {function.key.qualname for function in found.functions if function.calls}
    assert any(note.startswith("-I keeps") for note in found.notes)


def test_a_failing_program_is_profiled_where_that_is_asked_for(tolerated: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text("import shop, sys\nshop.churn()\nsys.exit(3)\n")

    found = tolerated("python", "bench.py")

    assert [usage.exit_code for usage in found.baseline] == [3, 3, 3]
    assert found.time_pass.exit_code == 3
    assert found.memory_pass is not None
    assert found.notes[0] == "the program ended with exit code 3"
    assert "churn" in {function.key.qualname for function in found.functions if function.calls == 1}


def test_a_failing_program_that_runs_nothing_of_the_project_is_refused(tolerated: ProfileRun) -> None:
    with pytest.raises(WorkloadError, match=r"(?s)exit code 3.*the reason"):
        tolerated("python", "-c", "import sys; print('the reason', file=sys.stderr); sys.exit(3)")


def test_a_program_that_never_ends_is_profiled_up_to_its_limit(tolerated: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text("import shop\nwhile True:\n    kept = shop.churn()\n")

    found = tolerated("python", "bench.py", timeout_s=1.0)

    assert found.timed_out
    assert len(found.baseline) == 1
    assert found.notes[0].startswith("the program was stopped at its time limit of 1 s")
    churn = next(function for function in found.functions if function.key.qualname == "churn")
    assert churn.cpu_self_s > found.time_pass.cpu_s / 2
    assert (churn.peak_owned_bytes or 0) > 2**20
    assert (churn.calls or 0) > 1


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("os.kill(os.getpid(), 9)", -9),
        ("os.killpg(0, 9)", -9),
        ("os.abort()", -6),
        ("signal.raise_signal(signal.SIGTERM)", -15),
        ("faulthandler._sigsegv()", -11),
    ],
)
def test_what_a_program_did_before_it_was_killed_is_seen(
    tolerated: ProfileRun, tree: Tree, end: str, code: int
) -> None:
    (tree.root / "bench.py").write_text(
        f"import faulthandler, os, shop, signal\nfor _ in range(20):\n    shop.churn()\n{end}\n"
    )

    found = tolerated("python", "bench.py", budget_s=0.0)

    assert {usage.exit_code for usage in found.baseline} == {code}
    churn = next(function for function in found.functions if function.key.qualname == "churn")
    assert churn.cpu_self_s > found.time_pass.cpu_s / 4
    assert "killed by SIG" in found.notes[0]


def test_a_program_that_behaves_differently_under_a_pass_is_said(tolerated: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text(
        "import os, shop\nkept = shop.churn()\n"
        "harness = open(os.environ.get('RATCHET_HARNESS', os.devnull)).read()\n"
        "print(len(kept), 'ratchet_memory' in harness)\n"
        "raise SystemExit(7 if 'ratchet_counts' in harness else 0)\n"
    )

    found = tolerated("python", "bench.py")

    assert any("under the memory pass the program printed something else" in note for note in found.notes)
    assert any("counted the program ended with exit code 7, and ended with exit code 0" in note for note in found.notes)


@pytest.mark.slow
def test_both_lives_of_a_process_that_becomes_another_program_are_seen_and_counted_once(
    tolerated: ProfileRun, tree: Tree
) -> None:
    (tree.root / "bench.py").write_text(
        "import os, shop, sys\nfor _ in range(15):\n    shop.churn()\n"
        "if len(sys.argv) == 1:\n    os.execv(sys.executable, [sys.executable, 'bench.py', 'again'])\n"
    )

    found = tolerated("python", "bench.py", budget_s=0.0)

    assert 0.8 * found.time_pass.cpu_s < found.cpu_covered_s <= found.time_pass.cpu_s
    assert next(function.calls for function in found.functions if function.key.qualname == "churn") == 30


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_nearly_all_cpu_of_several_python_processes_is_covered(tolerated: ProfileRun, tree: Tree, method: str) -> None:
    (tree.root / "bench.py").write_text(
        "import multiprocessing, shop\n"
        "def work(_):\n    for _ in range(12):\n        shop.churn()\n"
        "if __name__ == '__main__':\n"
        f"    with multiprocessing.get_context('{method}').Pool(2) as pool:\n        pool.map(work, range(6))\n"
    )

    found = tolerated("python", "bench.py", budget_s=0.0)

    assert found.cpu_covered_s >= 0.95 * found.time_pass.cpu_s
    assert not any("no Python" in note for note in found.notes)


def test_cpu_of_other_programs_is_said_to_be_uncovered(tolerated: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text(
        "import shop, subprocess\nshop.churn()\n"
        "subprocess.run(['sh', '-c', 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'], check=True)\n"
    )

    found = tolerated("python", "bench.py", budget_s=0.0)

    assert any(note.startswith("CPU covered: ") and "no Python" in note for note in found.notes)


def test_plain_runs_say_whether_the_output_repeats(tree: Tree) -> None:
    command = Command(argv=("python", "bench.py"))

    first, second = plain_runs(tree, command, INTERPRETER, Processes(), count=2)

    assert first.stdout_sha256 == second.stdout_sha256
    assert first.stdout_bytes == len("40000\n")
    assert first.usage.cpu_s > 0


def test_calls_are_counted_exactly(profiled: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text(
        "import shop\nfor _ in range(3):\n    kept = shop.churn()\nshop.duplicate(kept)\nprint(len(kept))\n"
    )
    found = profiled("python", "bench.py")
    calls = {function.key.qualname: function.calls for function in found.functions}
    assert calls["churn"] == 3
    assert calls["duplicate"] == 1


def test_a_program_that_can_not_be_counted_is_profiled_all_the_same(profiled: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text(
        "import os, shop\nkept = shop.churn()\n"
        "if 'ratchet_counts' in open(os.environ.get('RATCHET_HARNESS', os.devnull)).read():\n"
        "    raise SystemExit(3)\nprint(len(kept))\n"
    )
    found = profiled("python", "bench.py")
    assert {function.calls for function in found.functions} == {None}


def test_edges_stacks_and_the_use_of_imports_come_from_their_passes(profiled: ProfileRun, tree: Tree) -> None:
    (tree.root / "bench.py").write_text(
        "import shop, xml.dom.minidom\ndef main():\n    return shop.duplicate(shop.churn())\nprint(len(main()))\n"
    )
    found = profiled("python", "bench.py")

    edges = {(edge.caller.qualname, edge.callee.qualname): edge.calls for edge in found.edges}
    assert edges["main", "churn"] == edges["main", "duplicate"] == edges["<module>", "main"] == 1
    churn = [stack for stack in found.stacks if stack.frames[-1].qualname == "churn"]
    assert sum(stack.peak_owned_bytes or 0 for stack in churn) > 2**20
    assert sum(stack.gc_s for stack in churn) > 0
    assert any(stack.library == "copy" for stack in found.stacks if stack.frames[-1].qualname == "duplicate")
    used = {module.module: module.executed for module in found.imports}
    assert (used["shop"], used["xml.dom.minidom"]) == (True, False)
    minidom = next(module for module in found.imports if module.module == "xml.dom.minidom")
    assert [(site.file, site.line) for site in minidom.importers] == [("bench.py", 1)]
