from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.scan import baseline, tree
from agents.scan.finding import CodeFinding
from agents.scan.model import Rule
from agents.scan.tree import Scanned
from tests.fakes.findings import finding

SHOP = """import re

def sell(names, cursor, lines):
    for name in names:
        cursor.execute("INSERT INTO sold VALUES (?)", name)
        cursor.execute("UPDATE stock SET sold = sold + 1 WHERE name = ?", name)
    for line in lines:
        if re.match("[a-z]+[0-9]", line):
            yield line
"""
HEARD = ("query-in-loop", "regex-hoist")

Scan = Callable[..., Scanned]


@pytest.fixture
def known(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scanned], frozenset[str]]:
    """Return what writes a scan's findings into a baseline and reads it."""
    path = tmp_path_factory.mktemp("known") / "baseline.json"

    def write_and_read(found: Scanned) -> frozenset[str]:
        path.write_text(baseline.render(found.findings), encoding="utf-8")
        return baseline.read(path)

    return write_and_read


def fresh(found: Scanned, names: frozenset[str]) -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in found.findings if names.isdisjoint(one.names)]


@pytest.mark.parametrize(
    "later",
    [
        f"# moved\n\n\n{SHOP}",
        SHOP.replace("    for name in names:\n", "    print(lines)\n    for name in names:\n"),
        SHOP.replace("        cursor", "            cursor").replace(
            "for name in names:\n", "for name in names:\n        if name:\n"
        ),
        SHOP + "\n\ndef other():\n    return 1\n",
    ],
)
def test_lines_that_move_stay_known(scanned: Scan, known: Callable[[Scanned], frozenset[str]], later: str) -> None:
    names = known(scanned({"a.py": SHOP}, *HEARD))

    assert len(names) == 3
    assert fresh(scanned({"a.py": later}, *HEARD), names) == []


def test_of_findings_that_come_above_in_the_same_function_these_alone_are_new(
    scanned: Scan, known: Callable[[Scanned], frozenset[str]]
) -> None:
    names = known(scanned({"a.py": SHOP}, *HEARD))
    above = "        cursor.execute(name)\n"
    another = SHOP.replace("    for name in names:\n", f"    for name in names:\n{above}")
    first = SHOP.splitlines()[4]
    alike = SHOP.replace(first, f"{first}\n{first}")

    assert fresh(scanned({"a.py": another}, *HEARD), names) == [("query-in-loop", 5)]
    assert len(fresh(scanned({"a.py": alike}, *HEARD), names)) == 1


def test_other_words_of_the_rules_are_no_other_findings(
    scanned: Scan, known: Callable[[Scanned], frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = known(scanned({"a.py": SHOP}, *HEARD))
    plain = tree._of_remark

    def reworded(*given: object) -> CodeFinding:
        return replace(plain(*given), title="Other", action="other", confirm="other", seen="other")

    monkeypatch.setattr(tree, "_of_remark", reworded)
    found = scanned({"a.py": SHOP}, *HEARD)

    assert "Other" in {one.title for one in found.findings}
    assert fresh(found, names) == []


def test_the_order_of_files_and_what_else_is_scanned_change_no_name(
    scanned: Scan, known: Callable[[Scanned], frozenset[str]]
) -> None:
    names = known(scanned({"b.py": SHOP, "c.py": SHOP}, *HEARD))
    found = scanned({"c.py": SHOP, "a.py": SHOP, "b.py": SHOP}, *HEARD)

    assert {one.key.file for one in found.findings if names.isdisjoint(one.names)} == {"a.py"}
    assert fresh(scanned({}, *HEARD, paths=["b.py"]), names) == []


def test_a_rule_that_is_added_makes_no_other_finding_new(
    scanned: Scan, known: Callable[[Scanned], frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = known(scanned({"a.py": SHOP}))
    (asking,) = [rule for rule in tree.RULES if rule.id == "query-in-loop"]
    added = replace(asking, id="added")
    rules: tuple[Rule, ...] = (added, *tree.RULES)
    monkeypatch.setattr("agents.scan.advice.RULES", rules)

    assert fresh(scanned({"a.py": SHOP}), names) == []
    assert {rule for rule, _ in fresh(scanned({"a.py": SHOP}, "added", "regex-hoist"), names)} == {"added"}


def test_what_a_recipe_says_in_the_stead_of_a_rule_is_known_by_the_name_of_either(
    scanned: Scan, known: Callable[[Scanned], frozenset[str]]
) -> None:
    loop = "    for word in words:\n        if word not in names:\n            names.append(word)\n"
    text = f"def f(words):\n    names = []\n{loop}    return names\n"
    by_rule = scanned({"a.py": text}, "search-in-loop")
    by_recipe = scanned({"a.py": text}, "unique-list")

    assert [one.rule for one in by_rule.findings] == ["search-in-loop"]
    assert [one.rule for one in by_recipe.findings] == ["unique-list"]
    assert (fresh(by_recipe, known(by_rule)), fresh(by_rule, known(by_recipe))) == ([], [])


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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ('{"version": 2, "findings": [], "more": 1}', "is of version 2, this program reads 1: a newer one wrote it"),
        ('{"version": 0, "findings": []}', "is no baseline: version"),
        ('{"findings": []}', "is no baseline: version: Field required"),
        ('{"version": 1, "findings": [{}]}', "is no baseline: findings.0.fingerprint: Field required"),
        ('{"version": 1, "findings"', "Invalid JSON"),
        ("[" * 100_000, "Invalid JSON"),
    ],
)
def test_a_baseline_that_cant_be_read_says_why(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(content)

    with pytest.raises(baseline.BadBaseline, match=said):
        baseline.read(path)
    with pytest.raises(baseline.BadBaseline, match="can't be read"):
        baseline.read(tmp_path)
