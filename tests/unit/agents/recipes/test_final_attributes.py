"""An attribute is final only where it is stored once, in time, and nothing else can store, hide or hand it over."""

import ast

import pytest

from agents.recipes.final_attributes import class_made, final_attribute
from agents.recipes.hierarchy import hierarchy
from agents.recipes.project import Project
from tests.fakes.recipe_programs import FILE, project_of

CLASS = """\
import lib


class Inner:
    pass


class Base:
    def __init__(self, size):
        self.size = size


class Box(Base):
    def __init__(self, size, inner):
        super().__init__(size)
        self.inner = Inner()

    def show(self):
        return self.inner


class Small(Box):
    pass
"""


def known(text: str, name: str, of: str = "Box", readers: dict[str, str] | None = None) -> bool:
    project = project_of(text, readers=readers)
    (found,) = hierarchy(project).named(of)
    return final_attribute(name, found, project) is not None


def made(text: str) -> str:
    project: Project = project_of(text)
    statement = project.modules[FILE].syntax.body[-1]
    assert isinstance(statement, ast.Expr)
    found = class_made(statement.value, project.modules[FILE], project)
    return found.name if found else ""


@pytest.mark.parametrize(("of", "name"), [("Box", "inner"), ("Box", "size"), ("Base", "size"), ("Small", "inner")])
def test_what_init_stores_before_anyone_sees_the_instance_is_final(of, name):
    assert known(CLASS, name, of)


def test_an_attribute_of_those_below_is_none_of_the_class_itself():
    assert not known(CLASS, "inner", "Base")
    assert not known(CLASS, "missing")


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("return self.inner", "self.inner = 1", "a method stores it"),
        ("return self.inner", "del self.inner", "a method deletes it"),
        ("return self.inner", "self.inner += 1", "a method adds to it"),
        ("return self.inner", "self.__init__(1, 2)", "it is made again"),
        ("return self.inner", "vars(self).clear()", "its dictionary is reached"),
        ("return self.inner", "setattr(self, self.size, 1)", "any attribute may be set"),
        ("    pass\n\n\nclass Base", "    pass\n\n\ndef put(x):\n    x.inner = 1\n\n\nclass Base", "set from outside"),
        (
            "    pass\n\n\nclass Base",
            "    pass\n\n\ndef new():\n    return Box.__new__(Box)\n\n\nclass Base",
            "no __init__",
        ),
        ("class Small(Box):\n    pass", "class Small(Box):\n    inner = 3", "a class below hides it"),
        (
            "class Small(Box):\n    pass",
            "class Small(Box):\n    @property\n    def inner(self):\n        return 1",
            "hidden",
        ),
        (
            "class Small(Box):\n    pass",
            "class Small(Box):\n    def __init__(self):\n        self.size = 1",
            "not stored",
        ),
        ("class Small(Box):\n    pass", "class Small(Box, lib.Mixin):\n    pass", "a base nobody knows"),
        (
            "class Small(Box):\n    pass",
            "class Small(Box):\n    def __getattribute__(self, n):\n        return 1",
            "hook",
        ),
        ("class Small(Box):\n    pass", "class Small(Box):\n    def __del__(self):\n        self.show()", "half made"),
        ("class Small(Box):\n    pass", "@lib.wrapped\nclass Small(Box):\n    pass", "decorated"),
        ("class Small(Box):\n    pass", "class Small(Box, metaclass=lib.Meta):\n    pass", "made in another way"),
        ("        super().__init__(size)\n", "        super().__init__(size)\n        self.show()\n", "seen before"),
        ("        super().__init__(size)\n", "        super().__init__(size)\n        lib.keep(self)\n", "handed out"),
        ("        self.size = size\n", "        self.size = size\n        self.begin()\n", "seen in the one above"),
        ("        super().__init__(size)\n", "        if size:\n            return\n", "not always stored"),
        ("        self.inner = Inner()", "        if size:\n            self.inner = Inner()", "not always stored"),
        ("        self.inner = Inner()", "        self.inner = self.show()", "it is asked for while it is made"),
        ("        self.inner = Inner()", "        self.inner = 1\n        self.inner = 2", "stored twice"),
    ],
)
def test_whatever_else_may_be_seen_is_not_final(old, new, because):
    assert CLASS.count(old) == 1 or old.startswith("    pass")
    assert not known(CLASS.replace(old, new, 1), "inner"), because


def test_a_test_that_patches_the_attribute_counts():
    patched = "import app\n\n\ndef test_it(monkeypatch):\n    monkeypatch.setattr(app.Box(1, 2), 'inner', 3)\n"
    assert known(CLASS, "inner", readers={"test_app.py": "import app\n"})
    assert not known(CLASS, "inner", readers={"test_app.py": patched})


def test_another_class_may_have_an_attribute_of_the_same_name():
    other = f"{CLASS}\n\nclass Other:\n    def set(self, inner):\n        self.inner = inner\n"
    assert known(other, "inner")
    assert not known(other.replace("class Other", "class Box"), "inner", "Small")


def test_a_call_of_a_class_of_the_project_makes_exactly_that():
    assert made(f"{CLASS}\n\nInner()\n") == "Inner"
    for unknown in ("lib.Inner()", "Inner", "make()", "Inner if lib else Box"):
        assert made(f"{CLASS}\n\n{unknown}\n") == ""
    assert made(f"{CLASS}\n\nInner = Box\n\n\nInner()\n") == ""
