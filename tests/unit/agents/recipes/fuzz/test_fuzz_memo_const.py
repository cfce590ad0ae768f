"""Generated functions without parameters: computed once, they give each caller what they gave."""

import pytest
from hypothesis import strategies as st

from agents.recipes.memo_const import RECIPE
from tests.fakes.random_code import Scope, expression, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

RESULTS = (
    "return $n",
    "return $t",
    "return $n, $t, None",
    "return frozenset([$n, $t])",
    "return [$n, $t, $n]",
    "return {$t: $n, $n: $t}",
    "return sorted($t)",
    "return list(range(7))",
    "return dict([(w, $n) for w in $t])",
    "return $t.split()",
    "return {w: $n for w in $t}",
    "return [x + $n for x in range(3) if x != $n]",
    "made = [$n]\nmade.append($t)\nreturn made",
    "made = []\nfor w in $t:\n    made.append((w, $n))\nreturn made",
    "made = {'a': $n, 'b': 2}\ndel made['a']\nmade[$t] = $n\nreturn made",
    "made = {}\nfor one in TABLE:\n    made[one] = $n\nif $c:\n    made[sys.platform] = $n\nreturn made",
    "made = list(WORDS)\nmade.sort(reverse=True)\nreturn made",
    "if $c:\n    return []\nreturn [$n]",
    "return max(WORDS, key=len)",
    "return tuple(sorted(TABLE.values()))",
    "return sys.version_info >= (3, 8)",
    "return os.sep + platform.system()",
    "return re.sub('a', 'b', $t)",
    "return WORDS",
)
OTHER_RESULTS = (
    "return {$n, $t, $n}",
    "return set($t)",
    "return {x * 8 % 17 for x in range(9)}",
    "made = set()\nfor x in range(40):\n    made.add(x * 8)\nfor x in range(35):\n    made.discard(x * 8)\nreturn made",
    "return half",
    "return [[$n], [$t]]",
    "return {$t: [$n]}",
    "return ([$n], $t)",
    "return TABLE",
    "return SEEN",
    "return [SEEN]",
    "return list(SEEN)",
    "return [*HELD]",
    "return len(SEEN)",
    "return iter([$n])",
    "return (x for x in WORDS)",
    "yield $n",
    "return TABLE.copy()",
    "return Own([$n])",
    "return collections.OrderedDict(a=$n)",
    "return collections.Counter($t)",
    "return collections.defaultdict(list)",
    "return collections.deque([$n])",
    "return bytearray(b'a')",
    "return object()",
    "return lambda: $n",
    "return next(COUNTER)",
    "return os.environ.get('HOME', '')",
    "return sys.argv",
    "return locals()",
    "return math",
    "made = [$n]\nSEEN.append(made)\nreturn made",
    "made = [$n]\nmade.append(made)\nreturn made",
    "made = other = [$n]\nother.append($t)\nreturn [made, other]",
    "made = []\nmade.extend(HELD)\nreturn made",
    "made = {}\nmade.setdefault($t, []).append($n)\nreturn made",
    "made = dict.fromkeys($t, SEEN)\nreturn made",
    "made = [0]\nmade[0] = SEEN\nreturn made",
    "made = [1]\nmade += [SEEN]\nreturn made",
    "made = [1]\nmade = tuple(made) if $c else made\nreturn made",
    "made = [x for x in (SEEN, 1)]\nreturn made",
    "made, other = [$n], {}\nother['a'] = made\nreturn other",
    "print($n)\nreturn $n",
    "global LEVEL\nLEVEL += 1\nreturn LEVEL",
    "return run.__name__",
    "raise ValueError($t)",
    "made = {1: 2}\nreturn made.items()",
    "made = {1: 2}\nreturn made if $c else made.keys()",
    "for made in [SEEN]:\n    return made",
    "with open(os.devnull) as made:\n    return made.read()",
    "return {**TABLE, 'z': SEEN}",
    "return [half(1), SEEN]",
    "return sorted([SEEN, [1]])",
    "return zip(WORDS, WORDS)",
    "return type('T', (), {})",
    "return [Own]",
)
CHANGES = (
    "TABLE['a'] = 5",
    "TABLE.update(b=6)",
    "change(TABLE)",
    "SEEN.append(1)",
    "HELD[0].append(4)",
    "LEVEL += 1",
    "LEVEL = 'x'",
    "WORDS = ()",
    "WORDS += ('z',)",
    "del LEVEL",
    "run = None",
    "run.note = 1",
    "import app\napp.LEVEL = 8",
    "globals().update(LEVEL=3)",
    "one = TABLE\none['c'] = 1",
    "len = abs",
    "sorted = list",
)
REPLACED = (
    ("sys.platform", "'odd'"),
    ("os.sep", "'?'"),
    ("platform.system", "lambda: 'None'"),
    ("os.environ['HOME']", "'/odd'"),
    ("re.sub", "min"),
    ("builtins.sorted", "list"),
    ("math.floor", "math.ceil"),
)
"""Attributes of other modules, replaced for the time of a call."""
HELPERS = (
    "def half(x):\n    return x // 2 + len(WORDS)\n",
    "def half(x):\n    if x > 6:\n        raise LookupError(x)\n    return LEVEL\n",
    "def half(x):\n    return half(x - 1) * 2 if 0 < x < 9 else 1\n",
    "def half(x):\n    return TABLE.get(x, 3)\n",
)
HOSTILE_HELPERS = (
    "def half(x):\n    print(x)\n    return 1\n",
    "def half(x):\n    SEEN.append(x)\n    return len(SEEN)\n",
    "def half(x):\n    return next(COUNTER)\n",
    "def half(x, y=[]):\n    y.append(x)\n    return len(y)\n",
)
HEAD = """\
import builtins
import collections
import itertools
import math
import os
import platform
import re
import sys

LEVEL = {level}
WORDS = {words}
TABLE = {{'a': 1, 'b': {level}}}
SEEN = []
HELD = ([1], 2)
COUNTER = itertools.count()


class Own(list):
    def copy(self):
        return "own"


def change(made):
    if isinstance(made, (list, collections.deque)):
        made.append(1)
        for one in made:
            if isinstance(one, list):
                one.append(2)
    elif isinstance(made, dict):
        made['new'] = 1
        for one in made.values():
            if isinstance(one, list):
                one.append(3)
    elif isinstance(made, set):
        made.add('new')
    return made
"""

CALLS = (
    "run()",
    "run()",
    "change(run())",
    "change(run())",
    "poke()",
    "[run(), change(run())]",
    "run(1)",
    "list(run())",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(st.sampled_from(["", "", "", "", "result", "helper", "change", "replaced"]))
    scope = Scope(
        numbers=("LEVEL", "len(TABLE)"),
        texts=("sys.platform", "WORDS[0]"),
        calls=("half($n)", "TABLE['a']", "math.floor($n)", "len(platform.system()) + $n", "WORDS.index($t)"),
    )
    body, inner = statements(draw, scope)
    body.append(filled(draw, draw(st.sampled_from(OTHER_RESULTS if hazard == "result" else RESULTS)), inner, 2))
    around = ""
    if hazard == "change":
        change = draw(st.sampled_from(CHANGES))
        poke = function("def poke()", ["global LEVEL, WORDS, run, len, sorted", change, "return 1"])
        around = poke if draw(st.integers(0, 3)) else change
    elif hazard == "replaced":
        place, new = draw(st.sampled_from(REPLACED))
        taken = [
            f"kept = {place}",
            "try:",
            f"    {place} = {new}",
            "    return run()",
            "finally:",
            f"    {place} = kept",
        ]
        around = function("def poke()", taken)
    helper = draw(st.sampled_from(HOSTILE_HELPERS if hazard == "helper" else HELPERS))
    words = draw(st.sampled_from(["('b', 'a c')", "('x',)", "('', 'bb', 'a')"]))
    head = HEAD.format(level=expression(draw, "n", Scope(), 0), words=words)
    parts = [helper, function("def run()", body), around]
    given = draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))
    order = draw(st.permutations(parts)) if draw(st.integers(0, 4)) == 0 else parts
    return Program(module(head, *order), ("run()", "change(run())", *given, "run()"))


def test_what_is_computed_once_is_given_to_each_caller_anew() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_what_is_computed_once_is_given_to_each_caller_of_thousands_of_programs_anew() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
