from pathlib import Path

from agents.scan.heat import Temperature
from agents.scan.tree import Wanted, scan_tree
from profiling.model import Tree


def test_a_large_file_is_told_with_the_files_that_import_it_at_their_start(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text("import large\n" + "pass\n" * 400)
    (tmp_path / "one.py").write_text("import large\n")
    (tmp_path / "two.py").write_text("from large import *\n")
    (tmp_path / "late.py").write_text("def f():\n    import large\n")
    tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))

    (found,) = scan_tree(tree, Wanted(rules=frozenset({"large-file"})), Temperature()).findings

    assert found.seen == "401 lines, 0 functions, imported by 2 files of the project"
    assert (found.line, found.key.qualname) == (1, "<module>")
