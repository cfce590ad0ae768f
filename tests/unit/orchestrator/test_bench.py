import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import Answer, Checklist, Edit, Patch, Proposal
from agents.specialists.setup import Setup
from orchestrator.bench import WorktreeBench
from orchestrator.gates import Failed, Passed, Step
from orchestrator.policy.verdict import Reason
from profiling.behaviour.tests import TestOutcomes, run_tests
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Domain, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import FunctionProfile

TEXT = "def double(x):\n    return x + x\n"
TESTS = """import unittest
from pkg import double


class Pkg(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual(double(2), 4)

    def test_words(self):
        self.assertEqual(double("ab"), "abab")
"""
KEY = FunctionKey(file="pkg.py", first_line=1, qualname="double")
INTERPRETER = Interpreter(executable=sys.executable, version=(3, 11, 0))


@dataclass
class FakeGates:
    """Gates that pass, but for one."""

    failing: Step | None = None
    ran: list[str] = field(default_factory=list)

    def run(self, setup: Setup, draft: Any, tree: Tree, *, output_repeatable: bool) -> Iterator[Step]:
        for name in ("scope", "syntax", "patch", "conduct", "import", "prescreen", "tests", "output"):
            self.ran.append(name)
            if self.failing is not None and self.failing.gate == name:
                yield self.failing
                return
            yield Step(gate=name, outcome=Passed(detail=f"{name} is fine"))


@dataclass
class FakeDraft:
    proposal: Proposal
    key: str = "k1"
    base_commit: str = "c"
    base_tree: str = "t"
    interactions: tuple[str, ...] = ()


@dataclass
class Known:
    key: str


@dataclass
class Workplace:
    """Stands in for checkouts, observer and recorder: real folders, a real interpreter."""

    folder: Path
    tree: Tree
    processes: Processes = field(default_factory=Processes)
    tried: tuple[Known, ...] = ()

    @property
    def layout(self) -> "Workplace":
        return self

    def say(self, text: str) -> None:
        assert text

    @property
    def work(self) -> Path:
        return self.folder

    def work_at(self, commit: str) -> Path:
        root = self.folder / "work"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.tree.root, root)
        return root

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        yield Path(tempfile.mkdtemp(dir=self.folder))

    def tests_before(self, setup: Setup, commit: str, tree_id: str) -> TestOutcomes:
        assert setup.tests is not None
        with self.scratch() as scratch:
            return run_tests(setup.tests, self.tree, INTERPRETER, self.processes, scratch)

    def records(self) -> tuple[Known, ...]:
        return self.tried


def bench_of(workplace: Workplace, gates: FakeGates | None = None, tests: Command | None = None) -> WorktreeBench:
    setup = Setup(
        tree=workplace.tree,
        interpreter=INTERPRETER,
        package_manager="",
        tests=tests,
        workload=None,
        workload_candidates=(),
        documents=(),
        speed_dependencies=(),
        tools=(),
        problems=(),
        fingerprint="",
    )
    anything: Any = workplace
    return WorktreeBench(
        setup=setup,
        tree=workplace.tree,
        begin=FakeDraft,  # type: ignore[arg-type]
        checkouts=anything,
        observer=anything,
        gates=gates or FakeGates(),  # type: ignore[arg-type]
        processes=workplace.processes,
        recorder=anything,
    )


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "pkg.py").write_text(TEXT)
    (root / "test_pkg.py").write_text(TESTS)
    folder = tmp_path / "folder"
    folder.mkdir()
    tree = Tree(root=root, import_roots=(".",), packages=("pkg",), source_paths=("pkg.py",))
    return Workplace(folder=folder, tree=tree)


def fix(new: str, file: str = "pkg.py", old: str = "x + x") -> Proposal:
    answer = Answer(text="less work; cpu_s decides", evidence="profile: 40%")
    return Proposal(
        source="claude:cpu",
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        key=KEY,
        summary="double otherwise",
        mechanism="It does less.",
        patch=Patch(edits=(Edit(file=file, start=TEXT.index("x + x"), old=old, new=new),)),
        expected={},
        risk="none",
        checklist=Checklist(**dict.fromkeys(Checklist.__dataclass_fields__, answer)),
    )


PYTEST = Command(argv=("python", "-m", "pytest", "-q", "test_pkg.py"), env=(("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),))
UNITTEST = Command(argv=("python", "-m", "unittest", "test_pkg"))


def test_files_that_judge_and_fixes_that_were_tried_are_objected_to(workplace: Workplace) -> None:
    bench = bench_of(workplace)
    assert bench.objection(fix("2 * x")) == ""
    assert "judges the change" in bench.objection(fix("2", file="test_pkg.py"))
    assert "outside the repository" in bench.objection(fix("2", file="../pkg.py"))
    workplace.tried = (Known(key="k1"),)
    assert "was tried on this base" in bench.objection(fix("2 * x"))


def test_reasons_that_are_no_hypothesis_are_objected_to(workplace: Workplace) -> None:
    unsure = replace(fix("2 * x").checklist, mechanism=Answer(text="perhaps it is less work", evidence="read_file"))
    said = bench_of(workplace).objection(replace(fix("2 * x"), checklist=unsure))
    assert said.startswith("checklist.mechanism: 'perhaps it is less work' is no clear hypothesis: look deeper")


def test_lines_are_timed_in_one_more_run_of_the_unchanged_workload(workplace: Workplace) -> None:
    (workplace.tree.root / "bench.py").write_text("from pkg import double\nfor n in range(2000): double(n)\n")
    bench = bench_of(workplace)
    bench = replace(bench, setup=replace(bench.setup, workload=Command(argv=("python", "bench.py"))))
    usage = RunUsage(wall_s=0.1, cpu_s=0.1, max_rss_mib=10.0, exit_code=0)
    profile: Any = SimpleNamespace(baseline=(usage,), timed_out=False)
    said = bench.line_times(FunctionProfile(key=KEY, cpu_self_s=0.1), profile)
    assert re.search(r"^2\t\d+\.\d%\t2,000 times\treturn x \+ x$", said, re.MULTILINE), said
    assert "compare lines within a function" in said


def test_signs_of_gaming_are_no_objection_so_that_nobody_learns_to_hide_them(workplace: Workplace) -> None:
    gates = FakeGates(Step(gate="patch", outcome=Failed(reason=Reason.GAMING_SUSPECTED, detail="reads the clock")))
    bench = bench_of(workplace, gates, PYTEST)
    assert bench.objection(fix("2 * x")) == ""
    for said in (bench.prescreen(fix("2 * x")), bench.run_tests(fix("2 * x"), ())):
        assert said == "refused: it looks like gaming the measurement"


def test_the_prescreen_goes_through_the_gates_before_it_and_no_further(workplace: Workplace) -> None:
    gates = FakeGates()
    assert bench_of(workplace, gates).prescreen(fix("2 * x")) == "prescreen is fine"
    assert gates.ran == ["scope", "syntax", "patch", "conduct", "import", "prescreen"]
    failing = FakeGates(Step(gate="import", outcome=Failed(reason=Reason.IMPORT_FAILED, detail="no such module")))
    said = bench_of(workplace, failing).prescreen(fix("2 * x"))
    assert said == "refused at the gate `import` (import_failed): no such module"


def test_a_fix_that_does_not_apply_is_not_run(workplace: Workplace) -> None:
    gates = FakeGates()
    assert "does not apply" in bench_of(workplace, gates).prescreen(fix("2", old="y + y"))
    assert gates.ran == []


@pytest.mark.parametrize(
    ("new", "names", "said"),
    [
        ("2 * x", (), "2 of 2 tests passed"),
        ("4", ("numbers",), "1 of 1 tests passed"),
        ("4", ("words",), "worse than before: test_pkg.Pkg.test_words: failed"),
        ("2 * x", ("colours",), "no test is named like colours"),
    ],
)
def test_what_became_of_the_tests_named_is_told(
    workplace: Workplace, new: str, names: tuple[str, ...], said: str
) -> None:
    assert said in bench_of(workplace, tests=UNITTEST).run_tests(fix(new), names)
    assert (workplace.tree.root / "pkg.py").read_text() == TEXT


def test_pytest_is_asked_for_the_tests_named_alone(workplace: Workplace) -> None:
    told = bench_of(workplace, tests=PYTEST).run_tests(fix("4"), ("words",))
    assert "worse than before: test_pkg.py::Pkg::test_words: failed" in told
    assert "1 failed" in told
    assert "1 passed" not in told


def test_without_tests_there_is_nothing_to_run_or_to_show(workplace: Workplace) -> None:
    assert bench_of(workplace).run_tests(fix("2 * x"), ()) == "there are no tests"
    assert bench_of(workplace).samples(KEY) == ()


def test_samples_are_calls_of_the_tests_and_leave_nothing_behind(workplace: Workplace) -> None:
    before = set(workplace.folder.iterdir())
    samples = bench_of(workplace, tests=UNITTEST).samples(KEY)
    assert any("2" in one for one in samples)
    assert any("'ab'" in one for one in samples)
    assert set(workplace.folder.iterdir()) == before


def test_tests_that_do_not_end_are_said_to(workplace: Workplace) -> None:
    (workplace.tree.root / "pkg.py").write_text(TEXT)
    bench = bench_of(workplace, tests=UNITTEST)
    slow = replace(bench, setup=replace(bench.setup, tests=replace(UNITTEST, timeout_s=3.0)))
    hangs = "[x for _ in iter(int, 1)] if isinstance(x, int) else x + x"
    assert "did not end" in slow.run_tests(fix(hangs), ())
