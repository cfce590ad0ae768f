"""Generated classes with loops over attributes: reading them once before the loop changes nothing that shows."""

import pytest
from hypothesis import strategies as st

from agents.recipes.hoist_attribute import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BODIES = (
    "if value < self.limit:\n                self.kept.append(value)",
    "self.kept.append((value, self.limit))",
    "self.kept += [value * self.inner.scale]",
    "total = self.inner.add(total, value) + self.inner.scale",
    "total += value if value in self.kept else self.limit",
    "self.count += self.limit",
    "self.note(value)\n            total += self.limit",
    "total += sum(self.limit for one in self.kept)",
    "total += (lambda: self.limit + value)()",
    "for other in self.kept:\n                total += other * self.limit",
    "print(f'{self.limit} {value!r}')",
    "yield value, self.limit, self.inner.scale",
    (
        "try:\n                total += value / (value - self.limit)\n            except ZeroDivisionError:\n"
        "                print(self.inner.scale)\n                continue"
    ),
    "if value == self.limit:\n                break",
    "total += self.twice + self.inner.twice",
)
HOSTILE = (
    "    def note(self, value):\n        self.limit += value",
    "    def note(self, value):\n        self.inner = Inner(value)",
    "    def note(self, value):\n        self.inner.scale = value",
    "    def note(self, value):\n        setattr(self, 'li' + 'mit', value)",
    "    def note(self, value):\n        self.__init__(value)",
    "    def note(self, value):\n        self.__dict__['limit'] = value",
    "    def note(self, value):\n        del self.limit",
    "    @property\n    def limit(self):\n        self.kept.append(0)\n        return len(self.kept)",
    "    def __getattribute__(self, name):\n        print(name)\n        return object.__getattribute__(self, name)",
    "    def __getattr__(self, name):\n        return 7",
    "    limit = 5",
    "    __slots__ = ('limit', 'inner', 'kept', 'count')",
    "    def __del__(self):\n        for one in [1] if hasattr(self, 'kept') else []:\n            print(self.limit)",
)
BELOW = (
    "class Sub(Runner):\n    pass",
    "class Sub(Runner):\n    def __init__(self, limit=2):\n        super().__init__(limit)\n        self.more = limit",
    "class Sub(Runner):\n    def __init__(self, limit=2):\n        self.kept = [1]",
    (
        "class Sub(Runner):\n    def __init__(self, limit=2):\n        print(listed(self.run([])))\n"
        "        super().__init__(limit)"
    ),
    "class Sub(Runner):\n    def note(self, value):\n        self.limit = value",
    "class Sub(Runner):\n    limit = property(lambda self: 3, lambda self, value: None)",
    "class Sub(Runner):\n    def changed(self):\n        self.inner.scale += 1\n        return self.run([1, 2])",
    "class Sub:\n    kept = ()\n    limit = 1\n    run = Runner.run",
)
CALLS = (
    "[listed(Runner(3).run([1, 2, 3, 4]))]",
    "listed(Runner(0).run([]))",
    "[(one, listed(one.run([5, 1])), one.kept, one.count) for one in [Runner(2)]]",
    "[(listed(one.run(iter('ab'))), one.kept) for one in [Runner('b')]]",
    "[(listed(one.run(changing(one))), one.kept) for one in [Runner(2)]]",
    "listed(Sub().run([1, 2]))",
    "listed(Sub().run([]))",
    "Sub().changed()",
    "listed(Runner(None).run([None, 1]))",
    "listed(copy.copy(Runner(2)).run([1, 3]))",
    "listed(copy.deepcopy(Runner(2)).run([1, 3]))",
    "listed(Runner.run(Runner(2), [1, 3]))",
)
INITS = (
    "        self.limit = limit\n        self.inner = Inner(2)\n        self.kept = [2]\n        self.count = 0",
    "        self.inner, self.limit = Inner(limit), limit\n        self.kept: list = []\n        self.count = 0",
    (
        "        super().__init__()\n        self.limit = limit\n        self.inner = Inner(3)\n"
        "        self.kept = [limit]\n        self.count = limit"
    ),
    (
        "        if limit is None:\n            return\n        self.limit = limit\n        self.inner = Inner(3)\n"
        "        self.kept = []\n        self.count = 1"
    ),
    (
        "        if limit:\n            self.limit = limit\n        self.inner = Inner(1)\n        self.kept = []\n"
        "        self.count = 0"
    ),
    (
        "        self.kept = []\n        self.run([])\n        self.count = 0\n        self.inner = Inner(1)\n"
        "        self.limit = limit"
    ),
)
INNER = (
    (
        "class Inner:\n    def __init__(self, scale):\n        self.scale = scale\n        self.twice = scale\n\n"
        "    def add(self, one, other):\n        return other\n"
    ),
    (
        "class Inner:\n    def __init__(self, scale):\n        self.scale = scale\n\n    @property\n"
        "    def twice(self):\n        self.scale += 1\n        return self.scale\n\n"
        "    def add(self, one, other):\n        return one\n"
    ),
    (
        "class Inner:\n    def __init__(self, scale):\n        self._scale = scale\n        self.twice = 2\n\n"
        "    def __getattr__(self, name):\n        print(name)\n        return 2\n\n    def add(self, one, other):\n"
        "        return 1\n"
    ),
)
HELPERS = """\
import copy


def listed(found):
    return list(found) if hasattr(found, "__next__") else found


def changing(one):
    yield 1
    one.kept = [9]
    yield 2


def steady(one):
    yield from (1, 2)
"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """One class with a loop; hazards now and then, so that most are inside the licence."""
    inner = draw(st.sampled_from(INNER if draw(st.integers(0, 3)) == 0 else INNER[:1]))
    init = draw(st.sampled_from(INITS if draw(st.integers(0, 3)) == 0 else INITS[:3]))
    bodies = draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=4, unique=True))
    head = draw(st.sampled_from(["for value in values:", "for value in list(values):", "for value in sorted(values):"]))
    lines = "\n            ".join(bodies)
    run = f"    def run(self, values):\n        total = 0\n        {head}\n            {lines}\n        return total"
    if draw(st.integers(0, 4)) == 0:
        run = run.replace(head, "values = list(values)\n        while values and self.limit is not None:").replace(
            lines, f"value = values.pop()\n            {lines}"
        )
    note = "    def note(self, value):\n        print('noted', value)"
    twice = "    @property\n    def twice(self):\n        return self.count"
    hostile = draw(st.sampled_from(HOSTILE)) if draw(st.integers(0, 4)) == 0 else ""
    methods = [run, twice, hostile if "def note" in hostile else note]
    methods += [hostile] if hostile and "def note" not in hostile else []
    parts = [HELPERS, inner, "\n\n".join([f"class Runner:\n    def __init__(self, limit):\n{init}", *methods])]
    if draw(st.integers(0, 2)) == 0:
        parts.append(draw(st.sampled_from(BELOW if draw(st.booleans()) else BELOW[:2])))
    if draw(st.integers(0, 3)):
        parts[0] = HELPERS.replace("one.kept = [9]", "one.kept.append(9)")
    return Program("\n\n\n".join(parts) + "\n", tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))))


def test_attributes_read_once_are_the_same() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_attributes_read_once_are_the_same_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
