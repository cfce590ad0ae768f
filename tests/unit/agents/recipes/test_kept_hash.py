"""A hash is kept only where nothing it is made of changes, and where copies and pickles do without it."""

import copy
import pickle
import sys
import types

import pytest

from agents.recipes._base import Choice
from agents.recipes.kept_hash import RECIPE
from profiling.facts import ClassFacts, Facts
from tests.fakes.recipe_programs import profile_of, reason_of, rewritten, sites_of

CLASS = """\
import lib


class Tag:
    def __init__(self, name: str, level: int, extra):
        self.name = name
        self.level = level
        self.extra = extra

    def __hash__(self):
        return hash((self.name, self.level))


class Plain(Tag):
    pass
"""


def test_copies_and_pickles_leave_the_hash_out(monkeypatch):
    module = types.ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", module)
    exec(str(rewritten(RECIPE, CLASS)).replace("import lib\n", ""), vars(module))
    tag = module.Plain("a", 1, [2])

    assert hash(tag) == hash(("a", 1)) == hash(tag)
    assert vars(tag)["_hash"] == hash(("a", 1))
    for other in (pickle.loads(pickle.dumps(tag)), copy.copy(tag), copy.deepcopy(tag)):
        assert vars(other) == {"name": "a", "level": 1, "extra": [2]}
        assert hash(other) == hash(tag)


def test_another_name_is_taken_where_the_first_means_something():
    read = f"{CLASS}\n\ndef known(one):\n    return one._hash\n"
    assert "self._tag_hash = hash(" in str(rewritten(RECIPE, read))
    assert rewritten(RECIPE, f"{read}\n\nNAMES = ['_tag_hash']\n") is None


def test_a_comment_in_the_way_is_no_site():
    assert rewritten(RECIPE, CLASS.replace("self.level))", "self.level))  # both")) is None


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("self.level))", "self.extra))", "nothing says that it does not change"),
        ("self.level))", "id(self)))", "it reads more than attributes"),
        ("self.level))", "lib.salt()))", "a library function"),
        ("self.level))", "self.level)) + 1", "no hash"),
        ("self.level))", "kept))", "the name is taken"),
        ("        return hash", "        print(1)\n        return hash", "an effect"),
        ("import lib", "def hash(x):\n    return 1\n\n\nimport lib", "another function"),
        ("    pass", "    def up(self):\n        self.level += 1", "a child changes it"),
        ("    pass", "    __slots__ = ()", "slots"),
        ("    pass", "    def __setattr__(self, n, v):\n        raise TypeError", "nothing may be set"),
        ("    pass", "    def __getstate__(self):\n        return dict(self.__dict__)", "its own way to be pickled"),
        ("    pass", "    def all(self):\n        return vars(self)", "the dictionary is read"),
        ("    pass", "    pass\n\n\ndef put(x, n):\n    setattr(x, n, 1)", "set by a name that can't be read"),
        ("    pass", "    pass\n\n\ndef put(x):\n    x.name = 1", "set from outside"),
        ("class Plain", "@lib.frozen\nclass Plain", "decorated"),
        ("class Plain(Tag)", "class Plain(Tag, lib.Base)", "a base that nobody knows"),
        ("class Tag:", "class Tag(lib.Base):", "a base that nobody knows"),
        ("name: str", "name", "nothing says what it is"),
    ],
)
def test_what_may_change_or_look_is_refused(old, new, because):
    assert old in CLASS
    assert rewritten(RECIPE, CLASS.replace(old, new)) is None, because


def test_the_facts_choose_many_hashes_of_each_instance():
    (site,) = sites_of(RECIPE, CLASS)
    request = site.requests[0].id

    def decided(hashes: int | None, created: int | None, seconds: float = 0.5):
        seen = ClassFacts(id=request, created=created, peak_alive=None, hash_calls=hashes)
        return RECIPE.choose(site, profile_of({site.key: seconds}), Facts(classes={request: seen}))

    choice = decided(1_000_000, 1_000)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.5 - 0.08, rel=0.02)
    assert "fewer than 5" in reason_of(decided(4_000, 1_000))
    assert "saves nothing" in reason_of(decided(10_000_000, 1_000_000))
    for unseen in ((None, 10), (1_000, None), (0, 10)):
        assert "not sampled" in reason_of(decided(*unseen))
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), Facts()))
