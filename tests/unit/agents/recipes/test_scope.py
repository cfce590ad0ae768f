import ast
import symtable
import sysconfig
from pathlib import Path

import pytest

from agents.recipes.project import parse
from agents.recipes.scope import Names, names


def use(text: str, name: str, occurrence: int = -1) -> tuple[Names, ast.Name]:
    module = parse(text, "mod.py", "mod")
    found = [node for node in ast.walk(module.syntax) if isinstance(node, ast.Name) and node.id == name]
    found = sorted((node for node in found if isinstance(node.ctx, ast.Load)), key=lambda node: node.lineno)
    return names(module), found[occurrence]


@pytest.mark.parametrize(
    "text",
    [
        "len(x)\n",
        "def f(x):\n    return len(x)\n",
        "class C:\n    len = 1\n    def f(self, x):\n        return len(x)\n",
        "def f():\n    def len(): pass\n\ndef g(x):\n    return len(x)\n",
    ],
)
def test_a_name_nobody_binds_is_the_builtin(text: str) -> None:
    known, node = use(text, "len")
    assert known.is_builtin("len", node)


@pytest.mark.parametrize(
    "text",
    [
        "def len(x): pass\nlen(1)\n",
        "def f(len):\n    return len(1)\n",
        "from other import *\nlen(1)\n",
        "def f():\n    global len\n    len = 1\n\ndef g():\n    return len(1)\n",
        "def f():\n    len = max\n    def g():\n        return len(1)\n",
        "import a as len\nlen(1)\n",
        "try:\n    pass\nexcept E as len:\n    len(1)\n",
        "[len(1) for len in x]\n",
        "match x:\n    case [*len]:\n        len(1)\n",
        "class C:\n    len = max\n    y = len(1)\n",
        "def f():\n    [(len := max) for x in y]\n    return len(1)\n",
    ],
)
def test_a_name_that_something_binds_is_no_builtin(text: str) -> None:
    known, node = use(text, "len")
    assert not known.is_builtin("len", node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import re\nre.sub()\n", "re.sub"),
        ("import re as regex\nregex.sub()\n", "re.sub"),
        ("from re import sub as s\ns()\n", "re.sub"),
        ("import os.path\nos.path.join()\n", "os.path.join"),
        ("from .near import f\nf()\n", "near.f"),
        ("import re\nre = 1\nre.sub()\n", None),
        ("try:\n    import re\nexcept ImportError:\n    import regex as re\nre.sub()\n", None),
        ("def g():\n    import re\n    re.sub()\n", None),
        ("import re\ndef g(re):\n    re.sub()\n", None),
        ("import re\ndef g():\n    global re\n    re = 1\nre.sub()\n", None),
    ],
)
def test_a_call_is_traced_to_one_import_or_not_at_all(text: str, expected: str | None) -> None:
    module = parse(text, "mod.py", "mod")
    calls = [node for node in ast.walk(module.syntax) if isinstance(node, ast.Call)]
    assert names(module).dotted(calls[-1].func) == expected


def test_a_name_is_free_when_nothing_uses_it_anywhere() -> None:
    known = names(parse("def f(a):\n    return [b for c in a]\n", "mod.py", "mod"))
    assert [name for name in "abcdf" if known.is_free(name)] == ["d"]


@pytest.mark.parametrize("file", ["json/decoder.py", "textwrap.py", "argparse.py", "dataclasses.py"])
def test_what_is_global_agrees_with_the_compiler(file: str) -> None:
    text = (Path(sysconfig.get_paths()["stdlib"]) / file).read_text()
    module = parse(text, file, "mod")
    known = names(module)
    compiled = {
        (table.get_name(), table.get_lineno()): table for table in _tables(symtable.symtable(text, file, "exec"))
    }
    checked = 0
    for function in (node for node in ast.walk(module.syntax) if isinstance(node, ast.FunctionDef)):
        table = compiled.get((function.name, min([function.lineno, *(one.lineno for one in function.decorator_list)])))
        for node in function.body:
            for name in (part for part in ast.walk(node) if isinstance(part, ast.Name)):
                if table is None or known.scope(name).node is not function or name.id.startswith("__"):
                    continue
                symbol = table.lookup(name.id)
                assert (known.resolve(name.id, name) in (None, known.top)) == symbol.is_global()
                checked += 1
    assert checked > 50


def _tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(below for child in table.get_children() for below in _tables(child))]
