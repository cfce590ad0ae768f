"""Generated classes with a hash of their attributes: keeping it changes nothing that a program can see."""

import pytest
from hypothesis import strategies as st

from agents.recipes.kept_hash import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

HASHES = ("hash((self.name, self.level))", "hash(self.name)", "hash((self.name.lower(), -self.level))")
METHODS = (
    "    def __eq__(self, other):\n        return isinstance(other, Tag) and self.name == other.name",
    "    @property\n    def title(self):\n        return self.name.title()",
    "    def key(self):\n        return self.level, self.note",
    "    def noted(self, note):\n        self.note = note\n        return hash(self) == hash(self)",
    "    def twin(self):\n        return copy.copy(self), copy.deepcopy(self)",
    "    def saved(self):\n        return pickle.loads(pickle.dumps(self))",
)
HOSTILE = (
    "    def rename(self):\n        hash(self)\n        self.name = 'b'\n        return hash(self) == hash(Tag('b'))",
    "    def all(self):\n        hash(self)\n        return vars(self)",
    "    __slots__ = ('name', 'level', 'note')",
    "    def __setattr__(self, name, value):\n        print(name)\n        object.__setattr__(self, name, value)",
    "    def __getattr__(self, name):\n        print('get', name)\n        raise AttributeError(name)",
    "    def __getstate__(self):\n        return self.__dict__",
    "    def lifted(self):\n        hash(self)\n        self.level += 1\n        return hash(self) == hash(Tag('a'))",
)
BELOW = (
    "class Sub(Tag):\n    pass",
    "class Sub(Tag):\n    def __hash__(self):\n        return super().__hash__() + 1",
    "class Sub(Tag):\n    def __init__(self, name):\n        print(hash(self) is None)",
    "class Sub(Tag):\n    def change(s):\n        hash(s)\n        s.name = ''\n        return hash(s) != hash('')",
    "def force(name):\n    tag = Tag('a')\n    setattr(tag, name, hash(tag))\n    return hash(tag) == hash(Tag('a'))",
)
CALLS = (
    "hash(Tag('a')) == hash(Tag('a'))",
    "hash(Tag('a', 3)) == hash(('a', 3)), hash(Tag('a', 3)) == hash('a')",
    "[{Tag('a'): 1, Tag('b'): 2}.get(Tag('b'))]",
    "[len({Tag('a'), Tag('a'), Tag('b')})]",
    "[hash(tag) == hash(tag) for tag in [Tag('a'), Tag('b', 2)]]",
    "hash(Tag(['a'])) is None",
    "hash(Tag('a', 'b')) is None",
    "hash(Tag(None)) is None",
    "Tag('a').twin()",
    "Tag('a').noted(2)",
    "Tag('a').saved()",
    "[(hash(tag) == hash(copy.deepcopy(tag)), copy.copy(tag)) for tag in [Tag('a')]]",
    "[pickle.loads(pickle.dumps(tag)) for tag in [Tag('a')] if hash(tag)]",
    "Tag('a').rename()",
    "Tag('a').lifted()",
    "sorted(Tag('a').all())",
    "hash(Sub('a')) == hash(Sub('a'))",
    "Sub('a').change()",
    "force('na' + 'me')",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    level = draw(
        st.sampled_from(
            ["level: int = 0", "level: 'int' = 1", "level=0"] if draw(st.booleans()) else ["level: int = 0"]
        )
    )
    methods = draw(st.lists(st.sampled_from(METHODS), max_size=3, unique=True))
    methods.append(f"    def __hash__(self):\n        return {draw(st.sampled_from(HASHES))}")
    if draw(st.integers(0, 4)) == 0:
        methods.append(draw(st.sampled_from(HOSTILE)))
    stores = "".join(f"\n        self.{one}" for one in ("name = name", "level = level", "note = 0"))
    head = f"    def __init__(self, name: str, {level}):{stores}"
    parts = ["import copy\nimport pickle", "\n\n".join(["class Tag:\n" + head, *draw(st.permutations(methods))])]
    if draw(st.integers(0, 2)) == 0:
        parts.append(draw(st.sampled_from(BELOW)))
    return Program("\n\n\n".join(parts) + "\n", tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))))


def test_a_kept_hash_is_the_hash() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_kept_hash_is_the_hash_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
