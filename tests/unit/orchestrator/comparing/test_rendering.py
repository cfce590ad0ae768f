import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from orchestrator.comparing import markdown, text
from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import (
    DimensionReport,
    FunctionReport,
    Report,
    Share,
    SideReport,
    WorkloadReport,
    from_json,
    standing_of,
    to_json,
)
from orchestrator.policy.code_changes import CodeChange, Kind
from profiling.model import Dimension

DOCS = Path(__file__).parents[4] / "docs" / "compare.md"
CHANGE = CodeChange(file="shop/text.py", qualname="unknown", kind=Kind.CHANGED, line_before=12, line_after=14)
UNRUN = CodeChange(file="shop/new.py", qualname="f", kind=Kind.ADDED, line_after=1)


def dimension(name: Dimension, ratio: float, standing: Standing) -> DimensionReport:
    return DimensionReport(
        dimension=name,
        base=0.5,
        head=0.5 * ratio,
        ratio=ratio,
        low=ratio - 0.02,
        high=ratio + 0.02,
        pairs=7,
        standing=standing,
        limit="lower end of the interval above 1.02x",
        decides=name is Dimension.CPU_S,
    )


def report(command: str = "python bench.py", problem: str = "") -> Report:
    function = FunctionReport(
        change=CHANGE, base=Share(self_share=0.61, self_error=0.02, total_share=0.7, calls=3), head=None
    )
    measured = WorkloadReport(
        command=command,
        standing=Standing.REGRESSED,
        reason="wall_s beyond its limit after 7 pairs",
        elapsed_s=9.0,
        dimensions=(
            dimension(Dimension.WALL_S, 1.2, Standing.REGRESSED),
            dimension(Dimension.CPU_S, 0.7, Standing.BETTER),
        ),
        functions=(function,),
    )
    return Report(
        base=SideReport(name="main", commit="a" * 40, interpreter="/usr/bin/python3", python="3.11.7"),
        head=SideReport(name="HEAD", commit="b" * 40, interpreter="/usr/bin/python3", python="3.11.7"),
        standing=Standing.REGRESSED,
        workloads=(WorkloadReport(command=command, problem=problem) if problem else measured,),
        changed=(CHANGE, UNRUN),
        environment={"processor": "A processor", "system": "Linux 6"},
        notes=("a note",),
    )


def test_the_text_is_a_table_a_workload_with_intervals_and_changed_functions() -> None:
    assert "\n".join(text.lines(report())) == snapshot(
        """\
[compare] main (aaaaaaaaaa) → HEAD (bbbbbbbbbb): regressed

workload: python bench.py
  dimension  base  head   head / base
  cpu_s*     0.5s  0.35s  0.70x [0.68, 0.72], 7 pairs  better
  wall_s     0.5s  0.6s   1.20x [1.18, 1.22], 7 pairs  regressed (limit: lower end of the interval above 1.02x)
  regressed: wall_s beyond its limit after 7 pairs
  changed functions it runs, share of CPU with what it calls outside the project, and calls:
                               base        head  calls base  head
    unknown (shop/text.py:14)  61.0% ±2.0  -     3           -
note: changed, and not seen to run: f (shop/new.py:1, added)
note: a note\
"""
    )


def test_the_markdown_says_the_same() -> None:
    assert markdown.document(report()) == snapshot(
        """\
### `main (aaaaaaaaaa)` → `HEAD (bbbbbbbbbb)`: regressed

**`python bench.py`**: regressed

| dimension | base | head | head / base | |
|---|---|---|---|---|
| **cpu_s** | 0.5s | 0.35s | 0.70x [0.68, 0.72], 7 pairs | **better** |
| wall_s | 0.5s | 0.6s | 1.20x [1.18, 1.22], 7 pairs | **regressed (limit: lower end of the interval above 1.02x)** |

wall\\_s beyond its limit after 7 pairs.

<details><summary>changed functions that it runs: 1</summary>

| function | CPU, base | CPU, head | calls, base | calls, head |
|---|---|---|---|---|
| `unknown (shop/text.py:14)` | 61.0% ±2.0 | - | 3 | - |

</details>

- a note

_CPython 3.11.7, A processor, Linux 6; measured in pairs for 9 s_
"""
    )


def test_what_could_not_be_measured_says_why() -> None:
    assert "  not measured: main has no bench.py" in text.lines(report(problem="main has no bench.py"))
    assert "> main has no bench.py" in markdown.document(report(problem="main has no bench.py"))
    assert next(text.lines(report(problem="x"))).endswith(": not measured")
    assert standing_of(report(problem="x").workloads) is Standing.UNDECIDED
    assert standing_of(()) is Standing.NO_DIFFERENCE


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_no_name_of_a_repository_gets_out_of_its_place_in_markdown(name: str) -> None:
    plain = markdown.document(report()).splitlines()
    document = markdown.document(report(command=f"x{name}y", problem="")).splitlines()
    assert len(document) == len(plain)
    assert [line.count("|") for line in document] == [line.count("|") for line in plain]
    problem = markdown.document(report(problem=f"x{name}y"))
    assert re.search(r"<(?!/?details|/?summary)", problem) is None
    assert "@\u200b" in problem or "@" not in problem


@given(st.text(max_size=40))
def test_a_report_survives_json(note: str) -> None:
    before = report(command=note or "x", problem="")
    assert from_json(to_json(before)) == before


@pytest.mark.parametrize(
    "kind", [Report, SideReport, WorkloadReport, DimensionReport, FunctionReport, Share, CodeChange]
)
def test_every_field_of_the_json_is_in_the_documentation(kind: type) -> None:
    documented = DOCS.read_text(encoding="utf-8")
    assert [name for name in kind.__slots__ if f"`{name}`" not in documented] == []  # type: ignore[attr-defined]
