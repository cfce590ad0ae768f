from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.table import unified_targets_lines
from profiling.model import Domain, FunctionKey
from profiling.target import Target


def target(name: str = "process_records", *, file: str = "pkg/a.py", **changes: Any) -> Target:
    plain = Target(
        key=FunctionKey(file=file, first_line=3, qualname=name),
        cpu_share=0.45,
        cpu_s=4.5,
        memory_mib=0.0,
        gc_s=0.0,
        loop_s=0.0,
        import_s=0.0,
        calls=None,
        domains=(Domain.CPU,),
        interactions=(),
        actionable=True,
        uncertain=False,
    )
    return replace(plain, **changes)


def test_the_table_reads_as_specified() -> None:
    targets = [
        target(memory_mib=120.2, gc_s=0.8, domains=(Domain.CPU, Domain.MEMORY)),
        target("serialize", cpu_share=0.184),
        target("handler", cpu_share=0.004, loop_s=0.0123, domains=(Domain.ASYNC,), uncertain=True),
        target("<module>", cpu_s=0, import_s=0.0312, domains=(Domain.STRUCTURE,)),
        target("main", file="bench.py", cpu_share=0.09, actionable=False),
    ]
    assert "\n".join(unified_targets_lines(targets)) == (
        "| Function                  | CPU % | Mem MiB | GC   | Async | Domains | Priority  |\n"
        "| process_records           | 45%   | +120    | 0.8s | -     | CPU+Mem | 1 (multi) |\n"
        "| serialize                 | 18%   | -       | -    | -     | CPU     | 2         |\n"
        "| handler                   | ~<1%  | -       | -    | 12ms  | Async   | 3         |\n"
        "| pkg/a.py:3 (imports 31ms) | -     | -       | -    | -     | Import  | 4         |\n"
        "| main                      | 9%    | -       | -    | -     | CPU     | -         |\n"
        "~ uncertain: fewer than 30 samples, or use not recorded"
    )


def test_an_empty_table_says_so() -> None:
    assert unified_targets_lines([]) == ("no target: nothing is over a threshold",)


def test_twelve_rows_are_shown_and_the_rest_is_counted() -> None:
    lines = unified_targets_lines([target(f"f{index}") for index in range(15)])
    assert len(lines) == 1 + 12 + 1
    assert lines[-1] == "… 3 more"


def test_functions_of_one_name_are_told_apart_by_their_place() -> None:
    lines = unified_targets_lines([target("run"), target("run", file="pkg/b.py"), target("walk")])
    assert [line.split(" | ")[0].strip("| ") for line in lines[1:]] == ["pkg/a.py:3 run", "pkg/b.py:3 run", "walk"]


@given(st.lists(st.text(max_size=80), min_size=1, max_size=14))
def test_whatever_a_function_is_called_the_table_stays_aligned(names: list[str]) -> None:
    lines = unified_targets_lines([target(name) for name in names])
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 1 + min(len(names), 12)
    assert len({len(row) for row in rows}) == 1
    assert all(row.count("|") == 8 and row.isprintable() for row in rows)
