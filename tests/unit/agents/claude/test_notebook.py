from pathlib import Path

import pytest

from agents.claude.notebook import Notebook
from agents.model import Insight
from profiling.model import FunctionKey, Tree

SCAN = FunctionKey(file="shop/text.py", first_line=1, qualname="scan")
FOUND = Insight(key=SCAN, antipattern="scans again", evidence="shop/text.py:2", callers="none")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "text.py").write_text("def scan(words):\n    return [word for word in words]\n")
    return Tree(root=tmp_path, import_roots=(".",), packages=("shop",), source_paths=("shop",))


def test_what_a_killed_session_knew_the_next_run_knows(tmp_path: Path, tree: Tree) -> None:
    path = tmp_path / "claude" / "notebook.json"
    first = Notebook(path)
    first.advise("place", "hoist it")
    first.put(tree, (FOUND,))
    again = Notebook(path)
    assert again.strategy("place") == "hoist it"
    assert again.strategy("elsewhere") == ""
    assert again.insights(tree) == (FOUND,)


def test_a_finding_holds_as_long_as_the_text_it_was_found_in(tmp_path: Path, tree: Tree) -> None:
    notebook = Notebook(tmp_path / "notebook.json")
    notebook.put(tree, (FOUND,))
    (tree.root / "shop" / "text.py").write_text("def scan(words):\n    return list(words)\n")
    assert notebook.insights(tree) == ()
    assert Notebook(tmp_path / "notebook.json").insights(tree) == ()


@pytest.mark.parametrize("text", [b"", b"{", b'{"strategies": 3}', b"\xff"])
def test_a_file_that_can_not_be_read_counts_as_absent(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "notebook.json"
    path.write_bytes(text)
    notebook = Notebook(path)
    notebook.advise("place", "hoist it")
    assert Notebook(path).strategy("place") == "hoist it"
