from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.imports import import_lines
from profiling.profile import ImportProfile


def imported(module: str, total_s: float, line: int | None = 3, **changes: Any) -> ImportProfile:
    given_ = {
        "module": module,
        "file": f"/lib/{module.replace('.', '/')}.py",
        "self_s": total_s,
        "total_s": total_s,
        "importer_file": "pkg/a.py",
        "importer_line": line,
        "executed": False,
        **changes,
    }
    return ImportProfile(**given_)


def test_a_line_costs_what_its_unused_modules_cost() -> None:
    (line,) = import_lines([imported("yaml", 0.02), imported("json", 0.01), imported("re", 0.5, executed=True)])
    assert (line.file, line.line, line.modules, line.recorded) == ("pkg/a.py", 3, ("re", "yaml", "json"), True)
    assert line.unused_s == pytest.approx(0.03)


def test_a_package_is_not_counted_beside_its_own_module() -> None:
    (line,) = import_lines([imported("xml", 0.01), imported("xml.sax", 0.03)])
    assert line.unused_s == pytest.approx(0.03)


def test_what_ran_below_an_unused_module_is_not_saved() -> None:
    package = imported("yaml", 0.05)
    used = imported("yaml.reader", 0.02, 1, importer_file="/lib/yaml.py", executed=True)
    lines = {line.file: line for line in import_lines([package, used])}
    assert lines["pkg/a.py"].unused_s == pytest.approx(0.03)
    assert lines["/lib/yaml.py"].unused_s == 0.0


def test_use_that_was_not_recorded_counts_as_unused_and_is_said() -> None:
    (line,) = import_lines([imported("yaml", 0.05, executed=None)])
    assert (line.unused_s, line.recorded) == (0.05, False)


def test_modules_without_an_importing_line_have_none() -> None:
    assert import_lines([imported("site", 0.05, None, importer_file=None)]) == ()


def test_costlier_lines_come_first() -> None:
    lines = import_lines([imported("a", 0.01, 1), imported("b", 0.02, 2)])
    assert [line.line for line in lines] == [2, 1]


def test_a_chain_of_any_length_and_a_circle_end() -> None:
    chain = [imported(f"m{n}", 1.0, 1, file=f"m{n}.py", importer_file=f"m{n - 1}.py") for n in range(1200)]
    circle = [
        imported("a", 1.0, 1, file="a.py", importer_file="b.py"),
        imported("b", 1.0, 1, file="b.py", importer_file="a.py"),
    ]
    assert len(import_lines(chain)) == 1200
    assert [line.unused_s for line in import_lines(circle)] == [1.0, 1.0]


NAMES = st.sampled_from(["a", "a.b", "a.b.c", "d", "d.e"])
MODULES = st.builds(
    imported,
    NAMES,
    st.floats(0, 1),
    st.integers(1, 3) | st.none(),
    file=st.none() | st.sampled_from(["a.py", "b.py"]),
    importer_file=st.none() | st.sampled_from(["a.py", "b.py"]),
    executed=st.none() | st.booleans(),
)


@given(st.lists(MODULES, max_size=8))
def test_no_line_saves_more_than_its_modules_took(modules: list[ImportProfile]) -> None:
    for line in import_lines(modules):
        took = sum(one.total_s for one in modules if (one.importer_file, one.importer_line) == (line.file, line.line))
        assert 0 <= line.unused_s <= took + 1e-9
