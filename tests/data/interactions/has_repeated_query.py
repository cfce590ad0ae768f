import sqlite3


def load(count: int) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO author (name) VALUES (?)", [(f"author {one}",) for one in range(count)])
    return connection


def name_of(connection: sqlite3.Connection, author: int) -> str:
    (name,) = connection.execute("SELECT name FROM author WHERE id = ?", (author,)).fetchone()
    return name


def run() -> None:
    connection = load(400)
    names = [name_of(connection, author) for author in range(1, 401)]
    assert len(set(names)) == 400
