from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.interactions.lines import calls_on

SOURCE = """\
async def f(sock, session):
    data = json.loads(sock.recv(10))
    await session.get(url())
    return requests.get(
        "x",
    ).json()
    (lambda: 1)()
    rows[0].close()
"""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (1, ()),
        (2, ("json.loads", "sock.recv")),
        (3, ("url",)),
        (5, ("requests.get().json", "requests.get")),
        (7, ()),
        (8, ("close",)),
    ],
)
def test_calls_that_are_not_awaited_are_named(tmp_path: Path, line: int, names: tuple[str, ...]) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    assert calls_on(tmp_path, "a.py", line) == names


def test_no_more_than_three_names(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a(b(c(d())))\n")
    assert calls_on(tmp_path, "a.py", 1) == ("a", "b", "c")


def test_nothing_outside_the_tree_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("call()\n")
    inside = tmp_path / "tree"
    inside.mkdir()
    (inside / "link.py").symlink_to(tmp_path / "secret.py")
    assert calls_on(inside, "../secret.py", 1) == ()
    assert calls_on(inside, "link.py", 1) == ()
    assert calls_on(None, "a.py", 1) == ()
    assert calls_on(inside, "missing.py", 1) == ()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.integers(-1, 20))
def test_no_source_breaks_it(tmp_path_factory: pytest.TempPathFactory, content: bytes, line: int) -> None:
    root = tmp_path_factory.getbasetemp()
    (root / "odd.py").write_bytes(content)
    assert len(calls_on(root, "odd.py", line)) <= 3
