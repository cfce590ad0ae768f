import sys

import pytest

from profiling.audit.microbench import MicroBenchmark, declared, run
from profiling.context.manifest import Manifest
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree


def manifest(table):
    return Manifest(pyproject={"tool": {"optimize": {"audit": {"microbenchmarks": table}}}})


@pytest.fixture
def timed(tmp_path):
    root, scratch = tmp_path / "tree", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    (root / "shop.py").write_text("class Item:\n    pass\n")
    tree = Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=(".",))
    version = sys.version_info[:3]
    interpreter = Interpreter(executable=sys.executable, version=version)

    def time_it(benchmark):
        return run(benchmark, tree, interpreter, processes=Processes(), scratch=scratch, on_progress=lambda _: None)

    return time_it


def test_a_declaration_is_a_statement_or_setup_and_statement():
    found = declared(manifest({"append": "[].append(1)", "item": {"setup": "import shop", "statement": "shop.Item()"}}))

    assert found.benchmarks == (
        MicroBenchmark(name="append", statement="[].append(1)"),
        MicroBenchmark(name="item", statement="shop.Item()", setup="import shop"),
    )
    assert found.problems == ()


@pytest.mark.parametrize("value", [3, "", {"setup": "x = 1"}, {"statement": ["a"]}, "a\0b"])
def test_a_declaration_without_a_statement_is_a_problem_that_says_what_to_write(value):
    found = declared(manifest({"bad": value}))

    assert found.benchmarks == ()
    assert "'bad'" in found.problems[0]
    assert 'name = "statement"' in found.problems[0]


@pytest.mark.slow
def test_a_statement_is_timed_with_an_interval_where_the_project_can_be_imported(timed):
    result = timed(MicroBenchmark(name="item", setup="import shop; print('noise')", statement="shop.Item()"))

    assert result.problem == ""
    assert result.seconds is not None
    assert 0 < result.seconds.low <= result.seconds.median <= result.seconds.high < 1
    assert result.seconds.count == 6
    assert "6 processes" in result.text


def test_a_statement_that_raises_has_no_figure_but_a_reason(timed):
    result = timed(MicroBenchmark(name="bad", statement="1 / 0"))

    assert result.seconds is None
    assert "ZeroDivisionError" in result.problem
    assert "no figure" in result.text
