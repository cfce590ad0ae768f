"""Generated classes, plain ones and dataclasses: with slots they do what they did with dictionaries."""

import pytest
from hypothesis import strategies as st

from agents.recipes.dataclass_slots import RECIPE as DATACLASS
from agents.recipes.slots import RECIPE as PLAIN
from tests.fakes.recipe_fuzzing import Program, differential

PLAIN_HEADS = (
    "class C:\n    def __init__(self, a, b=2):\n        self.a = a\n        self.b = b",
    "class C:\n    '.'\n\n    def __init__(self, a, b=2):\n        self.a, self.b = a, b\n        self._seen = 0",
    "class C(object):\n    a: int\n\n    def __init__(self, a, b=2):\n        self.a = a\n        if b > 2: self.b = b",
    "class C:\n    def __init__(self, a, b=2):\n        self.b = b\n        self.a = [a]\n        self.__secret = a",
)
FIELD_HEADS = (
    "@dataclass\nclass C:\n    a: int\n    b: int = 2",
    "@dataclass(frozen=True)\nclass C:\n    '''Text.'''\n\n    a: int\n    b: object = field(default=2)",
    "@dataclass(order=True, eq=True)\nclass C:\n    a: 'int'\n    b: int = field(default=2, repr=False)",
    "@dataclasses.dataclass\nclass C:\n    a: int\n    b: int = 2\n\n    def __post_init__(self): self.b = self.b",
)
METHODS = (
    "    def grow(self, by=1):\n        self.b = by\n        return self",
    "    @property\n    def both(self):\n        return self.a, getattr(self, 'b', None)",
    "    @classmethod\n    def make(cls):\n        return cls(5)",
    "    @staticmethod\n    def told(x):\n        return [x]",
    "    def __eq__(self, other):\n        return isinstance(other, C) and self.a == other.a",
    "    def later(self):\n        def inner():\n            self.a = 7\n            return self\n        return inner",
    "    def twin(self):\n        return copy.copy(self), copy.deepcopy(self)",
)
HOSTILE_METHODS = (
    "    def drop(self):\n        del self.b\n        return hasattr(self, 'b')",
    "    KIND = 3\n\n    def kind(self):\n        return self.KIND, C.KIND",
    "    def all(self):\n        return vars(self)",
    "    def odd(self):\n        setattr(self, 'o' + 'dd', 1)",
    "    def update(self):\n        self.__dict__.update(z=1)\n        return self",
    "    b = 9",
    "    def parent(self):\n        return super().__repr__()[:1]",
    "    @functools.cached_property\n    def kept(self):\n        return [1]",
    "    def __getstate__(self):\n        return {'a': 1}",
    "    def __getattr__(self, name):\n        return name if name[:1] != '_' else object.__getattribute__(self, name)",
    "    def __init__(self, a):\n        self.a = a",
    "    def strip(self):\n        delattr(self, 'b')\n        return getattr(self, 'b', 0)",
    "    def cell(self):\n        return __class__ is type(self)",
)
OUTSIDE = (
    "def mark(x):\n    x.seen = 1\n    return x",
    "def wrapped(x):\n    return functools.update_wrapper(x, mark)",
    "class D(C):\n    def __init__(self, a):\n        C.__init__(self, a)\n        self.extra = 1",
    "class D(C):\n    def all(self):\n        self.z = 1\n        return vars(self)",
    "class D(C):\n    @classmethod\n    def set(cls):\n        cls.a = 5\n        return cls(1).a",
    "class E(C, dict):\n    pass",
    "def default():\n    return C.b",
    "def put():\n    C.a = 9",
    "KINDS = {'c': C}",
    "def watch(x):\n    return weakref.ref(x) is None",
    "def morph(x):\n    x.__class__ = Other\n    return x",
    "def setb(x):\n    x.b = 11\n    return x",
)
CALLS = (
    "C(1)",
    "C(1, 3)",
    "C(1).grow(2)",
    "C(1).grow(2).grow(3)",
    "C(1).both",
    "C.make()",
    "C(1).make().told(3)",
    "C(1) == C(1), C(1) != C(2)",
    "C(1).drop()",
    "C(1).later()()",
    "C(1).twin()",
    "copy.deepcopy([C(1)] * 2)",
    "C(1).kind()",
    "C(1).all()",
    "C(1).odd()",
    "C(1).update()",
    "C(1).parent()",
    "C(1).kept",
    "C(1).cell()",
    "C(1).strip()",
    "mark(C(1)).seen",
    "setb(C(1))",
    "wrapped(C(1))",
    "D(1).extra",
    "D(1)",
    "D(1).all()",
    "D.set()",
    "default()",
    "put()",
    "watch(C(1))",
    "morph(C(1))",
    "sorted([C(3), C(1)])",
    "hash(C(1)) is None",
    "repr(C(1))[:2]",
    "isinstance(C(1), C), issubclass(C, object)",
    "C(1).zzz",
)
TOP = "import copy\nimport dataclasses\nimport functools\nfrom dataclasses import dataclass, field\n"
OTHER = "class Other:\n    def __init__(self):\n        self.x = 1\n\n\n"


@st.composite
def programs(draw: st.DrawFn, heads: tuple[str, ...]) -> Program:
    head = draw(st.sampled_from(heads))
    methods = draw(st.lists(st.sampled_from(METHODS), max_size=4, unique=True))
    if draw(st.integers(0, 5)) == 0:
        methods.insert(0, draw(st.sampled_from(HOSTILE_METHODS)))
    outside = [draw(st.sampled_from(OUTSIDE))] if draw(st.integers(0, 4)) == 0 else []
    imports = TOP + ("import weakref\n" if "weakref" in "".join(outside) else "")
    source = "\n\n".join([f"{imports}\n\n{OTHER}{head}", *methods]) + "".join(f"\n\n\n{one}" for one in outside) + "\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))))


CASES = [pytest.param(PLAIN, PLAIN_HEADS, id="plain"), pytest.param(DATACLASS, FIELD_HEADS, id="dataclass")]


@pytest.mark.parametrize(("recipe", "heads"), CASES)
def test_classes_with_slots_do_what_they_did(recipe, heads) -> None:
    assert differential(recipe, programs(heads), cases=16).applied


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "heads"), CASES)
def test_thousands_of_classes_with_slots_do_what_they_did(recipe, heads) -> None:
    tally = differential(recipe, programs(heads), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
