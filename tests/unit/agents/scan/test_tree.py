import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.scan import baseline, sarif
from agents.scan.finding import CodeFinding, Effort, Heat, Level
from agents.scan.heat import Temperature
from agents.scan.standing import Standing
from agents.scan.tree import Scanned, Wanted, rule_ids, scan_tree
from profiling.model import FunctionKey, Tree

SLOW = """import re

def searches(items: list, wanted):
    for one in wanted:
        items.remove(one)

def matches(lines):
    for line in lines:
        if re.match("[a-z]+[0-9]", line):
            yield line

def once(line):
    return re.match("[a-z]+[0-9]", line)
"""


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[..., Scanned]:
    def scan(
        files: dict[str, str], *rules: str, temperature: Temperature | None = None, paths=(), unproven: bool = False
    ) -> Scanned:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
        wanted = Wanted(rules=frozenset(rules), paths=tuple(paths), unproven=unproven)
        return scan_tree(tree, wanted, temperature or Temperature())

    return scan


def places(found: Scanned) -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in found.findings]


def hot(**shares: float) -> Temperature:
    return Temperature(shares={("a.py", name): share for name, share in shares.items()}, is_known=True)


def test_rules_and_recipes_are_heard_in_loops_and_the_rest_waits_for_a_profile(scanned) -> None:
    found = scanned({"a.py": SLOW})

    assert places(found) == [("regex-hoist", 9)]
    assert found.waiting > 1
    assert {one.level for one in found.findings} == {Level.WARNING}
    assert (found.files, found.lines) == (1, 13)


def test_rules_that_were_not_found_precise_are_heard_in_a_plan(scanned) -> None:
    assert places(scanned({"a.py": SLOW}, unproven=True)) == [("search-in-loop", 5), ("regex-hoist", 9)]


def test_a_profile_brings_the_hot_first_and_lets_what_is_hot_outside_of_loops_be_heard(scanned) -> None:
    found = scanned({"a.py": SLOW}, temperature=hot(once=0.4, searches=0.02))

    heard = [one for one in found.findings if one.rule in {"regex-hoist", "search-in-loop"}]
    assert [(one.line, one.heat, one.level) for one in heard] == [
        (13, Heat.HOT, Level.ERROR),
        (5, Heat.HOT, Level.WARNING),
        (9, Heat.COLD, Level.NOTE),
    ]
    assert "(40% of the workload's CPU time)" in heard[0].message


def test_a_rule_that_is_named_is_heard_wherever_it_finds_something_and_no_other_is(scanned) -> None:
    assert places(scanned({"a.py": SLOW}, "regex-hoist")) == [("regex-hoist", 9), ("regex-hoist", 13)]
    assert {"regex-hoist", "search-in-loop", "yaml-loader"} <= set(rule_ids())


def test_a_comment_on_the_line_silences_its_rule_or_all(scanned) -> None:
    silent = SLOW.replace("items.remove(one)", "items.remove(one)  # optimize: ignore[search-in-loop]")
    other = SLOW.replace("items.remove(one)", "items.remove(one)  # optimize: ignore[regex-hoist]")
    everything = SLOW.replace("items.remove(one)", "items.remove(one)  # optimize: ignore")

    assert [scanned({"a.py": text}, "search-in-loop").ignored for text in (silent, other, everything)] == [1, 0, 1]


def test_only_the_paths_that_were_named_are_scanned(scanned) -> None:
    files = {"one/a.py": SLOW, "other/a.py": SLOW}

    assert {one.key.file for one in scanned(files, paths=["one"]).findings} == {"one/a.py"}
    assert {one.key.file for one in scanned(files, paths=["other/a.py"]).findings} == {"other/a.py"}
    assert len(scanned(files, paths=["."]).findings) == 2


def test_a_file_that_does_not_parse_is_told_and_costs_no_other(scanned) -> None:
    found = scanned({"a.py": SLOW, "broken.py": "def ("})

    assert [file for file, _ in found.unreadable] == ["broken.py"]
    assert found.findings


def test_a_fingerprint_outlives_lines_that_move_and_tells_alike_lines_apart(scanned) -> None:
    text = "def f(a, cursor):\n    for x in a:\n        cursor.execute(x)\n        cursor.execute(x)\n"
    before = scanned({"a.py": text}, "query-in-loop").findings
    after = scanned({"a.py": f"# moved\n\n{text}"}, "query-in-loop").findings

    assert len({one.fingerprint for one in before}) == 2
    assert [one.fingerprint for one in after] == [one.fingerprint for one in before]
    assert [one.line for one in after] == [5, 6]


def finding(text: str, line: int = 3) -> CodeFinding:
    return CodeFinding(
        rule="search-in-loop",
        title="A list is searched",
        key=FunctionKey(file="a b/ä.py", first_line=1, qualname="f"),
        line=line,
        text=text,
        seen=text,
        action="keep a dict",
        confirm="trips",
        effort=Effort.LINES,
        heat=Heat.HOT,
        share=0.25,
        standing=Standing(depth=1),
        level=Level.ERROR,
    )


@given(texts=st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), max_size=5))
def test_a_baseline_knows_exactly_what_was_written_into_it(tmp_path_factory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("known") / "baseline.json"
    findings = [finding(text) for text in texts]
    path.write_text(baseline.render(findings), encoding="utf-8")

    assert baseline.read(path) == {one.fingerprint for one in findings}


@given(content=st.binary(max_size=80))
def test_no_file_breaks_the_reading_of_a_baseline(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("broken") / "baseline.json"
    path.write_bytes(content)

    with pytest.raises(baseline.BadBaseline, match="is no baseline"):
        baseline.read(path)


@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_sarif_names_every_rule_once_and_every_result_by_its_place(texts: list[str]) -> None:
    log = json.loads(sarif.document([finding(text) for text in texts], "1.2.3"))

    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["search-in-loop"] * bool(texts)
    for result, text in zip(run["results"], texts, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"note", "warning", "error"}
        assert place["artifactLocation"] == {"uri": "a%20b/%C3%A4.py", "uriBaseId": "SRCROOT"}
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"] == {"optimize/v1": finding(text).fingerprint}
        assert re.fullmatch("[0-9a-f]{20}", result["partialFingerprints"]["optimize/v1"])


def test_sarif_leaves_out_what_code_scanning_would_and_says_how_many() -> None:
    log = json.loads(sarif.document([finding(str(number)) for number in range(5003)], "1"))

    assert len(log["runs"][0]["results"]) == 5000
    assert log["runs"][0]["properties"] == {"findings": 5003, "leftOut": 3}
