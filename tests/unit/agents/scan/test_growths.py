from pathlib import Path

import pytest

from agents.scan.finding import Level
from agents.scan.heat import Temperature
from agents.scan.tree import Scanned, Wanted, scan_tree
from profiling.growth import Exponent, FunctionGrowth, Growth
from profiling.model import FunctionKey, Tree

SEARCH = """\
def unique(values):
    found = []
    for value in values:
        if value not in found:
            found += [value]
"""


def scanned(folder: Path, exponent: Exponent | None, *rules: str, qualname: str = "unique") -> Scanned:
    (folder / "a.py").write_text(SEARCH)
    key = FunctionKey(file="a.py", first_line=1, qualname=qualname)
    function = FunctionGrowth(key=key, points=(), exponent=exponent)
    growth = Growth(template="bench.py {n}", points=(), exponent=None, functions=(function,))
    tree = Tree(root=folder, import_roots=(".",), packages=(), source_paths=(".",))
    return scan_tree(tree, Wanted(rules=frozenset(rules)), Temperature(growth=growth))


def test_a_suspicion_is_confirmed_where_its_function_was_measured_to_grow_steeply(tmp_path: Path) -> None:
    (found,) = scanned(tmp_path, Exponent(value=1.98, low=1.9, high=2.02)).findings

    assert (found.rule, found.line, found.level) == ("search-in-loop", 4, Level.ERROR)
    assert found.confirmed.endswith("to the power 2.0 [1.9, 2.0] (quadratic) when `bench.py {n}` was scaled")


@pytest.mark.parametrize(
    "exponent", [Exponent(value=1.02, low=0.95, high=1.1), Exponent(value=1.3, low=0.9, high=1.7), None]
)
def test_one_that_is_not_confirmed_is_heard_by_name_alone(tmp_path: Path, exponent: Exponent | None) -> None:
    assert scanned(tmp_path, exponent).findings == ()
    (found,) = scanned(tmp_path, exponent, "search-in-loop").findings
    assert not found.confirmed
    assert bool(found.refuted) is (exponent is not None and exponent.high < 1.3)


def test_what_another_function_does_says_nothing(tmp_path: Path) -> None:
    assert scanned(tmp_path, Exponent(value=2.0, low=1.9, high=2.1), qualname="other").findings == ()
