import ast

import pytest

from agents.recipes import stores
from agents.recipes.hierarchy import hierarchy
from agents.recipes.project import Project

METHODS = """\
class Box:
    def __init__(self, size):
        self.size = size

    def grow(this):
        this.size += 1


def resize(box):
    box.size = 3
    del box.lid
    setattr(box, "colour", "red")
"""


def test_every_store_of_a_name_is_found_with_the_function_it_stands_in(parsed) -> None:
    _, project = parsed(METHODS)
    found = [(store.function.name, store.is_on_self) for store in stores.index(project).stores("size")]
    assert found == [("__init__", True), ("grow", True), ("resize", False)]


@pytest.mark.parametrize(("name", "count"), [("lid", 1), ("colour", 1), ("weight", 0)])
def test_deletions_and_setattr_count_as_stores(parsed, name: str, count: int) -> None:
    assert len(stores.index(parsed(METHODS)[1]).stores(name)) == count


@pytest.mark.parametrize(
    "test",
    [
        "mock.patch('mod.load')\n",
        "@patch('pkg.mod.load')\ndef test(load): pass\n",
        "def test(monkeypatch):\n    monkeypatch.setattr(mod, 'load', None)\n",
        "mocker.patch.object(mod, 'load')\n",
        "patch.multiple(mod, load=None)\n",
        "import mod\nmod.load = None\n",
        "mock.patch(target='mod.load')\n",
    ],
)
def test_a_function_that_a_test_replaces_is_known(parsed, test: str) -> None:
    _, project = parsed("def load(): pass\n", readers={"test_mod.py": test})
    assert stores.index(project).is_replaced("load")
    assert not stores.index(project).is_replaced("save")


def test_unreadable_names_are_reported_by_file(parsed) -> None:
    others = {"a.py": "setattr(x, name, 1)\n", "b.py": "x.__dict__.update(y)\n", "c.py": "globals()['x'] = 1\n"}
    project = parsed("setattr(x, 'plain', 1)\n", others)[1]
    assert {file for file, module in project.modules.items() if stores.sets_unseen(module)} == others.keys()
    assert open_files(project) == {"c.py"}


def open_files(project: Project) -> set[str]:
    return {module.file for module in project.everything if stores.index(project).is_open(module)}


@pytest.mark.parametrize(
    "test",
    [
        "import pkg.mod\n\ndef test(monkeypatch, name):\n    monkeypatch.setattr(pkg.mod, name, 1)\n",
        "from pkg import mod as m\n\ndef test(name):\n    delattr(m, name)\n",
        "def test(values):\n    from pkg import mod\n    vars(mod).update(values)\n",
        "from src.pkg import mod\n\ndef test(values):\n    mod.__dict__.update(values)\n",
        "@patch.multiple('pkg.mod', **VALUES)\ndef test(): pass\n",
        "from pkg import mod\n\n@patch.multiple(mod, **VALUES)\ndef test(): pass\n",
    ],
)
def test_a_module_whose_names_a_test_sets_unseen_is_known(parsed, test: str) -> None:
    _, project = parsed("", {"pkg/mod.py": "LEVEL = 1\n", "pkg/other.py": ""}, {"test_mod.py": test})
    assert "pkg/mod.py" in open_files(project)
    assert "pkg/other.py" not in open_files(project)


def test_a_module_that_opens_itself_through_the_table_of_modules_is_known(parsed) -> None:
    own = "import sys\n\nfor name in 'ab':\n    setattr(sys.modules[__name__], name, 1)\n"
    assert open_files(parsed("", {"mod.py": own})[1]) == {"mod.py"}


CLASSES = """\
from other import Far

class Base: pass
class Middle(Base): pass
class Leaf(Middle): pass
class Lost(Far): pass
class Twice: pass
"""


def class_named(parsed, name: str, others: dict[str, str] | None = None):
    module, project = parsed(CLASSES, others)
    found = hierarchy(project)
    return found, next(found.of(node) for node in ast.walk(module.syntax) if getattr(node, "name", "") == name)


def test_a_family_holds_everything_above_and_below(parsed) -> None:
    found, middle = class_named(parsed, "Middle")
    assert {member.name for member in found.family(middle) or ()} == {"Base", "Middle", "Leaf"}


def test_an_unknown_base_makes_the_family_unknown(parsed) -> None:
    found, lost = class_named(parsed, "Lost")
    assert found.ancestors(lost) is None
    assert found.family(lost) is None


def test_subclasses_in_other_files_and_under_other_names_count(parsed) -> None:
    others = {
        "near.py": "import mod\nclass Near(mod.Leaf): pass\n",
        "as_.py": "from mod import Leaf as L\nclass As(L): pass\n",
    }
    found, base = class_named(parsed, "Base", others)
    assert {"Near", "As"} <= {member.name for member in found.descendants(base)}


def test_two_classes_of_one_name_leave_a_subclass_without_known_bases(parsed) -> None:
    found, leaf = class_named(parsed, "Leaf", {"other.py": "class Middle: pass\n"})
    assert found.ancestors(leaf) is None
