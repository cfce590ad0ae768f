"""A name stands for a text only where nothing else can be behind it when it is read."""

import ast

import pytest

from agents.recipes.functions import functions
from agents.recipes.named_patterns import named_text
from tests.fakes.recipe_programs import FILE, project_of

BY_VERSION = """\
import sys


def f(s):
    if sys.version_info[0] == 2:
        p = unichr(7)
    else:
        p = "a"
    return s(p)
"""


def texts(text: str, **others: dict[str, str]) -> tuple[object, ...] | None:
    """Return the constants that the argument of `s(…)` may be, None when it is not known."""
    project = project_of(text, **others)
    module = project.modules[FILE]
    function = next(one.node for one in functions(module) if one.node.name == "f")
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    asked = min((call.args[0] for call in calls if call.func.id == "s"), key=lambda one: one.lineno)
    found = named_text(asked, function, module, project)
    return tuple(value.value for value in found.values) if found else None


def test_a_local_that_is_given_once_stands_for_what_it_is_given():
    assert texts("def f(s):\n    p = 'a'\n    return s(p)\n") == ("a",)


def test_a_module_name_stands_for_what_it_is_given():
    assert texts("P = 'a'\n\n\ndef f(s):\n    return s(P)\n") == ("a",)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("sys.version_info[0] == 2", ("a",)),
        ("sys.version_info[0] < 3", ("a",)),
        ("sys.version_info.major < 3", ("a",)),
        ("sys.version_info < (3,)", ("a",)),
        ("sys.version_info <= (2, 7)", ("a",)),
        ("sys.version_info[0] >= 3", None),
        ("sys.version_info >= (3, 12)", None),
        ("sys.version_info[1] == 2", None),
        ("sys.version_info == 2", None),
        ("sys.version_info[0] == (2,)", None),
        ("sys.version_info < (3, 9, 1)", None),
        ("2 == sys.version_info[0]", None),
        ("sys.platform == 'win32'", None),
        ("s", None),
    ],
)
def test_a_version_test_is_known_for_every_python_that_runs_it(test, expected):
    assert texts(BY_VERSION.replace("sys.version_info[0] == 2", test)) == expected


def test_both_texts_of_a_test_that_may_go_either_way_are_told():
    text = BY_VERSION.replace("[0] == 2", " < (3, 12)").replace("unichr(7)", "'b'")
    assert texts(text) == ("b", "a")


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("    return", "    p += 'b'\n    return", "it is added to"),
        ("    return", "    for p in s:\n        pass\n    return", "it is bound again"),
        ("        p = unichr(7)\n", "        p = unichr(7)\n        print(p)\n", "more is done by the way"),
        ("unichr(7)", "make(7)", "what is called is not known"),
        ("def f", "unichr = print\n\n\ndef f", "unichr is the module's"),
        ('        p = "a"\n', '        q = "a"\n', "it may have no value"),
        ('p = "a"', "p = s", "no constant"),
        ("import sys", "from shim import sys", "another sys"),
        ("s(p)", "(lambda: s(p))()", "it is read later"),
        (
            "    if sys",
            "    def g():\n        nonlocal p\n        p = 1\n\n    g()\n    if sys",
            "an inner function binds it",
        ),
        ("    return", "    if s:\n        del p\n    return", "it may be unbound"),
    ],
)
def test_what_may_be_behind_a_name_otherwise_is_not_known(old, new, because):
    text = BY_VERSION.replace(old, new)
    assert text != BY_VERSION
    assert texts(text) is None, because


def test_a_name_read_before_its_branch_is_not_known():
    assert texts(BY_VERSION.replace("    if sys", "    if s:\n        s(p)\n    if sys")) is None


def test_a_module_name_or_a_version_that_tests_replace_is_not_known():
    text = "P = 'a'\n\n\ndef f(s):\n    return s(P)\n"
    assert texts(text, readers={"t.py": "import app\napp.P = 'b'\n"}) is None
    assert texts(BY_VERSION, readers={"t.py": "import sys\nsys.version_info = (2, 7)\n"}) is None
    assert (
        texts(
            BY_VERSION,
            readers={"t.py": "def test(monkeypatch):\n    monkeypatch.setattr('sys.version_info', (2, 7))\n"},
        )
        is None
    )


def test_what_is_no_name_or_not_bound_is_not_known():
    assert texts("def f(s):\n    return s('a')\n") is None
    assert texts("def f(s):\n    return s(elsewhere)\n") is None
    assert texts("def f(s, p='a'):\n    return s(p)\n") is None
