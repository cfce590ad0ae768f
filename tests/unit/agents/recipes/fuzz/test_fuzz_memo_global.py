"""Generated functions called again and again: behind a cache they answer each call as they did."""

import pytest
from hypothesis import strategies as st

from agents.recipes.memo_global import RECIPE
from tests.fakes.random_code import Scope, expression, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

RESULTS = ("$n", "$t", "$c", "($n, $t)", "frozenset([$n, $t])", "$n if $c else None", "max($t, $t, key=len)")
HEADS = (
    "def run(a, b)",
    "def run(a, b)",
    "def run(a, b=3)",
    "def run(a='x', b=-0.0)",
    "def run(a, /, b)",
    "def run(a, *, b=1)",
    "def run(a: str, b: int = 2) -> str",
)
HELPERS = (
    "def half(x):\n    return x // 2\n",
    "def half(x, y=1):\n    if x > 5:\n        raise ValueError(x, y)\n    return x * y\n",
    "def half(x):\n    return half(x - 1) + 1 if 0 < x < 5 else 0\n",
    "def half(x):\n    return LEVEL + len(TABLE) + x\n",
    "def half(x):\n    return TABLE.get(x, LEVEL)\n",
    "def half(x):\n    return len([one for one in TABLE if one != x])\n",
)
HOSTILE_HELPERS = (
    "def half(x):\n    print(x)\n    return x\n",
    "def half(x):\n    SEEN.append(x)\n    return len(SEEN)\n",
    "def half(x):\n    return len(SEEN)\n",
    "def half(x):\n    global LEVEL\n    LEVEL += 1\n    return LEVEL\n",
    "def half(x, kept=[]):\n    kept.append(x)\n    return len(kept)\n",
    "def half(x):\n    half.calls = getattr(half, 'calls', 0) + 1\n    return half.calls\n",
    "def half(x):\n    yield x\n",
    "@NOISY\ndef half(x):\n    return x\n",
    "half = lambda x: len(SEEN)\n",
    "class half(int):\n    pass\n",
)
HOSTILE_STATEMENTS = (
    "print($n)",
    "SEEN.append($n)",
    "global LEVEL\nLEVEL = $n",
    "next(COUNTER)",
    "return [$n, $t]",
    "return {$t: $n}",
    "return SEEN",
    "return TABLE",
    "return (SEEN, $n)",
    "return (i for i in range(3))",
    "return lambda: $n",
    "return COUNTER",
    "yield $n",
    "return ([$n],)",
    "a = $n",
    "a += $t",
    "return sorted($t)",
    "return iter($t)",
    "return bytearray(3)",
    "return [[$n]][0]",
    "return TEXTS[$c]",
    "return SEEN[-1:]",
    "b = SEEN\nb.append(1)",
    "raise LookupError([$n])",
    "return object()",
    "return len(locals())",
    "return NOISY",
    "import random\nreturn random.random() < 2",
    "return run if $c else 1",
    "return type(a)",
    "return a",
    "return hash(b) == hash(a)",
    "return run(a - 1, b) if 0 < a < 5 else $n",
    "return half(half)",
    "return a is b",
    "return id(a) == id(b)",
    "return half",
    "return a, SEEN",
    "return {**TABLE}",
    "return math",
    "return [*TEXTS[1]]",
    "import sys\nsys.modules[__name__].LEVEL += 1",
    "b = half\nb(1)",
    "with NOISY(run):\n    pass",
    "TABLE[$t] = $n",
    "del TABLE[$t]",
    "TEXTS[1].append($t)",
    "for SEEN[0] in (1, 2):\n    pass",
    "nonlocal_ = SEEN\nreturn len(nonlocal_)",
    "return a.__class__, b.__doc__",
    "return [x for x in SEEN] == []",
    "return globals()['LEVEL']",
    "try:\n    return $n\nfinally:\n    print(1)",
    "return input if $c else 2",
    "return not a or print($n)",
    "return Text($t).upper()",
    "return Odd(1) + 1",
    "match b:\n    case 1:\n        SEEN.append(1)",
)
CHANGES = (
    "TABLE['a'] = 5",
    "TABLE.update(a=6)",
    "TABLE.__setitem__('a', 7)",
    "operator.setitem(TABLE, 'a', 8)",
    "change(TABLE)",
    "for one in (TABLE, SEEN):\n    one.clear()",
    "one = TABLE\none['a'] = 9",
    "one, two = 1, TABLE\ntwo['a'] = 9",
    "(lambda one: one.clear())(TABLE)",
    "[one.clear() for one in [TABLE]]",
    "HELD[0]['a'] = 9",
    "del TABLE['a']",
    "TABLE |= {'a': 3}",
    "TABLE = {}",
    "LEVEL += 1",
    "LEVEL, _ = 4, 5",
    "del LEVEL",
    "for LEVEL in (5, 6):\n    pass",
    "with contextlib.nullcontext(4) as LEVEL:\n    pass",
    "try:\n    raise ValueError\nexcept ValueError as LEVEL:\n    pass",
    "import math as LEVEL",
    "print((LEVEL := 5))",
    "[LEVEL := one for one in (3, 4)]",
    "exec('LEVEL = 9', globals())",
    "vars(sys.modules[__name__])['LEVEL'] = 8",
    "setattr(sys.modules[__name__], 'LEVEL', 8)",
    "import app\napp.LEVEL = 8",
    "import app as me\nme.TABLE.clear()",
    "from app import TABLE as one\none.clear()",
    "match 5:\n    case LEVEL:\n        pass",
    "TEXTS[1].append('c')",
    "kept = math.floor\ntry:\n    math.floor = math.ceil\n    run('a', 1)\nfinally:\n    math.floor = kept",
    "run = None",
    "half = abs",
    "LEVEL: int = 3",
    "class LEVEL:\n    pass",
    "def half(x):\n    return 8",
)
ROUND_IT = (
    "def poke():\n    global LEVEL\n    LEVEL = 9\n    return LEVEL\n",
    "def poke():\n    TABLE['a'] = 5\n    return len(TABLE)\n",
    "def poke():\n    SEEN.append(0)\n    return SEEN\n",
    "def poke():\n    global run\n    run = len\n",
    "def poke():\n    global half\n    half = len\n    return half\n",
    "def poke():\n    return run.__name__, run.__defaults__, run.__code__.co_argcount\n",
    "def poke():\n    globals()['LEVEL'] = 7\n",
    "run.note = 1\n\n\ndef poke():\n    return run.note\n",
    "def poke():\n    TABLE.clear()\n",
    "EARLY = run('a', 1)\n\n\ndef poke():\n    return EARLY\n",
    "LEVEL = 6\n",
    "LEVEL: int = 8\nTABLE = {'a': 2}\n",
    "def type(one):\n    return str\n",
    "str = int\n",
    "lru_cache = None\n",
    "class Other:\n    def run(self, a):\n        return run(a, 2)\n\n\ndef poke():\n    return Other().run('a')\n",
    "for LEVEL in range(3):\n    pass\n",
    "def poke():\n    import sys\n    sys.modules[__name__].LEVEL = 5\n",
    "def poke(TABLE=TABLE):\n    TABLE[1] = 1\n    return 1\n",
    "ALIAS = TABLE\n\n\ndef poke():\n    ALIAS[2] = 2\n    return 2\n",
    "def poke():\n    list(map(TABLE.pop, list(TABLE)))\n    return TABLE\n",
)
HEAD = """\
import contextlib
import itertools
import math
import operator
import sys

LEVEL = {level}
TABLE = {table}
TEXTS = ("a", ["b"])
SEEN = []
HELD = (TABLE,)
COUNTER = itertools.count()


def NOISY(made):
    print(made.__name__)
    return made


class Text(str):
    def upper(self):
        print("upper")
        return "own"


class Odd(int):
    def __hash__(self):
        print("hash")
        return 1

    def __add__(self, other):
        SEEN.append(other)
        return len(SEEN)


def change(made):
    if isinstance(made, list):
        made.append(1)
    if isinstance(made, dict):
        made.clear()
    return made
"""
VALUES = (
    *("1", "1.0", "True", "0", "0.0", "-0.0", "False", "3", "-1", "10**20", "None", "float('nan')"),
    *("'a'", "'b c'", "''", "b'a'", "Text('a')", "Odd(1)", "[1]", "{'a': 1}", "(1,)", "(1.0,)", "bytearray(b'a')"),
)
EQUAL = (["1", "True"], ["True", "1", "1.0"], ["False", "0"], ["0", "-0.0", "False"], ["3", "3"], ["-1"])
"""Numbers that a cache may take for one another."""


def calls(draw: st.DrawFn, arguments: int) -> tuple[str, ...]:
    """Return calls with few arguments, so that some come again, equal ones of other types among them."""
    numbers = draw(st.lists(st.sampled_from(VALUES[:12]), max_size=1)) + draw(st.sampled_from(EQUAL))
    texts = draw(st.lists(st.sampled_from(VALUES[12:15]), min_size=1, max_size=2, unique=True))
    values = [*numbers, *texts]
    if draw(st.integers(0, 2)) == 0:
        values.append(draw(st.sampled_from(VALUES)))
    given = [f"run({', '.join(draw(st.sampled_from(values)) for _ in range(arguments))})" for _ in range(2)]
    given += [f"run({draw(st.sampled_from(texts))}, {one})" for one in numbers] * 2
    extra = [
        "poke()",
        "(lambda one: run(one, one))('b c')",
        *(f"change({one})" for one in given[:3]),
        "run()",
        "run(b=2, a='a')",
        "run('a', b=1)",
        "run(1, 2, 3)",
    ]
    for one in draw(st.lists(st.sampled_from(extra), max_size=3)):
        given.insert(draw(st.integers(0, len(given))), one)
    return tuple(given)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_mild = draw(st.integers(0, 4)) > 1
    scope = Scope(numbers=("b", "LEVEL"), texts=("a",), calls=("half($n)", "half($n)", "math.floor($n)", "TABLE[$t]"))
    body, inner = statements(draw, scope)
    body += [f"return {filled(draw, draw(st.sampled_from(RESULTS)), inner, 2)}"]
    helper, around = draw(st.sampled_from(HELPERS)), ""
    if not is_mild:
        what = draw(st.integers(0, 3))
        if what == 0:
            helper = draw(st.sampled_from(HOSTILE_HELPERS))
        elif what == 1:
            form = draw(st.sampled_from(HOSTILE_STATEMENTS))
            body.insert(draw(st.integers(0, len(body) - 1)), filled(draw, form, scope))
        elif what == 2:
            around = draw(st.sampled_from(ROUND_IT))
        else:
            change = draw(st.sampled_from(CHANGES))
            named = "global LEVEL, TABLE, run, half" if draw(st.integers(0, 2)) else "global LEVEL"
            around = change if draw(st.integers(0, 3)) == 0 else function("def poke()", [named, change])
    if draw(st.integers(0, 4)) == 0:
        body.insert(0, '"""Run it."""')
    head = HEAD.format(level=expression(draw, "n", Scope(), 0), table=draw(st.sampled_from(["{'a': 1, 1: 2}", "{}"])))
    parts = [helper, function(draw(st.sampled_from(HEADS)), body), around]
    order = draw(st.permutations(parts)) if draw(st.integers(0, 3)) == 0 else parts
    return Program(module(head, *order), calls(draw, arguments=2))


def test_a_cached_function_answers_as_it_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_cached_function_answers_as_it_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
