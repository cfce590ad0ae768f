"""An attribute is computed later only where it will be the same then, and where hardly anybody asks."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.lazy_attribute import RECIPE
from profiling.facts import ClassFacts, Facts
from tests.fakes.recipe_programs import expression_facts, profile_of, reason_of, rewritten, sites_of

CLASS = """\
import lib


class Tag:
    def __init__(self, name: str, level: "int" = 1, extra=None):
        self.name = name
        self._level = level
        self.extra = extra
        self.label = f"name {name}, level {level}"

    def show(self):
        return self.label
"""


def test_words_in_a_text_are_no_parameters():
    after = str(rewritten(RECIPE, CLASS))
    assert "        return f'name {self.name}, level {self._level}'" in after
    assert (
        '        if type(name) is not str or type(level) is not int:\n            self.label = f"name {name}' in after
    )


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("name: str", "name", "nothing says what it is"),
        ("name: str", "name: lib.Name", "a class of a library"),
        ("{name},", "{extra},", "nothing says that it does not change"),
        ("{name},", "{lib.salt()},", "a library function"),
        ("{name},", "{name[0]},", "it may raise"),
        ("{name},", "{show},", "no parameter"),
        ("        self.name = name\n", "        name = name.strip()\n        self.name = name\n", "another value"),
        ("        self.name = name\n", "        self.show()\n        self.name = name\n", "it is asked for before"),
        ("        self.name = name\n", "", "the instance does not keep it"),
        ("return self.label", "self.name = ''", "what it is made of changes"),
        ("return self.label", "self.label = ''", "it changes itself"),
        ("return self.label", "return Tag.label", "the class is asked"),
        ("return self.label", "return hasattr(Tag, 'label')", "the class is asked"),
        ("return self.label", "return getattr(Tag, self.name)", "the class may be asked"),
        ("return self.label", "return vars(self)", "the attributes are listed"),
        ("import lib", "import pickle", "instances may be stored as they are"),
        ("return self.label", "return lib.dump(Tag(1))", "a library may look at it"),
        ("import lib", "type = 1", "another meaning of a name in the test"),
        ("class Tag:", "class Tag(lib.Base):", "a base that nobody knows"),
    ],
)
def test_what_may_be_another_value_later_is_refused(old, new, because):
    assert old in CLASS
    assert rewritten(RECIPE, CLASS.replace(old, new)) is None, because


def test_the_facts_choose_what_hardly_anybody_asks_for():
    (site,) = sites_of(RECIPE, CLASS)
    instances, value = (request.id for request in site.requests)

    def decided(made: int, reads: int, length: int = 100):
        seen = ClassFacts(id=instances, created=made, peak_alive=None, read={"label": reads})
        text = expression_facts(value, evaluations=made, types={"str": made}, total_len=made * length)
        return RECIPE.choose(
            site, profile_of({site.key: 0.5}), Facts(classes={instances: seen}, expressions={value: text})
        )

    choice = decided(100_000, 0)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(100_000 * (60 + 500 - 25) * 1e-9, rel=0.01)
    assert "too often" in reason_of(decided(100_000, 60_000))
    assert "too often" in reason_of(decided(400, 0))
    assert "cost as much" in reason_of(decided(100_000, 40_000, length=5))
    assert "no instance" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), Facts()))
