"""Statements are counted by shape and by the project line that asks, once each, whatever lies between."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

SHOP = """
    import sqlite3

    def fill(connection):
        connection.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO author (name) VALUES (?)", [(str(one),) for one in range(40)])

    def name_of(connection, author):
        return connection.execute("SELECT name FROM author WHERE id = ?", (author,)).fetchone()

    def named(connection, name):
        cursor = connection.cursor()
        cursor.execute(f"SELECT id FROM author WHERE name = 'secret{name}'")
        return cursor.fetchall()
"""


def asked(report: Mapping[str, Any]) -> dict[tuple[str, int, str], tuple[str, str | None, int]]:
    """Return driver, library and count by function, line and statement."""
    found = {}
    for lines, statement, driver, library, count, *_ in report["queries"]:
        number, line, _ = lines[0]
        found[report["codes"][number][2], line, statement] = (driver, library, count)
    return found


def test_sqlite_statements_are_counted_at_their_lines_and_executemany_is_one(run: Run, write: Write) -> None:
    write("shop/store.py", SHOP)
    main = """
        import sqlite3
        from shop.store import fill, name_of, named
        connection = sqlite3.connect(":memory:")
        fill(connection)
        for number in range(200):
            name_of(connection, number)
        for number in range(7):
            named(connection, number)
        """
    outcome = run(str(write("main.py", main)))

    (report,) = outcome.reports
    seen = asked(report)
    assert seen["fill", 6, "INSERT INTO author (name) VALUES (?)"] == ("sqlite3", None, 1)
    assert seen["name_of", 9, "SELECT name FROM author WHERE id = ?"] == ("sqlite3", None, 200)
    assert seen["named", 13, "SELECT id FROM author WHERE name = ?"] == ("sqlite3", None, 7)
    assert report["hook_errors"] == 0
    assert "secret" not in str(report["queries"])


def test_times_are_of_those_that_were_timed_and_the_way_there_is_told(run: Run, write: Write) -> None:
    write("shop/store.py", SHOP)
    main = """
        import sqlite3
        from shop.store import fill, name_of
        connection = sqlite3.connect(":memory:")
        fill(connection)
        for number in range(640):
            name_of(connection, number)
        """
    (report,) = run(str(write("main.py", main))).reports

    ((lines, *_, count, timed, wall_s, cpu_s),) = [row for row in report["queries"] if "WHERE id" in row[1]]
    assert [(report["codes"][number][2], line) for number, line, _ in lines] == [("name_of", 9), ("<module>", 7)]
    assert count == 640
    assert 64 <= timed <= 110
    assert wall_s > 0
    assert cpu_s > 0


def test_counts_are_exact_where_texts_differ_and_where_one_line_asks_for_all(run: Run, write: Write) -> None:
    write("shop/store.py", SHOP)
    main = """
        import sqlite3
        from shop.store import fill, named
        connection = sqlite3.connect(":memory:")
        fill(connection)
        for number in range(900):
            named(connection, number)
        def ask(statement):
            return connection.execute(statement)
        for number in range(300):
            ask("SELECT 1")
            ask("SELECT name FROM author")
        """
    (report,) = run(str(write("main.py", main))).reports

    seen = asked(report)
    assert seen["named", 13, "SELECT id FROM author WHERE name = ?"] == ("sqlite3", None, 900)
    assert seen["ask", 9, "SELECT ?"] == ("sqlite3", None, 300)
    assert seen["ask", 9, "SELECT name FROM author"] == ("sqlite3", None, 300)


def test_lines_that_ask_the_same_text_in_turn_are_counted_each_by_itself(run: Run, write: Write) -> None:
    main = """
        import sqlite3
        connection = sqlite3.connect(":memory:")
        cursor = connection.cursor()
        def first():
            return connection.execute("SELECT 1")
        def second():
            return cursor.execute("SELECT 1")
        for number in range(700):
            first()
            second()
            if number % 7 == 0:
                first()
        """
    (report,) = run(str(write("main.py", main))).reports

    seen = asked(report)
    assert seen["first", 6, "SELECT ?"] == ("sqlite3", None, 800)
    assert seen["second", 8, "SELECT ?"] == ("sqlite3", None, 700)
    assert report["hook_errors"] == 0


BEHAVIOUR = """
    import sqlite3
    from sqlite3 import dbapi2

    def tell(action):
        try:
            print(action())
        except Exception as error:
            print(type(error).__name__, error)

    class Own(sqlite3.Connection):
        pass

    class OwnCursor(sqlite3.Cursor):
        pass

    connection = sqlite3.connect(":memory:")
    print(type(connection), type(connection.cursor()), type(connection.execute("SELECT 1")), sqlite3.connect.__name__)
    print(isinstance(connection, sqlite3.Connection), isinstance(connection.cursor(), sqlite3.Cursor))
    print(hasattr(connection, "__dict__"), hasattr(connection.cursor(), "__dict__"))
    print(type(connection.cursor(OwnCursor)) is OwnCursor, type(connection.cursor(factory=OwnCursor)) is OwnCursor)
    print(type(sqlite3.connect(":memory:", factory=Own)) is Own)
    print(type(dbapi2.connect(":memory:", 5.0, 0, None, True, Own)) is Own)
    connection.row_factory = sqlite3.Row
    print(dict(connection.execute("SELECT 1 AS a").fetchone()))
    traced = []
    connection.set_trace_callback(traced.append)
    connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
    with connection:
        connection.execute("INSERT INTO t VALUES (?)", (3,))
    print(len(traced), connection.total_changes, list(connection.iterdump()))
    other = sqlite3.connect(":memory:")
    connection.backup(other)
    print(other.execute("SELECT count(*) FROM t").fetchall())
    tell(lambda: connection.execute("SELECT nothing"))
    tell(lambda: connection.execute("SELECT ?", ()))
    tell(lambda: connection.cursor().execute(4))
    tell(lambda: connection.cursor().executemany("SELECT 1", [()]))
    tell(lambda: connection.execute("SELECT 1", None, 3) and None)
    tell(lambda: connection.execute([]))
    import _thread, time
    alone, made = sqlite3.connect(":memory:", check_same_thread=False), 0
    _thread.start_new_thread(alone.execute, ("CREATE TABLE u (a)",))
    for _ in range(1000):
        (made,) = alone.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if made:
            break
        time.sleep(0.01)
    print(made)
    connection.close()
    tell(lambda: connection.execute("SELECT 1"))
    """


def test_sqlite_behaves_as_without_us(run: Run, write: Write) -> None:
    script = str(write("main.py", BEHAVIOUR))

    plain, injected = run(script, injected=False), run(script)

    assert plain.code == injected.code == 0, injected.stderr
    assert injected.stdout == plain.stdout
    assert injected.stderr == plain.stderr


DRIVER = """
    apilevel = "2.0"

    class Cursor:
        def execute(self, sql, values=()):
            return self
        def executemany(self, sql, rows):
            for row in rows:
                self.execute(sql, row)

    class DictCursor(Cursor):
        def execute(self, sql, values=()):
            return super().execute(sql, values)

    class AsyncCursor:
        async def execute(self, sql):
            return sql

    class Connection:
        def cursor(self, kind=Cursor):
            return kind()

    def connect(*arguments):
        return Connection()
    """


def test_cursors_of_any_driver_in_python_are_seen_and_what_they_call_of_themselves_is_not(
    run: Run, write: Write, tmp_path: Path
) -> None:
    write("../lib/otherdb/__init__.py", DRIVER)
    main = """
        import asyncio, otherdb
        connection = otherdb.connect("here")
        for number in range(6):
            connection.cursor().execute("SELECT 1")
            connection.cursor(otherdb.DictCursor).execute("SELECT 2, 2")
            connection.cursor().executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        async def later():
            for number in range(8):
                await connection.cursor(otherdb.AsyncCursor).execute("SELECT 3, 3, 3")
        asyncio.run(later())
        """
    (report,) = run(str(write("main.py", main)), python_path=(str(tmp_path / "lib"),)).reports

    assert report["hook_errors"] == 0
    assert asked(report) == {
        ("<module>", 5, "SELECT ?"): ("otherdb", None, 6),
        ("<module>", 6, "SELECT ?, ?"): ("otherdb", None, 6),
        ("<module>", 7, "INSERT INTO t VALUES (?)"): ("otherdb", None, 6),
        ("later", 10, "SELECT ?, ?, ?"): ("otherdb", None, 8),
    }


def test_a_forked_child_begins_anew(run: Run, write: Write) -> None:
    write("shop/store.py", SHOP)
    main = """
        import os, sqlite3
        from shop.store import fill, name_of
        def ask(times):
            connection = sqlite3.connect(":memory:")
            fill(connection)
            for number in range(times):
                name_of(connection, number)
        ask(6)
        child = os.fork()
        if child == 0:
            ask(9)
        else:
            os.waitpid(child, 0)
        """
    reports = run(str(write("main.py", main))).reports

    counts = [row[4] for report in reports for row in report["queries"] if "WHERE id" in row[1]]
    assert sorted(counts) == [6, 9]


def test_sqlalchemy_counts_once_at_the_line_that_touched_the_relation(run: Run, write: Write) -> None:
    write(
        "shop/books.py",
        """
        from sqlalchemy import ForeignKey, create_engine, select
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

        class Base(DeclarativeBase):
            pass

        class Author(Base):
            __tablename__ = "author"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]

        class Book(Base):
            __tablename__ = "book"
            id: Mapped[int] = mapped_column(primary_key=True)
            author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
            author: Mapped[Author] = relationship()

        def names(session):
            return [
                book.author.name
                for book in session.scalars(select(Book))
            ]

        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Author(id=number, name=f"n{number}") for number in range(1, 13)])
            session.flush()
            session.add_all([Book(author_id=number) for number in range(1, 13)])
            session.commit()
            session.expunge_all()
            assert len(names(session)) == 12
        """,
    )
    (report,) = run(str(write("main.py", "import shop.books"))).reports

    relations = {place: what for place, what in asked(report).items() if "WHERE author.id" in place[2]}
    statement = "SELECT author.id, author.name FROM author WHERE author.id = ?"
    assert [what for (_, line, said), what in relations.items() if (line, said) == (21, statement)] == [
        ("sqlite3", "sqlalchemy", 12)
    ]
    assert len(relations) == 1
    assert report["hook_errors"] == 0


def test_asynchronous_engines_and_aiosqlite_are_seen_at_the_coroutine_that_asks(run: Run, write: Write) -> None:
    main = """
        import asyncio, aiosqlite
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import create_async_engine

        async def one(connection, number):
            return (await connection.execute(text("SELECT :number"), {"number": number})).scalar()

        async def main():
            engine = create_async_engine("sqlite+aiosqlite://")
            async with engine.connect() as connection:
                for number in range(20):
                    await one(connection, number)
            await engine.dispose()
            async with aiosqlite.connect(":memory:") as database:
                for number in range(9):
                    await database.execute("SELECT ?, 1", (number,))

        asyncio.run(main())
        """
    (report,) = run(str(write("main.py", main))).reports

    seen = asked(report)
    assert seen["one", 7, "SELECT ?"] == ("aiosqlite", "sqlalchemy", 20)
    assert seen["main", 17, "SELECT ?, ?"] == ("aiosqlite", "aiosqlite", 9)
    assert report["hook_errors"] == 0


def test_django_counts_once_at_the_line_that_touched_the_relation(run: Run, write: Write) -> None:
    main = """
        import django
        from django.conf import settings
        databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        settings.configure(DATABASES=databases, INSTALLED_APPS=[], DEBUG=True)
        django.setup()
        from django.db import connection, models

        class Author(models.Model):
            name = models.CharField(max_length=20)
            class Meta:
                app_label = "shop"

        class Book(models.Model):
            author = models.ForeignKey(Author, on_delete=models.CASCADE)
            class Meta:
                app_label = "shop"

        with connection.schema_editor() as editor:
            editor.create_model(Author)
            editor.create_model(Book)
        authors = Author.objects.bulk_create([Author(name=f"n{number}") for number in range(8)])
        Book.objects.bulk_create([Book(author=author) for author in authors])

        def names(books):
            for book in books:
                yield book.author.name

        assert len(list(names(Book.objects.all()))) == 8
        assert len(list(names(Book.objects.select_related("author")))) == 8
        """
    (report,) = run(str(write("main.py", main))).reports

    statement = (
        'SELECT "shop_author"."id", "shop_author"."name" FROM "shop_author" WHERE "shop_author"."id" = ? LIMIT ?'
    )
    assert asked(report)["names", 27, statement] == ("django", "django", 8)
    assert sum(place[0] == "names" and "WHERE" in place[2] for place in asked(report)) == 1
    assert report["hook_errors"] == 0
