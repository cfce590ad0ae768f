import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from profiling.audit.contamination import StrayException
from profiling.audit.harness_run import MeasuredCost
from profiling.audit.microbench import MicroBenchmark, MicroResult
from profiling.audit.model import CallSite, FunctionNode, Tier
from profiling.audit.render.document import as_document
from profiling.audit.render.markdown import render_markdown
from profiling.audit.render.overview import overview
from profiling.audit.render.summary import (
    render_candidates,
    render_errors,
    render_micro_benchmarks,
    render_summary,
)
from profiling.audit.render.text import amount, code
from profiling.audit.render.tree import LEGEND, render_tree
from profiling.audit.report import Audit

NASTY = "`|</td><script>\n# a\x1b[31m\u202e*_[x](y)\ud800 ~~~~~~ \\|"
names = st.one_of(st.text(max_size=30), st.text(alphabet="`|\\<>&*_[]()#\n~$", max_size=12))


def test_a_tree_opens_every_function_once_with_its_costs_and_marks(audit: Audit) -> None:
    profile = audit.actions[0]

    first, legend, *tree = render_tree(profile, audit.shapes, "wide code path")

    assert legend == LEGEND
    assert [first, *tree] == snapshot(
        [
            "main: 3 functions, load 150k, 1 calls with unknown targets  [wide code path]",
            "shop.app.main  shop/app.py:3  [code path]",
            "├─ = self.history attr_write line 5",
            "├─ ? handler(x) line 7: unknown receiver",
            "├─ x3 shop.app.load  shop/app.py:3  load 150k",
            "│  ├─ ! open file_io 50k line 4",
            "│  └─ shop.app.main (above)",
            "└─ shop.app.save  shop/app.py:3  load 150",
            "   ├─ $ json.dumps json_io 150 line 9",
            "   └─ shop.app.load (above)",
        ]
    )


def test_a_tree_as_deep_as_a_program_can_call_is_drawn(
    audit: Audit, node: Callable[..., FunctionNode], call: Callable[..., CallSite]
) -> None:
    chain = tuple(node(f"f{place}", call(f"f{place + 1}")) for place in range(5000))
    profile = replace(audit.actions[0], functions=chain, action=replace(audit.actions[0].action, entry_points=("f0",)))

    assert sum("f4999" in line for line in render_tree(profile)) == 1


def test_a_page_tells_loads_operations_findings_and_what_is_unknown(audit: Audit) -> None:
    measured = [
        MeasuredCost(
            function="shop.app.load", estimated=150_000.0, cpu_self_s=0.0123, cpu_total_s=0.02, calls=7, samples=12
        )
    ]
    page = "\n".join(render_markdown(audit.actions[0], audit.findings, measured))

    assert "| `shop.app.load` | `shop/app.py:3` | 150k | 100% |" in page
    assert "| `open` | file_io | 500 | 50k ! | `shop.app.load:4` |" in page
    assert "| `json.dumps` | json_io | ? | 150 | `shop.app.save:9` |" in page
    assert "| `shop.app.load` | 150k | ~12.3 ms, 12 samples | 7 |" in page
    assert "**redundancy** at `shop/app.py:4`" in page
    assert "unknown receiver: 1" in page
    assert "`open` of `path`, 2 times" in page
    assert "```mermaid\nflowchart LR" in page


def test_a_candidate_has_its_cost_reduction_effort_and_priority(audit: Audit) -> None:
    page = "\n".join(render_candidates(audit))

    assert "| 150k | at most 50% | low | high |" in page
    assert "main: 1 call of unknown target among 3 functions" in page
    assert "`broken.py` could not be read" in page


def test_the_summary_counts_calls_by_how_sure_they_are(audit: Audit) -> None:
    page = "\n".join(render_summary(audit))

    assert "6 call sites. By how the target was found: exact 3, flow 1, external 1." in page
    assert "1 call not resolved, by reason: unknown receiver 1." in page
    assert "[main](actions/main.md) | 150k | 3 | 1 | 1 | 1 |" in page
    assert "not fitted to this machine" in page


def test_rows_that_are_left_out_are_counted(audit: Audit) -> None:
    found = replace(audit, problems=audit.problems * 80)

    assert "30 more: in call_graph.dsl" in "\n".join(render_errors(found))


def test_an_exception_during_a_measurement_is_written_down_with_its_mark(audit: Audit) -> None:
    stray = StrayException(
        kind="thread", thread="worker-1", type="ValueError", message="no", frames=(("a.py", 3, "run"),), pid=7
    )
    page = "\n".join(render_errors(replace(audit, stray=(stray,))))

    assert "INSTRUMENTATION_CONTAMINATED" in page
    assert "worker-1" in page
    assert 'File "a.py", line 3, in run' in page
    assert "calibrate again" in page


def test_a_micro_benchmark_without_a_figure_says_why(audit: Audit) -> None:
    failed = MicroResult(
        benchmark=MicroBenchmark(name="lock", statement="l.acquire()"), seconds=None, problem="exit code 1"
    )
    page = "\n".join(render_micro_benchmarks(replace(audit, micro_benchmarks=(failed,))))

    assert "| `lock` | `pass` | `l.acquire()` | no figure: exit code 1 |" in page


def test_the_overview_fits_on_a_screen_and_says_what_is_left_out(audit: Audit) -> None:
    lines = list(overview(replace(audit, findings=audit.findings * 20, actions=audit.actions * 30)))

    assert len(lines) < 40
    assert any("and 12 more candidates" in line for line in lines)
    assert any("and 15 more actions" in line for line in lines)


def test_the_document_holds_what_the_specification_names(audit: Audit) -> None:
    (action,) = json.loads(json.dumps(as_document(audit)))["actions"]

    assert {"expensive_ops", "state_mutations", "redundancy", "pipelining_candidates", "mermaid", "markdown"} <= set(
        action
    )
    assert action["total_load_estimate"] == 150_150.0
    assert action["redundancy"][0]["count"] == 2
    assert action["unresolved_calls"] == [
        {"caller": "shop.app.main", "call": "handler(x)", "line": 7, "reason": "unknown receiver"}
    ]


def pages(audit: Audit) -> Iterator[str]:
    profile = audit.actions[0]
    yield from render_summary(audit)
    yield from render_candidates(audit)
    yield from render_errors(audit)
    yield from render_markdown(profile, audit.findings)
    yield from render_tree(profile, audit.shapes)
    yield from overview(audit)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names)
@example(name=NASTY)
@example(name="")
def test_no_name_breaks_out_of_its_line_or_hides_what_it_is(named: Callable[[str], Audit], name: str) -> None:
    for line in pages(named(name)):
        assert "\n" not in line
        assert line.isprintable()
        assert line.encode().decode() == line


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names)
@example(name=NASTY)
def test_no_name_adds_a_cell_to_a_table(named: Callable[[str], Audit], name: str) -> None:
    audit = named(name)
    columns = None
    for line in (*render_summary(audit), *render_candidates(audit), *render_markdown(audit.actions[0])):
        if not line.startswith("|"):
            columns = None
            continue
        # A border counts unless a backslash stands before it.
        cells = line.replace("\\\\", "").replace("\\|", "").count("|")
        columns = columns or cells
        assert cells == columns, line


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names)
@example(name="<script>alert(1)</script>")
def test_no_name_is_taken_for_html_in_a_page(named: Callable[[str], Audit], name: str) -> None:
    audit = named(name)
    for line in (*render_summary(audit), *render_candidates(audit), *render_errors(audit)):
        outside_code = re.sub(r"`[^`]*`|\\.|</?code>", "", line)
        assert "<" not in outside_code


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(0.0, "0"), (1.0, "1"), (12.34, "12"), (999.6, "1k"), (1234.0, "1.2k"), (50_000.0, "50k"), (1.5e6, "1.5M")],
)
def test_an_estimate_has_two_digits(weight: float, shown: str) -> None:
    assert amount(weight) == shown
    assert amount(1e18)
    assert amount(float("inf"))


def test_code_with_a_backtick_is_still_code() -> None:
    assert code("a`b|c") == "<code>a&#96;b&#124;c</code>"
    assert code("plain.name") == "`plain.name`"


def test_an_action_with_nothing_known_has_a_page(audit: Audit) -> None:
    empty = replace(
        audit.actions[0], functions=(), depth={}, expensive_ops={}, state_mutations={}, load={}, total_load=0.0
    )
    assert "0 functions" in "\n".join(render_markdown(empty))
    assert Tier.EXACT in Tier
