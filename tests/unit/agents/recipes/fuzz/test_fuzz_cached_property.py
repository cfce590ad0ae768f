"""Generated classes with a computed property: kept in the instance, it reads as it did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.cached_property import RECIPE
from tests.fakes.random_code import Scope, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

RESULTS = ("return $n", "return $t", "return $n, $t", "return $n if $c else None", "return frozenset([$t])")
HOSTILE_RESULTS = (
    "return [$n]",
    "return {$t: $n}",
    "return SEEN",
    "return iter([$n])",
    "yield $n",
    "print($n)\nreturn $n",
    "SEEN.append($n)\nreturn len(SEEN)",
    "return next(COUNTER)",
    "return self",
    "return self.made",
    "return len(self.made)",
    "return lambda: self.level",
    "self.level = $n\nreturn self.level",
    "self.reads = getattr(self, 'reads', 0) + 1\nreturn self.reads",
    "return (self.made, $n)",
    "return self.__dict__",
    "return self.again()",
    "return type(self).DEPTH",
    "return self.DEPTH",
    "return LEVEL",
    "return hash(self) is None",
    "return self.other",
    "return sorted(vars(self))",
    "return super().__repr__()[:4]",
)
INITS = (
    ("name: str, level: int = 0", "self.name = name\nself.level = level"),
    ("name: str, level: int = 0", "self.name = name\nself.made = [level]\nself.level = level"),
    ("name: str, level: float = 1.5", "self.made = [name]\nself.name = name\nself.level = level"),
    ("name: 'str', level: 'int | None' = 2", "self.level = level\nself.name: str = name"),
    ("name: str = 'ab', level: bool = False", "self.name = name.upper() + 'x'\nself.level = level + 1"),
)
HOSTILE_INITS = (
    ("name: str, level: int = 0", "self.name, self.level = name, level\nself.made = [level]"),
    ("name, level=3", "self.name = str(name) + 'a'\nself.level = int(level)"),
    ("name, level=0", "self.name = name\nself.level = level"),
    ("name: str, level: int = 0", "self.name = name\nself.level = 0\nself.total\nself.level = level"),
    ("name: str, level: int = 0", "for self.level in (1, 2):\n    pass\nself.name = name"),
    (
        "name: str, level: int = 0",
        "self.name = name\nfor i in range(3):\n    self.level = i\n    SEEN.append(self.total)",
    ),
    ("name: str, level: list = 0", "self.name = name\nself.level = level"),
    ("name: str, level: int = 0", "self.name = name\nsetattr(self, 'level', level)"),
    ("name: str, level: int = 0", "self.__dict__.update(name=name, level=level)"),
    ("name: str, level: int = 0", "self.name = name\nself.level = level\nself.level += 1"),
    ("name: str, level: int = 0", "level = [level]\nself.name = name\nself.level = level"),
    ("name: str, level: int = 0", "self.name = name\nself.level = level\nself.total = 5"),
    ("name: str, level: int = 0", "self.name = name\nself.level = next(COUNTER)"),
    ("name: str, *level: int", "self.name = name\nself.level = level"),
)
METHODS = (
    "def __eq__(self, other):\n    return isinstance(other, Tag) and self.total == other.total\n\n__hash__ = None",
    "def __repr__(self):\n    return f'Tag({self.name!r})'",
    "def twice(self):\n    return self.total, self.total",
    "def note(self):\n    self.made = [1]\n    return self.made, self.total",
    "def twin(self):\n    return copy.copy(self).total, copy.deepcopy(self).total",
    "def saved(self):\n    return pickle.loads(pickle.dumps(self)).total",
    "@property\ndef title(self):\n    return self.name.title()",
    "@classmethod\ndef named(cls, name):\n    return cls(name).total",
    "@staticmethod\ndef made_of(name):\n    return Tag(name).total",
    "def __lt__(self, other):\n    return self.total < other.total",
    "def has(self):\n    return hasattr(self, 'total')",
)
LIFTS = (
    "self.total\nself.level += 1\nreturn self.total",
    "self.total\nself.name = 'changed'\nreturn self.total",
    "self.total\nTag.__init__(self, 'again', 9)\nreturn self.total",
    "self.total\nself.__init__('again', 9)\nreturn self.total",
    "first = self.total\ntype(self).__init__(self, 'b', 8)\nreturn first, self.total",
    "first = self.total\nself.__class__ = Odd\nreturn first, self.total",
    "self.total\nobject.__setattr__(self, 'level', 7)\nreturn self.total",
    "self.total\nvars(self)['level'] = 7\nreturn self.total",
    "self.total\nreturn sorted(self.__dict__)",
    "return Tag.total.fget(self)",
    "return Tag.total.__get__(self), isinstance(Tag.total, property)",
    "return isinstance(getattr(type(self), 'total'), property)",
    "return [k for k, v in Tag.__dict__.items() if isinstance(v, property)]",
    "return [k for k in dir(Tag) if isinstance(getattr(Tag, k), property)]",
    "self.total = 3\nreturn self.total",
    "del self.total",
    "self.total\ndel self.level\nreturn self.total",
    "self.total\nwith SETTER(self) as self.level:\n    return self.total",
    "self.total\nfor self.level in (4, 5):\n    SEEN.append(self.total)\nreturn list(SEEN)",
    "self.total\ncopied = copy.copy(self)\ncopied.__init__('b', 6)\nreturn copied.total",
    "self.total\nself.__setstate__({'level': 6})\nreturn self.total",
    "self.total\nsuper(Tag, self).__setattr__('level', 9)\nreturn self.total",
)
"""Bodies of a method `lift`."""
HOSTILE_METHODS = (
    "def __getattr__(self, name):\n    return name",
    "def __setattr__(self, name, value):\n    print(name)\n    object.__setattr__(self, name, value)",
    "__slots__ = ('name', 'level', 'made')",
    "@total.setter\ndef total(self, value):\n    self.level = value",
    "def __getstate__(self):\n    return self.__dict__.copy()",
    "def __getattribute__(self, name):\n    print(name)\n    return object.__getattribute__(self, name)",
    "level = 5",
    "total = 5",
    "def __new__(cls, *given):\n    made = object.__new__(cls)\n    made.level = 3\n    return made",
    "def __enter__(self):\n    self.level = 4\n    return self",
    "def lift(self):\n    return self.total\n\nlifted = property(lift)",
    "other = property(lambda self: self.total)\n\ndef lift(self):\n    return self.other",
)
BELOW = (
    "",
    "class Sub(Tag):\n    pass",
    "class Sub(Tag):\n    def twice(self):\n        return super().total, self.total",
)
SUB_INITS = ("super().__init__(name, 4)\nself.extra = self.total",)
HOSTILE_BELOW = (
    "class Sub(Tag):\n    total = 4",
    "class Sub(Tag):\n    @property\n    def total(self):\n        return super().total, 1",
    "class Sub(Tag):\n    level = 4",
    "class Sub(Tag):\n    def __setattr__(self, name, value):\n        print(name)\n        self.__dict__[name] = 1",
    "class Sub(Tag):\n    __slots__ = ('extra',)",
    "class Mixin:\n    total = 6\n\n\nclass Sub(Mixin, Tag):\n    pass",
    "class Mixin:\n    def __getattribute__(self, name):\n        return 6\n\n\nclass Sub(Mixin, Tag):\n    pass",
    "class Sub(Tag, dict):\n    pass",
    "class Sub(Tag, Exception):\n    pass",
    "Sub = type('Sub', (Tag,), {'total': 5})",
    "Sub = type('Sub', (Tag,), {'level': 5})",
    "Tag.level = 4",
    "Tag.total = 4",
    "Tag.twice = lambda self: self.total",
    "LEVEL = 6",
)
HOSTILE_SUB_INITS = (
    "super().__init__(name, 4)\nself.total\nself.level = 5",
    "self.total = 1\nsuper().__init__(name)",
    "super().__init__(name)\nself.total\nsuper().__init__('other', 8)",
)
FORCES = (
    "setattr(tag, name, 'forced')",
    "delattr(tag, 'level')",
    "tag.level, tag.name = 3, 'c'",
    "tag.__init__('other', 8)",
    "Tag.__init__(tag, 'other', 8)",
    "tag.__dict__[name] = 'forced'",
    "[0 for tag.level in (5,)]",
    "init = tag.__init__\ninit('other', 8)",
    "getattr(tag, '__init__')('other', 8)",
)
CALLS = (
    "Tag('ab').total",
    "Tag('b c', 3).twice()",
    "[(tag.total, tag.total, tag.name) for tag in [Tag('a', 2), Tag('', -1)]]",
    "Tag('x').twin()",
    "Tag('x', 5).saved()",
    "Tag('x').note()",
    "Tag.named('y')",
    "Tag.made_of('y')",
    "[tag.name for tag in sorted([Tag('b'), Tag('a')])]",
    "Tag('a') == Tag('a')",
    "Tag('a').has()",
    "Tag(None).total",
    "Tag(7).twice()",
    "Tag('a', 'b').twice()",
    "[Tag('a', one).total for one in (1, True, 1.0, -0.0)]",
    "Tag.total.__doc__",
    "[getattr(tag, 'total', 'none') for tag in [Tag('a')]]",
    "Sub('a').twice()",
    "[(sub.total, sub.total) for sub in [Sub('c')]]",
)
HOSTILE_CALLS = (
    "Tag('a').lift()",
    "Tag('a', 2).lift()",
    "[force(Tag('a'), 'na' + 'me')]",
    "[force(Tag('a'), 'level')]",
)
HEAD = """\
import copy
import itertools
import pickle
from contextlib import nullcontext as SETTER

LEVEL = 3
SEEN = []
COUNTER = itertools.count()


def half(x):
    return x // 2 + LEVEL


class Odd:
    total = 'odd'
"""


@st.composite
def below(draw: st.DrawFn, hazard: str) -> str:
    """Return what stands below the class: a subclass of it, or a function that takes its instances."""
    is_hostile = hazard == "below"
    form = draw(st.integers(0, 2 if is_hostile else 1))
    if form == 0:
        return draw(st.sampled_from(HOSTILE_BELOW if is_hostile else BELOW))
    if form == 1:
        made = draw(st.sampled_from(HOSTILE_SUB_INITS if is_hostile else SUB_INITS))
        return "class Sub(Tag):\n" + textwrap.indent(function("def __init__(self, name)", [made]), "    ")
    return function("def force(tag, name)", ["tag.total", draw(st.sampled_from(FORCES)), "return tag.total"])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(
        st.sampled_from(["", "", "", "", "", "", "", "", "", "", "", "result", "init", "method", "method", "below"])
    )
    scope = Scope(
        numbers=("self.level",),
        texts=("self.name",),
        calls=("half($n)", "len($t) * $n", "self.level + $n", "abs($n)", "$n ** 2", "~$n"),
    )
    body, inner = statements(draw, scope)
    body.append(filled(draw, draw(st.sampled_from(HOSTILE_RESULTS if hazard == "result" else RESULTS)), inner, 2))
    if draw(st.integers(0, 3)) == 0:
        body.insert(0, '"""The total."""')
    given, stored = draw(st.sampled_from(HOSTILE_INITS if hazard == "init" else INITS))
    init = function(f"def __init__(self, {given})", [stored]).strip()
    methods = draw(st.lists(st.sampled_from(METHODS), max_size=3, unique=True))
    methods.insert(draw(st.integers(0, len(methods))), "@property\n" + function("def total(self)", body).strip())
    if hazard == "method":
        lift = function("def lift(self)", [draw(st.sampled_from(LIFTS))]).strip()
        methods.append(draw(st.sampled_from(HOSTILE_METHODS)) if draw(st.integers(0, 3)) == 0 else lift)
    is_data = hazard != "init" and draw(st.integers(0, 4)) == 0
    frozen = draw(st.sampled_from(["", "(frozen=True)", "(slots=True)", "(order=True)", "(eq=False)"]))
    if is_data:
        init = "name: str\nlevel: int = 0"
    head = f"@dataclass{frozen}\nclass Tag:" if is_data else draw(st.sampled_from(["class Tag:", "class Tag(object):"]))
    tag = head + "\n" + textwrap.indent("\n\n".join([init, *methods]), "    ")
    calls = draw(st.lists(st.sampled_from(CALLS), min_size=2, max_size=5))
    if hazard in ("method", "below"):
        calls += draw(st.lists(st.sampled_from((*HOSTILE_CALLS, *CALLS[-2:])), min_size=2, max_size=3))
    imported = "from dataclasses import dataclass\n" if is_data else ""
    return Program(module(imported + HEAD, tag, draw(below(hazard))), tuple(calls))


def test_a_kept_property_reads_as_it_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_kept_property_reads_as_it_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
