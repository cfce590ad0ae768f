"""A dataclass gets slots only where its fields are all its instances keep, and every Python takes the keyword."""

from dataclasses import replace
from pathlib import Path

import pytest

from agents.recipes._base import Choice
from agents.recipes.dataclass_slots import RECIPE
from agents.recipes.declared_python import oldest_minor
from agents.recipes.project import load
from profiling.facts import ClassFacts, Facts
from profiling.model import FunctionKey, Interpreter, Tree
from profiling.profile import ClassProfile
from tests.fakes.recipe_programs import FILE, profile_of, reason_of, rewritten, sites_of

CLASS = """\
import dataclasses
from dataclasses import dataclass, field


@dataclass(
    frozen=True,  # never changed
)
class Node:
    name: str
    size: int = 0
    parts: list = field(default_factory=list)

    def __post_init__(self):
        object.__setattr__(self, "size", self.size + 1)

    def grown(self):
        return Node(self.name, self.size + 1)


def use(node):
    return node.name, node.size
"""


def test_the_keyword_is_added_behind_the_last_one():
    assert "    frozen=True, slots=True,  # never changed\n" in str(rewritten(RECIPE, CLASS))


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("return node.name", "node.odd = 1\n    return node.name", "another attribute"),
        ("return node.name", "return Node.size, node.name", "a default is read from the class"),
        ("return node.name", "return type(node).size, node.name", "a default is read from the class"),
        ("return node.name", "return dataclasses.fields(Node)", "the class goes elsewhere"),
        ("return node.name", "return node.__dict__", "its dictionary"),
        ("    name: str", "    name: str\n    kinds: ClassVar[int]", "no field"),
        ("    name: str", "    name: str\n    kinds: 'dataclasses.InitVar[int]'", "no field"),
        ("    name: str", "    __name: str", "a name that the class changes"),
        ("    name: str", "    name: str\n    KINDS = (1, 2)", "more than fields in the class"),
        ("size: int = 0", "size: int = field(init=False, default=3)", "the default is read from the class"),
        (
            "    def grown",
            "    def __init__(self):\n        pass\n\n    def grown",
            "fields may be left without a value",
        ),
        ("return node.name", "del node.size\n    return node.name", "the default is read from the class then"),
        ("frozen=True,", "init=False,", "fields may be left without a value"),
        ("size: int = 0", "size: int = other()", "a default that may be a descriptor"),
        ("size: int = 0", "size: int = field(default=other())", "a default that may be a descriptor"),
        ("return Node(self", "return __class__(self", "the class as it was before"),
        ("return Node(self", "super().grow()\n        return Node(self", "the class as it was before"),
        ("class Node:", "class Node(Base):", "it has a base"),
        ("frozen=True,", "slots=False,", "somebody decided"),
        ("@dataclass(", "@staticmethod\n@dataclass(", "decorated once more"),
        ("from dataclasses import", "from attr import", "another dataclass"),
        ("import dataclasses\n", "import weakref\n", "weak references"),
        ("import dataclasses\n", "import pickle\n", "stored by its dictionary"),
        ("def use", "class Child(Node):\n    pass\n\n\ndef use", "a class that inherits from it"),
    ],
)
def test_what_may_need_a_dictionary_is_refused(old, new, because):
    assert old in CLASS
    assert rewritten(RECIPE, CLASS.replace(old, new)) is None, because


def test_a_call_without_arguments_is_filled():
    text = "from dataclasses import dataclass\n\n\n@dataclass()\nclass A:\n    x: int\n"
    assert rewritten(RECIPE, text) == text.replace("dataclass()", "dataclass(slots=True)")


@pytest.mark.parametrize(
    ("file", "declared", "oldest"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.9"\n', 9),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.11,<4"\n', 11),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\n', 10),
        ("pyproject.toml", '[project]\nrequires-python = "<4"\n', 0),
        ("pyproject.toml", "[project\n", 0),
        ("pyproject.toml", '[project]\nname = "app"\n', None),
        ("setup.cfg", "[options]\npython_requires = >= 3.8\n", 8),
        ("setup.py", "setup(python_requires='~=3.12')\n", 12),
        ("setup.py", "setup(python_requires=OLDEST)\n", 0),
    ],
)
def test_the_oldest_python_is_the_one_that_the_project_declares(tmp_path: Path, file, declared, oldest):
    (tmp_path / file).write_text(declared)
    (tmp_path / FILE).write_text(CLASS)
    project = load(Tree(root=tmp_path, import_roots=(".",), packages=("app",), source_paths=(".",)))

    assert oldest_minor(project) == oldest
    assert len(list(RECIPE.sites(project.modules[FILE], project))) == (oldest is None or oldest >= 10)


def test_the_facts_choose_many_instances_and_veto_an_old_python():
    (site,) = sites_of(RECIPE, CLASS)
    made = ClassProfile(key=FunctionKey(file=FILE, first_line=5, qualname="Node"), instances=10_000, bytes_each=104)
    profile = replace(profile_of(), peak_bytes=10_000_000, classes=(made,))
    old = replace(profile, interpreter=Interpreter(executable="python", version=(3, 9, 18)))
    seen = ClassFacts(id="any", created=None, peak_alive=None, weakly_referenced=True)

    choice = RECIPE.choose(site, profile, Facts())

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(10_000 * (104 - 32 - 3 * 8) / 10_000_000)
    assert "3.9 has no slots" in reason_of(RECIPE.choose(site, old, Facts()))
    assert "0 instances" in reason_of(RECIPE.choose(site, replace(profile, classes=()), Facts()))
    assert "weakly" in reason_of(RECIPE.choose(site, profile, Facts(classes={site.requests[0].id: seen})))
