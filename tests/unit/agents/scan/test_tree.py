from agents.scan.finding import Heat, Level
from agents.scan.heat import Temperature
from agents.scan.tree import Scanned, rule_ids

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


def test_a_search_is_heard_where_the_source_shows_that_much_is_asked_for_and_a_profile_heat(scanned) -> None:
    assert places(scanned({"a.py": SLOW}, temperature=hot(searches=0.02))) == [
        ("search-in-loop", 5),
        ("regex-hoist", 9),
    ]
    assert places(scanned({"a.py": SLOW}, temperature=hot(searches=0.009))) == [("regex-hoist", 9)]


def test_that_a_function_is_hot_lets_nothing_be_heard_but_in_a_plan(scanned) -> None:
    heat = hot(once=0.4, searches=0.02)

    assert places(scanned({"a.py": SLOW.replace("remove(one)", "remove(one + g(one))")}, temperature=heat)) == [
        ("regex-hoist", 9)
    ]
    found = scanned({"a.py": SLOW}, temperature=heat, unproven=True)

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
