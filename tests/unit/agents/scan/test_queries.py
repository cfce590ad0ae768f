from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.scan.finding import Heat, Level
from agents.scan.heat import Temperature
from agents.scan.tree import Scanned, Wanted, scan_tree
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import SCHEMA_VERSION, CallLine, GcTotals, Profile, RepeatedQuery

SHOP = """\
def lazy(books):
    for book in books:
        print(book.author.name)


def plain(cursor, ids):
    for one in ids:
        cursor.execute("SELECT name FROM t WHERE id = ?", (one,))


def unseen(cursor, ids):
    for one in ids:
        cursor.execute("SELECT name FROM t WHERE id = ?", (one,))
"""


def query(line: int, name: str, first_line: int, **changes: Any) -> RepeatedQuery:
    key = FunctionKey(file="shop.py", first_line=first_line, qualname=name)
    plain = {"statement": "SELECT ?", "driver": "sqlite3", "library": None, "count": 30, "wall_s": 0.2, "cpu_s": 0.1}
    return RepeatedQuery(**{"key": key, "line": line, **plain, **changes})


def profile(*queries: RepeatedQuery) -> Profile:
    usage = RunUsage(wall_s=2.0, cpu_s=2.0, max_rss_mib=9.0, exit_code=0)
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="tree",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python", version=(3, 11, 7)),
        baseline=(usage,),
        time_pass=usage,
        memory_pass=None,
        cpu_covered_s=2.0,
        samples=500,
        functions=(),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
        queries=queries,
    )


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[..., Scanned]:
    def scan(text: str, *queries: RepeatedQuery) -> Scanned:
        (tmp_path / "shop.py").write_text(text)
        tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
        wanted = Wanted(rules=frozenset({"query-in-loop"}))
        return scan_tree(tree, wanted, Temperature.by(profile(*queries), tmp_path))

    return scan


def test_a_query_that_was_seen_confirms_what_the_source_suggests(scanned: Callable[..., Scanned]) -> None:
    found = scanned(SHOP, query(8, "plain", 6))

    confirmed, suspected = found.findings
    assert (confirmed.line, confirmed.heat, confirmed.level) == (8, Heat.HOT, Level.ERROR)
    assert confirmed.confirmed == "line 8 asked sqlite3 the same 30 times, 0.2 s in all, 6.7 ms each: SELECT ?"
    assert confirmed.confirmed in confirmed.message
    assert (suspected.line, suspected.heat, suspected.confirmed) == (13, Heat.COLD, "")


def test_a_query_that_the_source_does_not_show_is_found_too(scanned: Callable[..., Scanned]) -> None:
    found = scanned(SHOP, query(3, "lazy", 1, library="sqlalchemy", wall_s=0.05))

    (lazy, *_) = found.findings
    assert (lazy.line, lazy.text, lazy.level) == (3, "print(book.author.name)", Level.WARNING)
    assert lazy.depth == 1
    assert "selectinload" in lazy.action


def test_it_is_named_the_same_with_and_without_a_profile(scanned: Callable[..., Scanned]) -> None:
    seen, plain = scanned(SHOP, query(8, "plain", 6)), scanned(SHOP)

    assert {one.fingerprint for one in seen.findings} == {one.fingerprint for one in plain.findings}


def test_of_one_line_the_costliest_query_is_told(scanned: Callable[..., Scanned]) -> None:
    found = scanned(SHOP, query(8, "plain", 6, statement="SELECT a"), query(8, "plain", 6, wall_s=0.1))

    assert [one.line for one in found.findings] == [8, 13]
    assert found.findings[0].confirmed.endswith("SELECT a")


def test_a_comment_silences_a_confirmed_one_and_a_line_that_is_gone_is_passed_over(
    scanned: Callable[..., Scanned],
) -> None:
    silenced = SHOP.replace("author.name)", "author.name)  # optimize: ignore[query-in-loop]")

    found = scanned(silenced, query(3, "lazy", 1), query(99, "gone", 90))

    assert found.ignored == 1
    assert [one.confirmed for one in found.findings] == ["", ""]


def test_a_query_is_told_where_it_is_repeated_and_not_in_what_hands_it_on(scanned: Callable[..., Scanned]) -> None:
    source = "def run(cursor, text):\n    cursor.execute(text)\n\n\n"
    source += "def main(cursor):\n    for _ in range(9):\n        run(cursor, '')\n"
    caller = CallLine(key=FunctionKey(file="shop.py", first_line=5, qualname="main"), line=7)

    found = scanned(source, query(2, "run", 1, callers=(caller,)))

    (told,) = (one for one in found.findings if one.confirmed)
    assert (told.key, told.line, told.text) == (caller.key, 7, "run(cursor, '')")


@pytest.mark.parametrize("is_package", [True, False])
def test_a_database_layer_is_not_told_of_the_queries_it_is_handed(tmp_path: Path, is_package: bool) -> None:
    key = FunctionKey(file="src/orm/inner/run.py", first_line=1, qualname="run")
    asked = query(3, "lazy", 1, wall_s=0.2)
    seen = profile(replace(asked, key=key, driver="orm"), replace(asked, key=key, driver="sqlite3"))
    (tmp_path / "src" / "orm").mkdir(parents=True)
    if is_package:
        (tmp_path / "src" / "orm" / "__init__.py").touch()

    told = Temperature.by(seen, tmp_path).queries

    assert [one.driver for one in told.get(key.file, ())] == ([] if is_package else ["orm", "sqlite3"])
