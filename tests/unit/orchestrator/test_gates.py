from pathlib import Path

from orchestrator.gates import module_names, tally_of
from orchestrator.ledger.record import TestTally
from profiling.behaviour.tests import Outcome, TestOutcomes
from profiling.model import RunUsage, Tree

USAGE = RunUsage(wall_s=1, cpu_s=1, max_rss_mib=1, exit_code=0)


def outcomes(**by_test: Outcome) -> TestOutcomes:
    return TestOutcomes(by_test=by_test, usage=USAGE, runner="pytest", timed_out=False, tail="", origins={})


def test_changed_files_are_imported_under_the_names_the_project_uses() -> None:
    tree = Tree(root=Path("/r"), import_roots=("src",), packages=("pkg",), source_paths=("src/pkg",))
    files = ("src/pkg/__init__.py", "src/pkg/sub/mod.py", "src/pkg/__main__.py", "scripts/run.py")
    assert module_names(files, tree) == ("pkg", "pkg.sub.mod")


def test_modules_at_the_root_are_imported_by_their_own_name() -> None:
    tree = Tree(root=Path("/r"), import_roots=(".",), packages=("mod",), source_paths=("mod.py",))
    assert module_names(("mod.py",), tree) == ("mod",)


def test_the_nearest_import_root_names_a_module() -> None:
    tree = Tree(root=Path("/r"), import_roots=(".", "src"), packages=(), source_paths=("tool.py", "src/pkg"))
    assert module_names(("tool.py", "src/pkg/mod.py"), tree) == ("tool", "pkg.mod")


def test_only_a_failure_of_the_same_test_counts_as_one_from_before() -> None:
    before = outcomes(a=Outcome.FAILED, b=Outcome.PASSED, c=Outcome.ERROR)
    after = outcomes(a=Outcome.FAILED, b=Outcome.FAILED, c=Outcome.PASSED, d=Outcome.SKIPPED)
    assert tally_of(before, after) == TestTally(passed=1, failed=2, failed_before=1)
