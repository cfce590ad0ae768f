import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.collect.unified import NothingExercised, WorkloadError, plain_runs, profile
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile

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


def test_a_workload_that_keeps_the_profiler_out_is_refused_by_its_flag(profiled: ProfileRun) -> None:
    with pytest.raises(NothingExercised, match="leave -I away"):
        profiled("python", "-I", "-c", "import sys; sys.path.insert(0, '.'); import shop")


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
