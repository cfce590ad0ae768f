from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from profiling.facts import Facts
from profiling.interactions.observed import Observed
from profiling.interactions.repeated_query import loop_around, root_fix
from profiling.model import Dimension
from profiling.profile import CallLine, RepeatedQuery
from profiling.target import InteractionKind

SOURCE = """\
def name_of(cursor, one):
    cursor.execute("SELECT name FROM t WHERE id = ?", (one,))
    return cursor.fetchone()


def names(cursor, ids):
    found = []
    for one in cursor.execute("SELECT id FROM t"):
        found.append(name_of(cursor, one))
    return found


def listed(cursor, ids):
    return [
        name_of(cursor, one)
        for one in ids
    ]


def inner(cursor, ids):
    for one in ids:
        def ask():
            return cursor.execute("SELECT 1")
    return ask


def bound(cursor):
    while cursor:
        pass
    return cursor.execute("SELECT 1")
"""


def query(make: Any, line: int, **changes: Any) -> RepeatedQuery:
    plain: dict[str, Any] = {
        "key": make.key("name_of", line=1),
        "line": line,
        "statement": "SELECT name FROM t WHERE id = ?",
        "driver": "sqlite3",
        "library": None,
        "count": 40,
        "wall_s": 0.02,
        "cpu_s": 0.01,
    }
    return RepeatedQuery(**{**plain, **changes})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCE)
    return tmp_path


def around(make: Any, root: Path, *lines: int) -> int | None:
    """Return the line of the loop around a query at the first line, called from the others."""
    callers = tuple(CallLine(key=make.key("caller"), line=line) for line in lines[1:])
    profile = make.profile(queries=(query(make, lines[0], callers=callers),))
    found = loop_around(profile.queries[0], Observed(profile=profile, facts=Facts(), root=root))
    return found.line if found else None


def test_the_loop_is_that_of_the_line_or_of_the_lines_that_led_there(make: Any, tree: Path) -> None:
    assert around(make, tree, 9) == 8
    assert around(make, tree, 2, 9) == 8
    assert around(make, tree, 2, 15) == 14


BATCHED = """\
def stored(cursor, batches):
    for batch in batches:
        cursor.executemany("INSERT INTO t VALUES (?)", [(one,) for one in batch])


def found(session, ids):
    return session.execute(select(T).where(T.id.in_([one.id for one in ids])))


def named(cursor, ids):
    return dict(zip(ids, [name_of(cursor, one) for one in ids]))


def rows(cursor, ids):
    return [row[0] for row in cursor.execute("SELECT a FROM t")]


def pairs(cursor, ids):
    return [(one, other) for one in ids for other in cursor.execute("SELECT a FROM t")]
"""


@pytest.mark.parametrize(
    ("line", "asked", "loop"),
    [
        (3, "cursor.executemany", 2),
        (3, "(one,)", 3),
        (7, "session.execute", None),
        (7, "one.id for", 7),
        (11, "name_of", 11),
        (15, "cursor.execute", None),
        (19, "cursor.execute", 19),
    ],
)
def test_a_comprehension_beside_what_is_asked_once_is_no_loop_around_it(
    make: Any, tree: Path, line: int, asked: str, loop: int | None
) -> None:
    (tree / "pkg" / "a.py").write_text(BATCHED)
    column = BATCHED.splitlines()[line - 1].index(asked)
    profile = make.profile(queries=(query(make, line, column=column),))

    found = loop_around(profile.queries[0], Observed(profile=profile, facts=Facts(), root=tree))

    assert (found.line if found else None) == loop


def test_where_no_column_is_known_loops_are_believed_before_comprehensions(make: Any, tree: Path) -> None:
    (tree / "pkg" / "a.py").write_text(BATCHED)

    assert [around(make, tree, line) for line in (3, 11)] == [2, 11]


def test_a_line_after_a_loop_its_head_and_a_function_defined_in_it_are_not_repeated(make: Any, tree: Path) -> None:
    assert around(make, tree, 8) is None
    assert around(make, tree, 23) is None
    assert around(make, tree, 30) is None
    assert around(make, tree, 2) is None


def test_a_repeated_query_in_a_loop_is_told_with_figures_however_brief(make: Any, tree: Path) -> None:
    callers = (CallLine(key=make.key("names", line=6), line=9),)
    profile = make.profile(queries=(query(make, 2, wall_s=0.002, cpu_s=0.001, callers=callers),))

    found = make.only(profile, root=tree)

    assert (found.kind, found.key) == (InteractionKind.REPEATED_QUERY, make.key("name_of", line=1))
    assert [one.dimension for one in found.evidence] == [Dimension.WALL_S, Dimension.CPU_S]
    assert found.evidence[0].text == (
        "line 2 asked sqlite3 the same 40 times, 0.002 s in all, 0.05 ms each: SELECT name FROM t WHERE id = ?"
    )
    assert found.evidence[1].text == "0.001 s of it CPU, in the loop at pkg/a.py:8 (names)"


@pytest.mark.parametrize(("wall_s", "count"), [(0.0049, 0), (0.005, 1)])
def test_without_a_loop_of_the_project_it_must_take_five_milliseconds(
    make: Any, tree: Path, wall_s: float, count: int
) -> None:
    profile = make.profile(queries=(query(make, 2, wall_s=wall_s),))

    assert len(make.found(profile, root=tree)) == count


@pytest.mark.parametrize(
    ("driver", "library", "statement", "words"),
    [
        ("sqlite3", "sqlalchemy", "SELECT 1", "selectinload"),
        ("django", "django", "SELECT 1", "prefetch_related"),
        ("django", "django", "INSERT INTO t", "bulk_create"),
        ("sqlalchemy", "mylib", "UPDATE t", "list of rows"),
        ("sqlite3", None, "SELECT 1", "a join, IN"),
        ("sqlite3", "pandas", "DELETE FROM t", "executemany"),
    ],
)
def test_the_fix_is_that_of_the_layer_which_was_used(
    make: Any, driver: str, library: str | None, statement: str, words: str
) -> None:
    one = query(make, 2, driver=driver, library=library, statement=statement)

    assert words in root_fix(one)
    assert root_fix(replace(one, library=library)) == root_fix(one)


@pytest.mark.parametrize(("calls", "line"), [(None, 8), (8, 8), (9, None)])
def test_a_loop_that_asks_a_time_or_two_in_each_call_of_its_function_repeats_nothing(
    make: Any, tree: Path, calls: int | None, line: int | None
) -> None:
    names = make.key("names", line=6)
    counted = make.function("names", line=6, calls=calls)
    one = query(make, 2, callers=(CallLine(key=names, line=9),))
    profile = make.profile(counted, queries=(one,))

    found = loop_around(one, Observed(profile=profile, facts=Facts(), root=tree))

    assert (found.line if found else None) == line


@pytest.mark.parametrize(("calls", "count"), [((40, 40), 0), ((40, 8), 1), ((8, 40), 1)])
def test_without_a_loop_of_the_project_a_call_of_it_must_ask_often(
    make: Any, tree: Path, calls: tuple[int, int], count: int
) -> None:
    asking, leading = calls
    functions = (make.function("name_of", line=1, calls=asking), make.function("bound", line=27, calls=leading))
    callers = (CallLine(key=make.key("bound", line=27), line=30),)

    found = make.found(make.profile(*functions, queries=(query(make, 2, callers=callers),)), root=tree)

    assert sum(one.kind is InteractionKind.REPEATED_QUERY for one in found) == count


def test_a_statement_with_the_values_of_many_rows_is_no_repeated_query(make: Any, tree: Path) -> None:
    one, many = (f"INSERT INTO t VALUES (?){more}" for more in ("", ", …"))

    assert make.found(make.profile(queries=(query(make, 9, statement=many),)), root=tree) == ()
    assert len(make.found(make.profile(queries=(query(make, 9, statement=one),)), root=tree)) == 1
