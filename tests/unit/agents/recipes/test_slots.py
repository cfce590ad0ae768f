"""A class gets slots only where nothing may miss the dictionaries of its instances."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.slots import RECIPE
from profiling.facts import ClassFacts, Facts
from profiling.model import FunctionKey
from profiling.profile import ClassProfile, Profile
from tests.fakes.recipe_programs import FILE, profile_of, reason_of, rewritten, sites_of

CLASS = """\
import json
import lib


class Node:
    kind: str

    def __init__(self, name):
        self.name = name
        self.kind = "n"

    @property
    def title(self):
        return self.name.title()

    @title.setter
    def title(self, value):
        self.name = value.lower()

    def grow(self, by):
        self.size = by

    @classmethod
    def root(cls):
        return cls("root")


class Other:
    def __init__(self):
        self.note = 1


def use(node, others):
    found = Other()
    found.extra = 1
    return isinstance(node, Node), found
"""


def slotted(text: str, **others) -> set[str]:
    return {site.node_path.partition(",")[0] for site in sites_of(RECIPE, text, **others)}


def test_all_attributes_that_methods_set_get_slots_in_the_order_of_the_text():
    assert '    __slots__ = ("name", "kind", "size")\n' in str(rewritten(RECIPE, CLASS))


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("found.extra", "node.extra", "another attribute on anything"),
        ("found = Other()", "found = others[0]", "another attribute on what may be one"),
        ("found = Other()", "found = lib.make()", "a library may give one back"),
        ("found.extra = 1", "setattr(node, others, 1)", "set by a name that can't be read"),
        ("found.extra = 1", "object.__setattr__(node, others, 1)", "set by a name that can't be read"),
        ("found.extra = 1", "return node.__dict__", "its dictionary"),
        ("found.extra = 1", "return vars(node)", "its dictionary"),
        ("found.extra = 1", "return getattr(node, '__dict__')", "its dictionary"),
        ("found.extra = 1", "node.__class__ = Other", "another class with another layout"),
        ("found.extra = 1", "type(node).name = 3", "the class gets an attribute in place of the slot"),
        ("found.extra = 1", "del node.name", "the error of a second deletion reads otherwise"),
        ("found.extra = 1", "delattr(node, 'size')", "the error of a second deletion reads otherwise"),
        ("found.extra = 1", "Node.name = 3", "the class gets an attribute in place of the slot"),
        ("found.extra = 1", "found = Node", "the class goes elsewhere"),
        ("found.extra = 1", "others.register(Node)", "the class goes elsewhere"),
        ("found.extra = 1", "lib.track(Node('x'))", "a library may set attributes"),
        ("    def grow", "    def put(self):\n        lib.track(self)\n\n    def grow", "a library may set attributes"),
        ("    def grow", "    def name(self):\n        return 1\n\n    def grow", "a method hides behind an attribute"),
        ("    def grow", "    size = 0\n\n    def grow", "a default in the class"),
        ("    def grow", "    made = lib.Field()\n\n    def grow", "something that may store into instances"),
        ("    def grow", "    @lib.cached\n    def x(self):\n        return 1\n\n    def grow", "a strange decorator"),
        (
            "    def grow",
            "    def __getattr__(self, n):\n        return 1\n\n    def grow",
            "attributes that are not there",
        ),
        ("    def grow", "    def __copy__(self):\n        return self\n\n    def grow", "its own way to be copied"),
        ('return cls("root")', 'cls.name = 1\n        return cls("root")', "the class gets an attribute"),
        ('return cls("root")', 'made = cls("root")\n        made.odd = 1', "another attribute on what it makes"),
        ("class Node:", "class Node(lib.Base):", "bases that nobody knows"),
        ("class Node:", "class Node(metaclass=lib.Meta):", "made in another way"),
        ("class Node:", "@lib.register\nclass Node:", "decorated"),
        ("import json", "import shelve", "stored by its dictionary"),
        ("class Other:", "class Both(Node, Exception):", "a base beside it"),
        ("class Other:", "class Child(Node):\n    name = 1\n\n\nclass Other:", "a child that hides the slot"),
        ("class Other:", "class Child(Node):\n    __slots__ = ()\n\n\nclass Other:", "a child without a dictionary"),
        (
            "class Other:",
            "class Sub(Node):\n    def all(self):\n        return vars(self)\n\n\nclass Other:",
            "its dictionary",
        ),
        ("found.extra = 1", "return vars(Sub(1))\n\n\nclass Sub(Node):\n    pass", "its dictionary"),
        ("found.extra = 1", "Sub.name = 1\n\n\nclass Sub(Node):\n    pass", "a child that comes to hide the slot"),
        ("class Other:", "class Node:", "two of one name"),
    ],
)
def test_what_may_need_a_dictionary_is_refused(old, new, because):
    assert old in CLASS
    assert "Node" not in slotted(CLASS.replace(old, new)), because


@pytest.mark.parametrize(
    "reader",
    [
        "from app import Node\nNode('a').tag = 1\n",
        "from app import Node\ndef test(node: Node):\n    node.tag = 1\n",
        "from unittest import mock\ndef test(node):\n    with mock.patch.object(node, 'grow'):\n        pass\n",
        "def test(monkeypatch, node):\n    monkeypatch.setattr(node, 'name', 3)\n",
        "from unittest.mock import Mock\nfrom app import Node\nfake = Mock(spec=Node)\n",
        "import pickle\n",
        "import app\nclass Fake(app.Node, dict):\n    pass\n",
        "from app import Node as Renamed\nclass Fake(Renamed, dict):\n    pass\n",
    ],
)
def test_what_a_test_does_to_instances_counts(reader):
    assert slotted(CLASS) == {"Node"}
    assert slotted(CLASS, readers={"tests/test_app.py": reader}) == set()


def test_instances_stay_weakly_referable_where_the_project_makes_weak_references():
    assert '"size", "__weakref__")' in str(rewritten(RECIPE, CLASS.replace("import json", "import weakref")))


def test_a_long_row_of_slots_is_wrapped_and_comments_stay():
    stores = "".join(f"        self.attribute_{number} = {number}\n" for number in range(9))
    text = str(rewritten(RECIPE, f"class Wide:  # many\n    # first\n    def __init__(self):\n{stores}"))
    assert '    __slots__ = (\n        "attribute_0",\n' in text
    assert "# many\n    # first\n" in text
    assert max(map(len, text.splitlines())) <= 88


def chosen(seen: ClassFacts | None, instances: int = 50_000, name: str = "Node"):
    site = sites_of(RECIPE, CLASS)[0]
    made = ClassProfile(key=FunctionKey(file=FILE, first_line=5, qualname=name), instances=instances, bytes_each=104)
    whole: Profile = profile_of({site.key: 0.5})
    fields = {one: getattr(whole, one) for one in Profile.__dataclass_fields__}
    profile = Profile(**{**fields, "peak_bytes": 20_000_000, "classes": (made,)})
    return RECIPE.choose(site, profile, Facts(classes={site.requests[0].id: seen} if seen else {}))


def facts(**changed: object) -> ClassFacts:
    return ClassFacts(id="any", created=60_000, peak_alive=50_000, set_in_init={"name": 9}, **changed)  # type: ignore[arg-type]


def test_the_memory_pass_chooses_classes_with_many_instances():
    choice = chosen(facts(set_elsewhere={"size": 3}))

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(50_000 * (104 - 32 - 3 * 8) / 20_000_000)


def test_few_instances_and_what_was_seen_of_them_veto():
    assert "100 instances" in reason_of(chosen(facts(), instances=100))
    assert "0 instances" in reason_of(chosen(None, name="Gone"))
    assert "other attributes: odd" in reason_of(chosen(facts(in_dict=("name", "odd"))))
    assert "vars" in reason_of(chosen(facts(reflected={"vars": 1, "getattr": 3})))
    assert "pickled" in reason_of(chosen(facts(pickled_or_copied=True)))
    assert "weakly" in reason_of(chosen(facts(weakly_referenced=True)))
    assert "outside the project: Sub" in reason_of(chosen(facts(subclasses={"Sub": "(outside)"})))


def test_the_site_is_the_function_that_makes_instances():
    first: Site = sites_of(RECIPE, CLASS)[0]
    assert first.key.qualname == "Node.__init__"
    (only,) = sites_of(RECIPE, "class A:\n    def read(self):\n        self.x = 1\n")
    assert only.key.qualname == "A.read"
