"""`optimize scan` with the real command on a real repository."""

import json
from pathlib import Path

import pytest

from tests.integration.conftest import git


def test_findings_are_listed_new_ones_fail_and_known_ones_do_not(shop: Path, optimize) -> None:
    scan = ("scan", "-C", str(shop), "--rule", "set-membership", "--rule", "search-in-loop")
    first = optimize(*scan)
    known = optimize(*scan, "--write-baseline", str(shop / "known.json"))
    same = optimize(*scan, "--baseline", str(shop / "known.json"), "--fail-on", "warning")
    text = shop / "shop" / "text.py"
    text.write_text(
        text.read_text() + "\n\ndef gone(words: list, known):\n    for word in known:\n        words.remove(word)\n"
    )
    new = optimize(*scan, "--baseline", str(shop / "known.json"), "--fail-on", "warning", "--json")

    assert first.code == known.code == same.code == 0, first.err + known.err + same.err
    assert "shop/text.py:17: warning: Probe a set instead of scanning a list [set-membership] (unknown)" in first.out
    assert "known to the baseline" in same.out
    assert new.code == 1
    assert [one["rule"] for one in json.loads(new.out)["findings"]] == ["search-in-loop"]
    assert git(shop, "status", "--porcelain").split() == ["M", "shop/text.py", "??", "known.json"]


def test_what_the_project_declares_and_imports_is_told_and_nothing_is_left_behind(shop: Path, optimize) -> None:
    (shop / "requirements.txt").write_text("sqlalchemy\n")
    (shop / "shop" / "serve.py").write_text("import asyncio\n\n\nasync def serve():\n    await asyncio.sleep(0)\n")
    git(shop, "add", "-A")
    before = sorted(shop.rglob("*"))
    text = optimize("scan", "-C", str(shop), "--rule", "set-membership")
    project = json.loads(optimize("scan", "-C", str(shop), "--rule", "set-membership", "--json").out)["project"]

    assert "the project declares sqlalchemy; imports asyncio (1 file), has 1 coroutine function" in text.out
    assert (project["source_paths"], project["speed_dependencies"]) == (["shop"], ["sqlalchemy"])
    assert project["async_frameworks"] == [{"name": "asyncio", "files": 1}]
    assert sorted(path for path in shop.rglob("*") if ".git" not in path.parts) == [
        path for path in before if ".git" not in path.parts
    ]


def test_every_form_is_printed_and_slips_are_refused(shop: Path, optimize) -> None:
    log = json.loads(optimize("scan", "-C", str(shop), "--rule", "set-membership", "--sarif").out)
    notes = optimize("scan", "-C", str(shop), "--rule", "set-membership", "--annotations").out
    (shop / "newer.json").write_text('{"version": 2, "findings": []}')
    slips = {
        ("--rule", "set-membershp"): "did you mean set-membership",
        ("--baseline", str(shop / "bench.py")): "is no baseline",
        ("--baseline", str(shop / "newer.json")): "newer.json is of version 2, this program reads 1",
        ("--profile", str(shop / "bench.py")): "can't be read",
        (str(shop / "nowhere.py"),): "there is no",
        (str(shop.parent),): "is not in",
    }

    assert log["runs"][0]["results"][0]["ruleId"] == "set-membership"
    assert notes.startswith("::warning file=shop/text.py,line=17,title=Probe a set")
    for words, said in slips.items():
        done = optimize("scan", "-C", str(shop), *words)
        assert done.code == 2, done.out + done.err
        assert said in done.err


@pytest.mark.slow
def test_a_fix_is_heard_where_the_facts_of_a_run_say_that_it_saves_something(shop: Path, optimize) -> None:
    (shop / "shop" / "slug.py").write_text(
        "import re\n\n\ndef slug(text):\n    return re.sub('[^a-z]+', '-', text)\n\n\n"
        "def seldom(text):\n    return re.sub('[^a-z]+', '-', text)\n"
    )
    (shop / "slugs.py").write_text(
        "from shop.slug import seldom, slug\n"
        "print(len({slug(f'a {number}') for number in range(150_000)}), seldom('a b'))\n"
    )

    profiled = optimize("profile", "-C", str(shop), "--facts", "--memory-budget", "0", "--", "python", "slugs.py")
    found = json.loads(optimize("scan", "-C", str(shop), "--json").out)["findings"]

    assert profiled.code == 0, profiled.err
    assert "profile.facts.json: optimize scan weighs its findings by them" in profiled.err
    heard = [one for one in found if one["file"] == "shop/slug.py"]
    assert [(one["line"], one["rule"], one["expected_in"]) for one in heard] == [(5, "regex-hoist", "cpu_s")]
    assert heard[0]["expected_share"] > 0.005
