"""Generated classes whose `__init__` computes an attribute: computing it later changes nothing that shows."""

import pytest
from hypothesis import strategies as st

from agents.recipes.lazy_attribute import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

VALUES = (
    "f'{name}:{level}'",
    "f'name {name.title()!r} level {level:>4}'",
    "name.strip().lower() + name.upper()",
    "'%s/%d' % (name, level)",
    "repr(name) + str(level)",
    "'{} {level}'.format(name, level=level)",
    "hex(level) + name",
    "len(name)",
)
HOSTILE_VALUES = (
    "int(name)",
    "name.split()",
    "f'{name}{extra}'",
    "name + level",
    "f'{name[3]}'",
    "f'{len(seen)} {name}'",
    "f'{self.name}'",
    "shown(name)",
)
METHODS = (
    "    def show(self):\n        return self.name, self.text, self.text",
    "    def __eq__(self, other):\n        return isinstance(other, Tag) and self.text == other.text",
    "    def longer(self, other):\n        return len(str(self.text)) + other",
    "    @property\n    def shout(self):\n        return str(self.text).upper()",
    "    def has(self):\n        return hasattr(self, 'text'), getattr(self, 'text', 3)",
    "    def twin(self):\n        return copy.copy(self).text, copy.deepcopy(self).text, self.text",
)
HOSTILE = (
    "    def rename(self):\n        self.name = 'b'\n        return self.text",
    "    def again(self):\n        self.text = 'new'\n        return self.text",
    "    def gone(self):\n        del self.text\n        return hasattr(self, 'text')",
    "    def all(self):\n        return sorted(vars(self))",
    "    __slots__ = ('name', 'level', 'extra', 'text')",
    "    text = 'in the class'",
    "    def __getattr__(self, name):\n        return name",
    "    def __setattr__(self, name, value):\n        print(name)\n        object.__setattr__(self, name, value)",
)
BELOW = (
    "class Sub(Tag):\n    pass",
    "class Sub(Tag):\n    def __init__(self, name='s'):\n        super().__init__(name)\n        self.more = self.text",
    "class Sub(Tag):\n    def __init__(self, name='s'):\n        self.name = name",
    "class Sub(Tag):\n    def text(self):\n        return 'method'",
    "class Sub(Tag):\n    def __init__(self, name='s'):\n        super().__init__(name, 2)\n        self.text = 'mine'",
    (
        "class Sub(Tag):\n    @property\n    def name(self):\n        return 'p'\n\n    @name.setter\n"
        "    def name(self, value):\n        print(value)"
    ),
    "def asked():\n    return hasattr(Tag, 'text'), hasattr(Tag, 'te' + 'xt')",
    "def asked():\n    return Tag.text",
)
CALLS = (
    "Tag('a').text",
    "Tag(' b c ', 12).text, Tag('', 0).text",
    "[(one.text, one.name, one.text) for one in [Tag('name', 3)]]",
    "[(hasattr(one, 'text'), one.text is one.text) for one in [Tag('x')]]",
    "Tag('a').show()",
    "Tag('a') == Tag('a')",
    "Tag(Word('w'), 3).text",
    "Tag('a', True).text",
    "[(names.append(2), tag.text) for names in [[1]] for tag in [Tag(names)]]",
    "Tag(None).text",
    "Tag('a', 'b').text",
    "[tag.name for tag in [Tag('a', None)]]",
    "Tag('a', extra=[1]).text",
    "Tag('a').rename()",
    "Tag('a').again()",
    "Tag('a').gone()",
    "Tag('a').all()",
    "Tag('a').has()",
    "Tag('a').twin()",
    "Tag('a').shout",
    "Sub('q').text",
    "asked()",
    "pickle.loads(pickle.dumps(Tag('a'))).text",
)
HEAD = """\
import copy

seen = []


class Word(str):
    def title(self):
        seen.append(self)
        return f"<{len(seen)}>"


def shown(name):
    seen.append(name)
    return f"{name} {len(seen)}"
"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """One class with one such attribute; hazards now and then, so that most are inside the licence."""
    parameters = "name: str, level: int = 1"
    if draw(st.integers(0, 15)) == 2:
        parameters = draw(
            st.sampled_from(["name, level: int = 1", "name: 'str', level: 'int' = 1", "name: list, level=1"])
        )
    value = draw(st.sampled_from(HOSTILE_VALUES if draw(st.integers(0, 11)) == 2 else VALUES))
    stores = ["self.name = name", "self.level = level", "self.extra = extra"]
    if draw(st.integers(0, 15)) == 2:
        stores.remove(draw(st.sampled_from(stores)))
    stores = draw(st.permutations(stores))
    place = len(stores) if draw(st.integers(0, 7)) else draw(st.integers(0, len(stores)))
    lines = [*stores[:place], f"self.text = {value}", *stores[place:]]
    if draw(st.integers(0, 19)) == 2:
        lines.insert(
            draw(st.integers(0, len(lines))), draw(st.sampled_from(["name = 'z'", "print(self.name)", "self.show()"]))
        )
    init = f"    def __init__(self, {parameters}, extra=None):\n        " + "\n        ".join(lines)
    methods = draw(st.lists(st.sampled_from(METHODS), max_size=3, unique=True))
    if draw(st.integers(0, 11)) == 2:
        methods.append(draw(st.sampled_from(HOSTILE)))
    parts = [HEAD, "\n\n".join(["class Tag:\n" + init, *draw(st.permutations(methods))])]
    if draw(st.integers(0, 2)) == 2:
        parts.append(draw(st.sampled_from(BELOW if draw(st.integers(0, 2)) == 2 else BELOW[:2])))
    if draw(st.integers(0, 19)) == 2:
        parts[0] = draw(
            st.sampled_from(["import pickle\n" + HEAD, HEAD.replace("def title(self)", "def __format__(self, how)")])
        )
    return Program("\n\n\n".join(parts) + "\n", tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=5))))


def test_an_attribute_computed_later_is_the_same() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_an_attribute_computed_later_is_the_same_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
