"""What seeing queries costs: CPU of the time pass over plain runs, with the hooks of drivers and without, in turn.

    python -m benchmarks.query_overhead [PYTHON] [ROUNDS]

PYTHON needs SQLAlchemy and Django.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.profile_overhead import cpu_s
from profiling.injection import Harness, Injection, prepare
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree

_ROWS = """
import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT, born INTEGER)")
connection.executemany("INSERT INTO author (name, born) VALUES (?, ?)", [(f"n{i}", i % 90) for i in range(2000)])
"""
PROGRAMS = {
    "sqlite3 key look-ups": _ROWS
    + """
def name(number): return connection.execute("SELECT name FROM author WHERE id = ?", (number,)).fetchone()
for number in range(250_000): name(number % 2000)
""",
    "sqlite3 scans": _ROWS
    + """
def born(year): return connection.execute("SELECT name FROM author WHERE born = ?", (year,)).fetchall()
for number in range(9_000): born(number % 90)
""",
    "sqlite3 literals": _ROWS
    + """
def name(number): return connection.execute(f"SELECT name FROM author WHERE id = {number}").fetchone()
for number in range(120_000): name(number)
""",
    "sqlalchemy lazy": """
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
class Base(DeclarativeBase): pass
class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship()
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Author(id=number) for number in range(1, 501)])
    session.flush()
    session.add_all([Book(author_id=number) for number in range(1, 501)])
    session.commit()
for _ in range(6):
    with Session(engine) as session:
        for book in session.scalars(select(Book)): book.author.id
""",
    "django lazy": """
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from django.db import connection, models
class Author(models.Model):
    class Meta: app_label = "shop"
class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    class Meta: app_label = "shop"
with connection.schema_editor() as editor:
    editor.create_model(Author)
    editor.create_model(Book)
authors = Author.objects.bulk_create([Author() for _ in range(400)])
Book.objects.bulk_create([Book(author=author) for author in authors])
for _ in range(10):
    for book in Book.objects.all(): book.author.id
""",
}


def _without_hooks(folder: Path, tree: Tree) -> Injection:
    injection = _injection(folder, tree)
    text = "class Drivers:\n    def __init__(self, *_): pass\n    def install(self, _): pass\n"
    (Path(injection.python_path) / "ratchet_time_drivers.py").write_text(text)
    return injection


def _injection(folder: Path, tree: Tree) -> Injection:
    folder.mkdir()
    return prepare(folder, tree, (Harness(name="ratchet_time", options={}),))


def _shown(ratios: list[float]) -> str:
    ordered = sorted(ratios)
    return f"{median(ordered):.3f}x [{ordered[0]:.3f}, {ordered[-1]:.3f}]"


def main(python: str, rounds: int) -> None:
    scratch = Path(tempfile.mkdtemp())
    (scratch / "tree").mkdir()
    tree = Tree(root=scratch / "tree", import_roots=(".",), packages=(), source_paths=(".",))
    bare, hooked = _without_hooks(scratch / "bare", tree), _injection(scratch / "hooked", tree)
    interpreter, processes = Interpreter(executable=python, version=(3, 0, 0)), Processes()
    try:
        for name, text in PROGRAMS.items():
            (tree.root / f"{name}.py".replace(" ", "_")).write_text(text)
            runs = [
                tuple(cpu_s(processes, name, tree, interpreter, each) for each in (None, bare, hooked))
                for _ in range(rounds + 1)
            ][1:]
            passes = _shown([with_hooks / plain for plain, _, with_hooks in runs])
            alone = _shown([with_hooks / without for _, without, with_hooks in runs])
            plain_s = median(plain for plain, _, _ in runs)
            print(
                f"{name}: time pass {passes}, its hooks {alone}, {rounds} pairs, plain {plain_s:.2f} s CPU", flush=True
            )
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else sys.executable, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
