import sqlite3


def load(count: int) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO author (name) VALUES (?)", [(f"author {one}",) for one in range(count)])
    return connection


def names_of(connection: sqlite3.Connection, authors: list[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(authors))
    return dict(connection.execute(f"SELECT id, name FROM author WHERE id IN ({marks})", authors))


def run() -> None:
    connection = load(400)
    found: dict[int, str] = {}
    for begin in (1, 101, 201, 301):
        found |= names_of(connection, list(range(begin, begin + 100)))
    assert len(found) == 400
