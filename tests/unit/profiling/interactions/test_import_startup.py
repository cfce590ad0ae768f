from pathlib import Path
from typing import Any

import pytest

from profiling.model import Dimension
from profiling.profile import Edge, Profile
from profiling.target import InteractionKind

MIB = 1024 * 1024


def starting(make: Any, *functions: Any, mib: float = 6.0, **changes: Any) -> Profile:
    module = make.imported("pkg.tables", 0.012, **{"kept_bytes": round(mib * MIB), **changes})
    return make.profile(*functions, imports=(module,))


def test_an_import_nobody_used_that_allocates_is_an_interaction(make: Any) -> None:
    found = make.only(starting(make))
    assert (found.kind, found.key) == (InteractionKind.IMPORT_STARTUP, make.key("<module>", line=2))
    assert [(one.dimension, one.value, one.text) for one in found.evidence] == [
        (Dimension.IMPORT_S, 0.012, "12 ms of importing pkg.tables go to modules of which no function ran"),
        (Dimension.PEAK_MIB, 6.0, "these leave 6.0 MiB on the heap"),
    ]


@pytest.mark.parametrize(
    "weak",
    [
        {"total_s": 0.0049},
        {"mib": 1.9},
        {"kept_bytes": None},
        {"executed": True},
        {"executed": None},
        {"importer_file": "/lib/other.py"},
        {"importer_file": "bench.py"},
    ],
)
def test_cheap_small_used_unrecorded_or_foreign_imports_are_none(make: Any, weak: dict[str, Any]) -> None:
    assert make.found(starting(make, **weak)) == ()


def test_memory_of_what_is_used_below_is_not_its_own(make: Any) -> None:
    outer = make.imported("pkg.outer", 0.03, kept_bytes=8 * MIB)
    inner = make.imported("pkg.inner", 0.01, importer_file="pkg/outer.py", executed=True, kept_bytes=5 * MIB)
    found = make.only(make.profile(imports=(outer, inner)))
    assert [round(one.value, 3) for one in found.evidence] == [0.02, 3.0]


def test_of_nested_lines_the_outermost_is_meant(make: Any) -> None:
    outer = make.imported("pkg.outer", 0.03, self_s=0.01, kept_bytes=7 * MIB)
    inner = make.imported("pkg.tables", 0.02, importer_file="pkg/outer.py", importer_line=1, kept_bytes=6 * MIB)
    found = make.only(make.profile(imports=(outer, inner)))
    assert (found.key, found.evidence[1].value) == (make.key("<module>", line=2), 7.0)


SOURCE = """\
import other
from pkg import tables


def ran(size={default}):
    return {in_ran}


def idle():
    return tables.look_up


VALUE = {in_body}
"""


@pytest.mark.parametrize(
    ("named", "needed"),
    [
        ({}, False),
        ({"in_ran": "tables.TABLE"}, True),
        ({"in_body": "tables.TABLE"}, True),
        ({"default": "tables.SIZE"}, True),
        ({"in_body": "[lambda: tables.TABLE]"}, False),
        ({"in_ran": "other.tables"}, False),
    ],
)
def test_what_is_named_where_the_workload_passes_is_needed(
    make: Any, tmp_path: Path, named: dict[str, str], needed: bool
) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCE.format(**{"default": "1", "in_ran": "1", "in_body": "1", **named}))
    profiled = starting(make, make.function("ran", line=5, calls=1))
    assert (make.found(profiled, root=tmp_path) == ()) is needed


def test_a_function_that_only_edges_know_has_run(make: Any, tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCE.format(default="1", in_ran="1", in_body="1"))
    edge = Edge(caller=make.key("main", line=1, file="pkg/b.py"), callee=make.key("idle", line=9), calls=1)
    module = make.imported("pkg.tables", 0.012, kept_bytes=6 * MIB)
    profiled = make.profile(imports=(module,), edges=(edge,))
    assert make.found(profiled, root=tmp_path) == ()
