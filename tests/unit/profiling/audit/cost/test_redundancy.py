import pytest


def test_the_same_data_read_twice_in_one_function_is_redundant(audited):
    found = audited(
        """
        import json
        def main(text):
            first = json.loads(text)
            second = json.loads(text)
            return first, second
        """
    ).profile.redundancy

    (each,) = found
    assert (each.callee, each.source, each.count) == ("json.loads", "text", 2)
    assert each.places == ("app.main:4", "app.main:5")


def test_the_same_literal_file_read_by_several_functions_is_redundant(audited):
    found = audited(
        """
        def one():
            return open("config.toml").read()
        def two():
            return open("config.toml").readline()
        def main():
            return one(), two()
        """
    ).profile.redundancy

    assert [(each.callee, each.count) for each in found] == [("<builtin>.open", 2)]


def test_a_function_that_reads_a_literal_file_is_redundant_where_it_is_called_twice(audited):
    found = audited(
        """
        from pathlib import Path
        def config():
            return Path("config.toml").read_text()
        def main():
            first = config()
            second = config()
            return first, second
        """
    ).profile.redundancy

    (each,) = found
    assert each.places == ("app.main:6", "app.main:7")


@pytest.mark.parametrize(
    "text",
    [
        # handed over, and called on other data each time
        """
        import ast
        def main(one, other):
            return [*map(ast.dump, one)] == [*map(ast.dump, other)]
        """,
        # writes
        """
        import sqlite3
        def one(rows):
            sqlite3.connect("a.db").executemany("DELETE FROM file WHERE path = ?", rows)
        def other(rows):
            sqlite3.connect("a.db").executemany("DELETE FROM file WHERE path = ?", rows)
        def main(rows):
            one(rows)
            other(rows)
        """,
        # bound between the calls
        """
        import json
        def main(text):
            first = json.loads(text)
            text = first["more"]
            return json.loads(text)
        """,
        # changed between the calls
        """
        import json
        def main(rows):
            first = json.dumps(rows)
            rows.append(1)
            return first + json.dumps(rows)
        """,
        # different data of the same name in different functions
        """
        import json
        def one(text):
            return json.loads(text)
        def two(text):
            return json.loads(text)
        def main():
            return one("1"), two("2")
        """,
        # written, not read
        """
        def main():
            with open("log", "w") as file:
                file.write("a")
            with open("log", "w") as file:
                file.write("b")
        """,
        # removed again where it could not be the first time
        """
        import shutil
        def main(folder):
            shutil.rmtree(folder)
            shutil.rmtree(folder)
        """,
        # the same mode of different files
        """
        from pathlib import Path
        def main(one, two):
            with Path(one).open("rb") as first, Path(two).open("rb") as second:
                return first, second
        """,
        # a call gives other data each time
        """
        import json
        def main(lines):
            return json.loads(next(lines)), json.loads(next(lines))
        """,
    ],
)
def test_what_only_looks_redundant_is_not(audited, text):
    assert audited(text).profile.redundancy == ()
