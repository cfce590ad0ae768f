"""Recorded calls, replayed on a base and a change, for real."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from profiling.behaviour.compare import Outcome
from profiling.model import Interpreter
from tests.fakes.behaviour_trees import Trees, functions_of

HARMLESS = {
    "plain": ("def plain(x):\n    return x + 1\n", "plain(1)"),
    "lazily": ("def lazily(items):\n    for item in items:\n        yield item * 2\n", "list(lazily([1, 2]))"),
    "awaited": ("async def awaited(x):\n    return [x]\n", "asyncio.run(awaited(1))"),
    "fails": ("def fails(x):\n    raise KeyError(x, [1])\n", "quietly(fails, 1)"),
    "sentinel": ("NONE = object()\ndef sentinel(x=NONE):\n    return x is NONE\n", "sentinel(); sentinel(NONE)"),
    "prints": ("def prints(x):\n    print(x, file=sys.stderr)\n    os.write(1, b'low')\n", "prints(1)"),
    "writes": ("def writes(x):\n    with open('out.txt', 'w') as f:\n        f.write(x)\n", "writes('a')"),
    "chance": ("def chance():\n    return random.random()\n", "chance()"),
    "Kept.method": (
        "class Kept:\n    def method(self, k=2):\n        self.k = k\n        return self\n",
        "Kept().method(3)",
    ),
    "Kept2.prop": ("class Kept2:\n    @property\n    def prop(self):\n        return [1]\n", "Kept2().prop"),
    "Kept3.make": ("class Kept3:\n    @classmethod\n    def make(cls, x):\n        return cls()\n", "Kept3.make(1)"),
    "Kept4.same": ("class Kept4:\n    @staticmethod\n    def same(x):\n        return x\n", "Kept4.same([1])"),
    "cached": ("@functools.lru_cache(None)\ndef cached(x):\n    return [x]\n", "cached(1)"),
    "managed": (
        "@contextlib.contextmanager\ndef managed(x):\n    x.append(1)\n    yield x\n    x.pop()\n",
        "managed([]).__enter__()",
    ),
    "Point.__init__": ("class Point:\n    def __init__(self, x):\n        self.x = x\n", "Point(3)"),
}
UNCOMPARABLE = {
    "clock": ("def clock():\n    return time.time_ns()\n", "clock()"),
    "unique": ("def unique():\n    return str(uuid.uuid4())\n", "unique()"),
    "unordered": ("def unordered():\n    return list({str(n) for n in range(50)})\n", "unordered()"),
    "spawns": ("def spawns():\n    return os.system('true')\n", "spawns()"),
    "elsewhere": (
        "def elsewhere(path):\n    open(path, 'w').close()\n",
        "elsewhere(os.path.join(os.path.dirname(__file__), 'x'))",
    ),
}
HEADER = "import asyncio, contextlib, functools, os, random, sys, time, uuid\n"
MAIN = """
import asyncio, os
from mod import *

def quietly(function, *args):
    try:
        function(*args)
    except Exception:
        pass

if __name__ == "__main__":
"""


def program(parts: dict[str, tuple[str, str]]) -> tuple[str, str]:
    text = HEADER + "".join(source for source, _ in parts.values())
    return text, MAIN + "".join(f"    {call}\n" for _, call in parts.values())


def test_an_unchanged_program_has_no_difference_and_what_is_unstable_is_said(tmp_path: Path) -> None:
    text, main = program(HARMLESS | UNCOMPARABLE)

    report = Trees(tmp_path).change(text, text, main)

    assert report.differences == ()
    assert {key.qualname for key in report.uncompared} == set(UNCOMPARABLE)
    assert report.excluded == {"not the same twice": 3, "reaching outside the process": 2}
    assert report.compared == len(HARMLESS) + 1
    assert report.outcome is Outcome.TOO_LITTLE


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.12", "3.13", "3.14"])
def test_each_python_records_and_replays(tmp_path: Path, version: str) -> None:
    text, main = program(HARMLESS)
    changed = text.replace("return x + 1", "return x + 1.0")

    report = Trees(tmp_path, interpreter=installed(version)).change(text, changed, main)

    assert report.compared == report.calls == len(HARMLESS) + 1
    assert [each.text for each in report.differences] == ["mod.py:2 plain, call 0.0: result: 2 (int) != 2.0 (float)"]


def installed(version: str) -> Interpreter:
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [Path(found)] if (found := shutil.which(f"python{version}")) else []
    for candidate in [*sorted(folder.glob(f"{version}.*/bin/python")), *named]:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            major, minor = (int(part) for part in version.split("."))
            return Interpreter(executable=str(candidate), version=(major, minor, 0))
    pytest.skip(f"no Python {version} is installed")


def test_a_call_that_ends_the_process_is_excluded_and_the_next_ones_are_made(tmp_path: Path) -> None:
    text = (
        "import os\ndef ends(x):\n    if os.environ.get('PYTHONHASHSEED', 'random') != 'random':\n        os._exit(3)\n"
        "def f(x):\n    return x\n"
    )
    main = "from mod import *\nends(1)\nf(2)\n"

    report = Trees(tmp_path).change(text, text, main)

    assert report.excluded == {"the process ended (3) in it": 1}
    assert report.compared == 1


def test_functions_of_a_script_are_replayed_from_it(tmp_path: Path) -> None:
    main = "class Box:\n    pass\ndef f(box, n):\n    return box, n + 1\nif __name__ == '__main__':\n    f(Box(), 1)\n"
    trees = Trees(tmp_path)
    base, change = (trees.tree({"main.py": text}) for text in (main, main.replace("n + 1", "n - 1")))

    report = trees.compare(trees.record(base, functions_of("main.py", main)), base, change)

    assert [each.place for each in report.differences] == ["result[1]"]


def test_an_instance_whose_class_gains_slots_is_still_made_anew(tmp_path: Path) -> None:
    before = "class P:\n    def __init__(self, x):\n        self.x = x\n    def f(self):\n        return [self.x]\n"
    after = before.replace("class P:\n", "class P:\n    __slots__ = ('x',)\n")

    report = Trees(tmp_path).change(before, after, "from mod import *\nP(1).f()\n")

    assert (report.outcome, report.compared) == (Outcome.SAME, 2), report.text


def test_a_change_that_shares_its_result_between_calls_is_found(tmp_path: Path) -> None:
    before = "import functools\ndef f(x):\n    return [x]\n"
    after = before.replace("def f", "@functools.lru_cache(None)\ndef f")

    report = Trees(tmp_path).change(before, after, "from mod import *\nf(1)\n")

    assert "an object of an earlier call" in report.differences[0].after


def test_a_change_that_hangs_is_a_difference(tmp_path: Path) -> None:
    before = "def f(x):\n    return x\n"
    after = "def f(x):\n    while True:\n        pass\n"
    trees = Trees(tmp_path)
    base, change = (trees.tree({"mod.py": text, "main.py": "from mod import *\nf(1)\n"}) for text in (before, after))

    report = trees.compare(trees.record(base, functions_of("mod.py", before)), base, change, call_s=0.2)

    assert report.outcome is Outcome.DIFFERENT
    assert "it took longer than" in report.differences[0].after


def test_a_change_that_can_not_be_imported_is_a_difference_for_each_function(tmp_path: Path) -> None:
    before = "def f(x):\n    return x\ndef g(x):\n    return x\n"

    report = Trees(tmp_path).change(before, "import no_such_module\n" + before, "from mod import *\nf(1)\ng(1)\n")

    assert report.differing == 2
    assert "can't be imported: ModuleNotFoundError" in report.differences[0].after


STORING = """\
class Tag:
    def __init__(self, name):
        self.name = name
        self.label = f"<{name}>"


def tags(count):
    return [Tag(str(number)) for number in range(count)]
"""
KEEPING = """\
from functools import cached_property


class Tag:
    def __init__(self, name):
        self.name = name

    @cached_property
    def label(self):
        return f"<{self.name}>"


def tags(count):
    return [Tag(str(number)) for number in range(count)]
"""
COMPUTING = KEEPING.replace("@cached_property", "@property").replace(
    "from functools import cached_property", "import sys"
)


@pytest.mark.parametrize("before", [STORING, COMPUTING], ids=["stored", "computed"])
def test_an_attribute_that_is_kept_from_its_first_time_on_is_asked_for_on_both_sides(tmp_path, before):
    main = "from mod import tags\nprint([one.label for one in tags(3)])\n"

    same = Trees(tmp_path / "same").change(before, KEEPING, main)
    assert (same.outcome, same.compared) == (Outcome.SAME, same.calls), same.text

    shared = "\n\nSHARED = Tag('shared')\n\n\ndef shown():\n    return SHARED.label\n"
    main = "from mod import shown, tags\nprint(shown(), len(tags(1)))\n"
    kept = Trees(tmp_path / "shared").change(before + shared, KEEPING + shared, main)
    assert (kept.outcome, kept.compared) == (Outcome.SAME, kept.calls), kept.text


@pytest.mark.slow
def test_another_value_of_such_an_attribute_is_a_difference(tmp_path):
    main = "from mod import tags\nprint([one.label for one in tags(3)])\n"
    wrong = Trees(tmp_path / "wrong").change(STORING, KEEPING.replace("<{self.name}>", "<{self.name} >"), main)
    assert "label: '<0>' != '<0 >'" in wrong.text
