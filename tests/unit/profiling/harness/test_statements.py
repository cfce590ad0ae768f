import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.harness.ratchet_time_statements import shape


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a.b, count(*) FROM t WHERE id IN (1, 2,3)", "SELECT a.b, count(*) FROM t WHERE id IN (?)"),
        ("SELECT * FROM t WHERE x = 'it''s' AND y<=2.5e3", "SELECT * FROM t WHERE x = ? AND y <= ?"),
        ("INSERT INTO t (a, b) VALUES (?, ?), (?,?)", "INSERT INTO t (a, b) VALUES (?), …"),
        ("INSERT INTO t VALUES (1, 'a'),(2,'b'), (?, ?), (3) RETURNING a", "INSERT INTO t VALUES (?), … RETURNING a"),
        ("SELECT a FROM t WHERE b IN (1, 2) AND c IN (3)", "SELECT a FROM t WHERE b IN (?) AND c IN (?)"),
        ("SELECT %s, %(name)s, :name, $1, @name, ?", "SELECT ?, ?, ?, ?, ?, ?"),
        ("SELECT x::int  FROM\n t", "SELECT x::int FROM t"),
        ("SELECT 1 -- it's a note\nFROM t /* 'two' */", "SELECT ? FROM t"),
        ("# it's a note\nSELECT `k`", "SELECT `k`"),
        ("SELECT a #> b", "SELECT a # > b"),
        ('SELECT "t"."id" FROM "t" WHERE "t"."id" = 4', 'SELECT "t"."id" FROM "t" WHERE "t"."id" = ?'),
        ('SELECT name FROM t WHERE name = "secret"', "SELECT name FROM t WHERE name = ?"),
        ("SELECT $tag$ it's secret $tag$, $$x$$", "SELECT ?, ?"),
        (r"SELECT 'a\' , 'secret'", "SELECT ?"),
        ("SELECT 'secret", "SELECT ?"),
        ("", ""),
    ],
)
def test_a_statement_keeps_its_words_and_loses_its_values(statement: str, expected: str) -> None:
    assert shape(statement) == expected


@given(st.integers(1, 40), st.integers(1, 40))
def test_lists_of_any_length_have_one_shape(few: int, many: int) -> None:
    shapes = {shape(f"SELECT a FROM t WHERE id IN ({', '.join(map(str, range(count)))})") for count in (few, many)}

    assert shapes == {"SELECT a FROM t WHERE id IN (?)"}


@given(st.text(alphabet=st.characters(exclude_characters="\0")), st.sampled_from(["'", "$$"]), st.booleans())
def test_no_letter_of_a_literal_stays(value: str, quote: str, is_closed: bool) -> None:
    inner = value.replace("'", "''") if quote == "'" else value.replace("$", "")
    statement = f"SELECT {quote}{inner}{quote if is_closed else ''} FROM t"

    whole = shape(statement)

    assert whole in {"SELECT ? FROM t", "SELECT ?"}


@given(st.text())
def test_any_text_has_a_shape_of_bounded_length(statement: str) -> None:
    assert len(shape(statement)) <= 240


def test_a_long_statement_is_cut() -> None:
    assert shape("SELECT " + ", ".join(f"column_{one}" for one in range(90))).endswith("…")
