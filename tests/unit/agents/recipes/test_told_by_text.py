"""What is told of files by their text, before they are parsed, is what their trees say."""

import ast
import json
import logging
import re
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes import stores
from agents.recipes.project import Module, Project, load, spelled
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.tables import is_taken
from profiling.model import Tree

LINES = (
    "a.size = 1",
    "a.size += 1",
    "a.size()",
    "a.size[0] = 1",
    "a.size.lid = 1",
    "(a . size) = 1",
    "(a.  # a comment\n size) = 1",
    "a.b. \\\n size = 1",
    "del a.size",
    "del a.lid; (a)",
    "for a.size in b: pass",
    "with a as b.size: pass",
    "a.size, b.lid = c",
    "a.size: int = 1",
    "a.\u017fize = 1",
    "setattr(a, 'size', 1)",
    'setattr (a, "lid", 1)',
    "(setattr)(a, 'size', 1)",
    "setattr(a, b, 1)",
    "object.__setattr__(a, 'size', 1)",
    "delattr(mod, name)",
    "patch('pkg.mod.size')",
    "patch( 'mod.lid' )",
    "mock.patch.object(mod, 'size')",
    "patch.multiple('pkg.mod', size=1)",
    "patch.multiple(mod, **rest)",
    "text.replace('size', 'lid')",
    "from pkg import mod",
    "import pkg.mod as m\nvars(m).update(a)",
    "from pkg import mod\nmod.__dict__.update(a)",
    "globals()['size'] = 1",
    "exec (a)",
    "class A:\n    def size(self): pass",
    "class A:\n    def  \\\n        size(self): pass",
    "class A:\n    async def lid(self): pass",
    "class A:\n    @cached_udef\n    def size(self): pass",
    "if re.match(r'\\.\\w+', t): a.size = 1\nlid",
    "with open(r'.\\data.txt') as a.size: pass\nlid",
    "if t == '.#x': a.lid = 1\nsize",
    "setattr \\\n (a, 'size', 1)",
    "(setattr # why\n)(a, 'lid', 1)",
    "(patch.multiple # why\n)('pkg.mod', lid=1)",
    "a.\u0928\u093e\u092e = 1",
    "setattr(a, '\u0928\u093e\u092e', 1)",
    "patch('mod.col\xb7lecci\xf3')",
    "class A:\n    def \u0928\u093e\u092e(self): pass",
    "class A:\n    def \u017fize(self): pass",
    "def size(): pass",
    "from b import size",
    "x = a.size",
    "# a.size = 1 and patch('size')",
    "'''a.lid = 1'''",
)
"""Each of them tells something, or seems to."""
ODD_NAMES = ("\u0928\u093e\u092e", "col\xb7lecci\xf3")
NAMES = ("size", "lid", "mod", "pkg", "pkg.mod.size", "mod.lid", "replace", *ODD_NAMES)
Ask = Callable[[Project, Module, str], object]


def _told(project: Project, asked: tuple[str, ...]) -> Iterator[object]:
    index = stores.index(project)
    for name in asked:
        yield name, [(store.module.file, store.node.lineno, store.is_on_self) for store in index.stores(name)]
        yield name, index.is_patched(name), index.is_replaced(name)
    for module in project.everything:
        yield module.file, index.is_open(module), stores.sets_unseen(module)


def _hold_to_trees(project: Project, asked: tuple[str, ...]) -> None:
    """These two ask the text first whether a file is parsed already or not."""
    every = [node for module in project.everything for node in ast.walk(module.syntax)]
    bodies = [one for node in every if isinstance(node, ast.ClassDef) for one in node.body]
    methods = {one.name for one in bodies if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    taken = {node.attr for node in every if isinstance(node, ast.Attribute)}
    taken |= {alias.name for node in every if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert {name for name in asked if is_taken(name, project)} == taken & set(asked)
    assert {name for name in asked if is_defined_in_a_class(name, project)} == methods & set(asked)


def _both(root: Path) -> tuple[Project, Project]:
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
    return load(tree), load(tree, parses=False)


@settings(max_examples=150, deadline=None)
@given(files=st.lists(st.lists(st.sampled_from(LINES), max_size=4), min_size=1, max_size=4))
def test_texts_tell_what_trees_do(tmp_path_factory: pytest.TempPathFactory, files: list[list[str]]) -> None:
    root = tmp_path_factory.mktemp("told")
    (root / "pkg").mkdir()
    for name, lines in zip(("pkg/mod.py", "pkg/other.py", "test_mod.py", "app.py"), files, strict=False):
        (root / name).write_text("\n".join(lines) + "\n")

    parsed, unparsed = _both(root)

    assert list(_told(unparsed, NAMES)) == list(_told(parsed, NAMES))
    _hold_to_trees(unparsed, NAMES)


@pytest.mark.parametrize("package", [json, logging, unittest])
def test_texts_of_real_packages_tell_what_their_trees_do(package: object) -> None:
    parsed, unparsed = _both(Path(package.__file__).parent)  # type: ignore[attr-defined]
    words = {word for module in parsed.everything for word in re.findall(r"\w+", module.text)}

    names = tuple(sorted(words)[::5])

    assert list(_told(unparsed, names)) == list(_told(parsed, names))
    assert {name for name in names if is_taken(name, unparsed)}
    assert stores.index(unparsed).by_name.keys() == stores.index(parsed).by_name.keys()


def test_a_file_is_parsed_when_it_may_have_an_answer_and_no_sooner(tmp_path: Path) -> None:
    (tmp_path / "setting.py").write_text("a.size = 1\n")
    (tmp_path / "calling.py").write_text("a.size()\nsize = a.width\n")
    (tmp_path / "broken.py").write_text("a.size = = 1\n")
    project = _both(tmp_path)[1]

    assert [store.module.file for store in stores.index(project).stores("size")] == ["setting.py"]

    assert {file for file, module in project.modules.items() if module.is_parsed} == {"setting.py", "broken.py"}
    assert project.modules["broken.py"].problem.startswith("broken.py does not parse: SyntaxError")
    assert project.modules["broken.py"].syntax.body == []
    assert project.modules["setting.py"].problem == ""


def test_names_are_spelled_as_the_parser_reads_them(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("\ufb01le.\u017fize = 1\n")
    project = _both(tmp_path)[1]

    assert spelled(project.modules["odd.py"]) == "file.size = 1\n"
    assert len(stores.index(project).stores("size")) == 1


def test_a_file_asked_for_deep_in_an_analysis_is_no_broken_one() -> None:
    def ask(module: Module, depth: int) -> int:
        return ask(module, depth - 1) if depth else len(module.syntax.body)

    found = []
    for depth in range(sys.getrecursionlimit()):
        module = Module(file="deep.py", name="deep", text="(" * 20 + "1" + ")" * 20 + "\n")
        with suppress(RecursionError):
            found.append(ask(module, depth))
        assert module.problem == ""
    assert set(found) == {1}
