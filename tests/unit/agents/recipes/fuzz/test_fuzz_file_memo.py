"""Generated readers of files: what they keep is what they would read anew, whatever happens to the files meanwhile."""

from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from agents.recipes.file_memo import RECIPE
from tests.fakes import timed_files
from tests.fakes.random_code import Scope, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

OPENS = (
    *("open(path)", "open(path, 'r')", "open(path, encoding='utf-8')", "open(path, 'rt', newline='')"),
    *("open(path, errors='replace')", "open(path, mode='r', encoding='latin-1')", "open(file=path)"),
)
READS = (
    "text = file.read()",
    "text = file.read()",
    "text = file.readline()",
    "text = file.read(3)",
    "file.readline()\n    text = file.read()",
    "lines = file.readlines()\n    text = ''.join(lines)",
    "text = file.readline().strip()\n    if $c:\n        return text",
)
OTHER_OPENS = (
    *("open(path, 'a+')", "open(path, 'rb')", "open(path, mode)", "open('fixed')", "open(str(path))", "open(0)"),
    *("open(path, closefd=True)", "open(path + '')", "open(path, buffering=size)", "open(path, opener=OPENER)"),
)
OTHER_READS = (
    "text = ''.join(file)",
    "text = ''.join(line for line in file)",
    "text = file.read(size)",
    "text = file.name",
    "text = file.read()\n    SEEN.append(file)",
    "text = file.read()\n    print(text)",
    "file.seek(1)\n    text = file.read()",
    "text = file.read() + str(len(SEEN))",
    "text = file.read()\n    with open(at('b')) as other:\n        text += other.read()",
    "text = file.read()\n    text += str(at('b') in SEEN)",
    "text = file.read() + str(NOTE)",
    "file, text = None, file.read()",
    "path = at('b')\n    text = file.read()",
    "text = file.read()\n    put('a', b'written')",
    "return file",
    "text = yield file.read()",
    "text = str(file.fileno() < 0)",
    "text = os.environ.get('NOTE', file.read())",
    "text = os.getcwd()[:0] + file.read()",
    "text = str(os.path.exists(path))",
)
RESULTS = (
    "return $n",
    "return $t",
    "return text, $n",
    "return text.split()",
    "return [$n, text]",
    "return {text: $n}",
    "return sorted(text)",
    "return [line for line in text.split() if $c]",
    "made = []\nfor letter in text:\n    made.append(letter)\nreturn made",
    "made = {}\nfor letter in text:\n    made[letter] = $n\nreturn made",
    "return max(text, key=ord)",
)
OTHER_RESULTS = (
    "return set(text)",
    "return {letter for letter in text}",
    "return [[text]]",
    "return iter(text)",
    "return SEEN",
    "return bytearray(text, 'utf-8')",
    "return path, text",
    "return [SEEN, text]",
    "SEEN.append(text)\nreturn text",
    "print(text)\nreturn text",
    "return {text: SEEN}",
    "return lambda: text",
    "return (letter for letter in text)",
    "return text, NOTE",
    "return next(COUNTER), text",
)
SHAPES = (
    "with OPEN as file:\n    READ",
    "with OPEN as file:\n    READ",
    "with OPEN as file:\n    READ",
    "if size:\n    with OPEN as file:\n        text = file.read()\nelse:\n    text = 'none'",
)
OTHER_SHAPES = (
    "try:\n    with OPEN as file:\n        text = file.read()\nexcept OSError:\n    text = 'missing'",
    "try:\n    with OPEN as file:\n        text = file.read()\nexcept ValueError as error:\n    text = str(error.args)",
    "file = OPEN\ntext = file.read()\nfile.close()",
    "with contextlib.suppress(OSError), OPEN as file:\n    text = file.read()",
    "with contextlib.suppress(OSError):\n    with OPEN as file:\n        text = file.read()",
    "with OPEN as file, open(at('b')) as other:\n    text = file.read() + other.read()",
    "for _ in range(2):\n    with OPEN as file:\n        text = file.read()",
    "with OPEN as SEEN[:]:\n    text = ''",
    "with OPEN as file:\n    with OPEN as other:\n        text = file.read() + other.read()",
)
HEADS = (
    "def run(path, size=1)",
    "def run(path, size=1)",
    "def run(path, size: int = 2) -> str",
    "def run(path, /, size=0)",
)
REPLACING = """\
def poke():
    kept, {one} = {one}, {other}
    try:
        return run(at('a'))
    finally:
        {one} = kept
"""
AROUND = (
    "def open(path, *given, **named):\n    return io.StringIO('own')",
    "def poke():\n    global NOTE\n    NOTE += 1\n    return NOTE",
    "def poke():\n    return run.__name__",
    "@functools.wraps(run)\ndef poke():\n    return 1",
    "kept = run\n\n\ndef run(path, size=1):\n    print(path[-1])\n    return kept(path, size)",
    REPLACING.format(one="builtins.open", other="print"),
    REPLACING.format(one="os.stat", other="print"),
    REPLACING.format(one="time.time_ns", other="list"),
    "info = _stamp = lru_cache = stat = time_ns = 0",
)
HEADS = (
    "def run(path, size=1)",
    "def run(path, size=1)",
    "def run(path, size: int = 2) -> str",
    "def run(path, /, size=0)",
)
AROUND = (
    "def open(path, *given, **named):\n    return io.StringIO('own')",
    "def poke():\n    global NOTE\n    NOTE += 1\n    return NOTE",
    "def poke():\n    return run.__name__",
    "@functools.wraps(run)\ndef poke():\n    return 1",
    "kept = run\n\n\ndef run(path, size=1):\n    print(path[-1])\n    return kept(path, size)",
    REPLACING.format(one="builtins.open", other="print"),
    REPLACING.format(one="os.stat", other="print"),
    REPLACING.format(one="time.time_ns", other="list"),
    "info = _stamp = lru_cache = stat = time_ns = 0",
)
HEAD = """\
import builtins
import contextlib
import functools
import io
import itertools
import os
import pathlib
import time
from tests.fakes.timed_files import at, begin, folder, later, link, put, remove, replace, rewrite

begin()
NOTE = 1
SEEN = []
COUNTER = itertools.count()
OPENER = None


class Text(str):
    pass


def change(made):
    if isinstance(made, list):
        made.append(1)
    if isinstance(made, dict):
        made.clear()
"""
CONTENTS = ("b'one two'", "b'two one'", "b'1\\r\\n2'", "b''", "b'\\xc3\\xa9a'", "b'\\xff\\xfe'", "b'abc'", "b'abd'")
EVENTS = (
    *("put('a', C)", "put('a', C)", "replace('a', C)", "rewrite('a', C)", "remove('a')", "folder('a')", "put('b', C)"),
    *("link('l', 'a')", "link('l', 'b')", "later(3)", "later(0.7)", "later(1.2)", "change(run(at('a')))", "poke()"),
    "remove('b')",
)
RUNS = (
    *["run(at('a'))"] * 4,
    *("run(at('b'))", "run(at('l'))", "run(at('a').encode())", "run(pathlib.Path(at('a')))", "run(Text(at('a')))"),
    *("run(at('a'), 0)", "run(at('a'), True)", "run(at('a'), 1)", "run(at('a'), 'x')", "run('a\\0')", "run('')"),
    *("run(None)", "run(at('none'))", "run(at('a'), size=2)", "run(path=at('a'))", "run()", "run(-1)", "run(['a'])"),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(st.sampled_from([*[""] * 9, "open", "read", "result", "shape", "around"]))

    def one_of(mild: tuple[str, ...], other: tuple[str, ...], name: str) -> str:
        return draw(st.sampled_from(other if hazard == name else mild))

    scope = Scope(numbers=("size", "len(text)"), texts=("text",))
    shape = one_of(SHAPES, OTHER_SHAPES, "shape")
    reading = filled(draw, one_of(READS, OTHER_READS, "read"), scope)
    shape = shape.replace("OPEN", one_of(OPENS, OTHER_OPENS, "open")).replace("READ", reading)
    body, inner = statements(draw, scope, 1)
    result = filled(draw, one_of(RESULTS, OTHER_RESULTS, "result"), inner, 2)
    made = function(draw(st.sampled_from(HEADS)), [shape, *body, result])
    around = draw(st.sampled_from(AROUND)) if hazard == "around" else ""
    given = ["put('a', b'one two')", "later(3)", "run(at('a'))", "run(at('a'))"]
    for _ in range(draw(st.integers(2, 6))):
        given.append(draw(st.sampled_from(EVENTS)).replace("C", draw(st.sampled_from(CONTENTS))))
        given += draw(st.lists(st.sampled_from(RUNS), min_size=1, max_size=2))
    given += ["put('a', b'abc')", "later(3)", "poke()", "run(at('a'))"] if around else []
    return Program(module(HEAD, made, around), tuple(given))


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with timed_files.timed():
        yield


def test_what_is_kept_of_a_file_is_what_stands_in_it() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_what_is_kept_of_a_file_is_what_stands_in_it_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
