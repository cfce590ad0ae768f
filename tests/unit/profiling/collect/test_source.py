import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.collect.source import Source
from profiling.model import FunctionKey

SOURCE = """
import functools
@functools.lru_cache(
    maxsize=None)
def decorated():
    return [x for x in map(lambda y: y, ())]
class Shop:
    size = [n for n in range(3)]
    async def sell(self):
        def inner():
            return (z for z in ())
        return inner
table = {k: k for k in range(2)}
"""


def codes_of(text: str) -> Iterator[CodeType]:
    pending = [compile(text, "shop.py", "exec")]
    while pending:
        code = pending.pop()
        yield code
        pending.extend(const for const in code.co_consts if isinstance(const, CodeType))


def key_of(source: Source, code: CodeType, qualname: str | None) -> FunctionKey:
    return source.function(("shop.py", code.co_firstlineno, code.co_name, qualname, code.co_flags))


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "shop.py").write_text(SOURCE)
    return Source(root=tmp_path)


def test_functions_are_named_as_the_interpreter_names_them_without_its_help(source: Source) -> None:
    found = {code.co_name: key_of(source, code, None) for code in codes_of(SOURCE)}

    assert found["decorated"] == FunctionKey(file="shop.py", first_line=3, qualname="decorated")
    assert found["sell"].qualname == "Shop.sell"
    assert found["inner"].qualname == "Shop.sell.<locals>.inner"


def test_comprehensions_lambdas_and_class_bodies_fold_into_what_they_are_written_in(source: Source) -> None:
    folded = {
        (code.co_name, code.co_firstlineno): key_of(source, code, None).qualname
        for code in codes_of(SOURCE)
        if code.co_name.startswith("<") or code.co_name == "Shop"
    }

    assert folded["<lambda>", 6] == "decorated"
    assert folded["<genexpr>", 11] == "Shop.sell.<locals>.inner"
    assert folded["Shop", 7] == "<module>"
    assert folded["<module>", 1] == "<module>"


def test_a_line_belongs_to_the_innermost_function_around_it(source: Source) -> None:
    assert [source.enclosing("shop.py", line).qualname for line in (3, 6, 8, 11, 12, 13)] == [
        "decorated",
        "decorated",
        "<module>",
        "Shop.sell.<locals>.inner",
        "Shop.sell",
        "<module>",
    ]


@pytest.mark.parametrize("content", [b"def f(:\n", b"\x00", b"\xff\xfe\xfa", b"x = " + b"(" * 5000])
def test_a_file_that_cannot_be_parsed_keeps_the_interpreters_own_names(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    source = Source(root=tmp_path)

    assert source.function(("odd.py", 4, "f", "C.f", 3)).qualname == "C.f"
    assert source.function(("odd.py", 4, "f", None, 3)).qualname == "f"
    assert source.enclosing("gone.py", 4).qualname == "<module>"


def test_nothing_outside_the_tree_is_read(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "outside.py").write_text("def secret():\n    pass\n")

    assert Source(root=tmp_path / "tree").enclosing("../outside.py", 2).qualname == "<module>"


@st.composite
def nested_source(draw: st.DrawFn, depth: int = 0) -> str:
    pad = "    " * depth
    parts = []
    for number in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["def", "async def", "class", "pass"] if depth < 3 else ["pass"]))
        if kind == "pass":
            parts.append(f"{pad}pass\n")
            continue
        decorators = f"{pad}@property\n" * draw(st.integers(0, 2))
        head = f"{kind} n{number}" + ("" if kind == "class" else "()")
        parts.append(f"{decorators}{pad}{head}:\n{draw(nested_source(depth + 1))}")
    return "".join(parts)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="co_qualname is new in 3.11")
@given(text=nested_source())
def test_every_function_gets_its_co_qualname(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert ast.parse(text)
    root = tmp_path_factory.mktemp("source")
    (root / "shop.py").write_text(text)
    source = Source(root=root)

    for code in codes_of(text):
        if code.co_flags & 1:
            assert key_of(source, code, None) == FunctionKey(
                file="shop.py", first_line=code.co_firstlineno, qualname=code.co_qualname
            )
