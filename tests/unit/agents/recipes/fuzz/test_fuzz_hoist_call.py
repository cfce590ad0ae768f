"""Generated loops with calls that give the same in every turn: made once, before the loop, nothing else changes."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.hoist_call import RECIPE
from tests.fakes.random_code import Scope, expression, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

HELPERS = (
    "def limit(low, high=3):\n    return low + (high - low) // 2",
    "def limit(low, high=2):\n    if low > 5:\n        raise ValueError(low, high)\n    return low * high + LEVEL",
    "def limit(low, *more):\n    return len(more) + low",
    "def limit(low, high=0):\n    return TABLE[low] if low in TABLE else high",
    "def limit(low, high=9):\n    return limit(low - 1, high) + 1 if 0 < low < 4 else high",
    "def limit(low, high=1):\n    found = [low]\n    found.append(high)\n    return sum(found)",
    "def limit(low, high=4):\n    return low / high",
)
HOSTILE_HELPERS = (
    "def limit(low, high=3):\n    print(low)\n    return low",
    "def limit(low, high=3):\n    SEEN.append(low)\n    return len(SEEN)",
    "def limit(low, high=3):\n    return len(SEEN)",
    "def limit(low, high=3):\n    return next(COUNTER)",
    "def limit(low, high=3):\n    global LEVEL\n    LEVEL += 1\n    return LEVEL",
    "def limit(low, high=3):\n    return [low]",
    "def limit(low, high=3):\n    yield low",
    "def limit(low, high=[]):\n    high.append(low)\n    return len(high)",
    "limit = max",
    "class limit(int):\n    def __new__(cls, *given):\n        print(given)\n        return int.__new__(cls, 3)",
    "def limit(low, high=3):\n    return low\n\n\nlimit = SEEN.count",
    "def limit(low, high=3):\n    return type(low)() == low",
)
STARTS = (
    "numbers = list(items)",
    "numbers = list(items)",
    "numbers = sorted(items, key=str)",
    "numbers = [one for one in items if one]",
    "numbers = []\nfor one in items:\n    numbers.append(one)",
    "numbers = [1, 2]\nnumbers.extend(items)",
    "numbers = [low, high]\nnumbers.pop()",
)
HOSTILE_STARTS = (
    "numbers = text.split()",
    "numbers = items",
    "numbers = iter(items)",
    "numbers = (one for one in items)",
    "numbers = tuple(items)",
    "numbers = list(items)\nSEEN.append(numbers)",
    "numbers = other = list(items)",
    "if low:\n    numbers = list(items)",
    "numbers = Own(items)",
    "numbers = list(items)\ndel numbers",
    "numbers = list(items)\ndef keep():\n    numbers.append(0)\n    return 1",
)
LOOPS = (
    *("for x in numbers", "for x in numbers", "for x in numbers", "for x in range(3)", "for x in (1, 2, 5)"),
    *("for x in [0, 'a']", "for x in range(len(numbers))"),
)
OTHER_LOOPS = (
    *("for x in items", "for x, y in zip(numbers, items)", "for low in numbers", "for x in range(low)", "for x in ()"),
    *("for x in range(0)", "for x, y in enumerate(numbers)", "for x in numbers[:1]", "for x in reversed(numbers)"),
    *("while numbers and numbers.pop() != 1", "for numbers in [numbers]", "for x in range(limit(low))"),
    *("for SEEN[:] in numbers", "for x in range(-1)", "for x in range(limit(low, high), 3)"),
)
CALLS = ("limit(low)", "limit(low, high)", "limit(high)", "limit(2, low)", "limit(1)", "len(numbers)", "len(text)")
OTHER_CALLS = (
    *("limit(low, high=high)", "limit(*[low])", "limit(x)", "limit(low + 1)", "len(items)", "limit(LEVEL)", "limit()"),
    *(
        "text.upper()",
        "len(SEEN)",
        "limit(low, limit(low))",
        "keep(low)",
        "limit(numbers)",
        "max(low, high)",
        "limit(y)",
    ),
)
FIRSTS = (
    "if x < C:\n    found.append(x)",
    "if x == C and C != 2:\n    found.append(C)\nelse:\n    found.append(-1)",
    "y = C",
    "y = C * 2 - C\nfound.append(y)",
    "y = not C\nfound.append(y)",
    "print(C)",
    "y = -C",
    "y: int = C",
    "if C:\n    break\nfound.append(x)",
    "if C != x:\n    continue\nfound.append(x)",
    "if C > x:\n    return found",
    "for z in numbers:\n    if z == C:\n        found.append(z)",
)
OTHER_FIRSTS = (
    "found.append(C)",
    "found.append(C + 1)",
    "found.append((x, C))",
    "y = x, C",
    "total += C",
    "y = C if C else x\nfound.append(y)",
    "for z in range(2):\n    found.append(C)",
    "print(x)\nfound.append(C)",
    "found.append(x and C)",
    "y = [C for _ in numbers]",
    "y = lambda: C\nfound.append(y())",
    "def inner():\n    return C\n\nfound.append(inner())",
    "try:\n    found.append(C)\nexcept (TypeError, ValueError):\n    found.append('no')",
    "if x:\n    found.append(C)",
    "while C < 0:\n    break",
    "found[C:] = [x]",
    "assert C, x",
    "found.append(f'{C}')",
    "y = yield C",
    "with SUPPRESS:\n    found.append(C)",
    "y = {C: x}\nfound.append(y)",
    "found.append(1 // x + C)",
    "found.append([x, C])",
    "y = (C, C)[0]",
    "del found[C:]",
    "raise KeyError(C)",
)
RESTS = (
    "",
    "",
    "found.append(x)",
    "total += 1",
    "found.insert(0, x)",
    "y = len(found)",
    "if x == 2:\n    break",
    "z = str(x)",
)
OTHER_RESTS = (
    *("numbers.append(1) if len(numbers) < 9 else None", "low += 1", "low = 'a'", "SEEN.append(x)", "items.clear()"),
    *(
        "text += 'b'",
        "numbers = [1]",
        "global LEVEL\nLEVEL = 8",
        "TABLE[low] = x",
        "numbers.clear()",
        "del numbers[:1]",
    ),
    *("high, y = 7, 8", "for low in (8, 9):\n    pass", "limit = max", "numbers[:] = [3]", "change(numbers)", "keep()"),
    *("numbers += [5] if len(numbers) < 9 else []", "items.append(1) if len(items) < 9 else 0", "del low", "high -= 2"),
    *("[low := one for one in (3, 4)]", "numbers.sort(key=lambda one: len(numbers))", "exec('low = 5')", "text = []"),
)
AROUND = (
    "{}",
    "{}",
    "{}",
    "{}\nelse:\n    found.append('else')",
    "for turn in range(2):\n    {}",
    "for turn in numbers:\n    {}\n    found.append(turn)",
    "if high:\n    {}",
    "try:\n    {}\nexcept (TypeError, ValueError) as error:\n    found.append(str(error))",
    "try:\n    {}\nfinally:\n    found.append('end')",
)
OTHER_AROUND = (
    "x = 'before'\ntry:\n    {}\nexcept (TypeError, ValueError):\n    found.append(x)",
    "try:\n    {}\nexcept Exception:\n    found.append(x)",
    "x = 'before'\ntry:\n    {}\nfinally:\n    print(x)",
    "for x in 'ab':\n    {}\n    found.append(x)",
    "with SUPPRESS:\n    {}\nfound.append(x)",
    "try:\n    {}\nexcept Exception:\n    found.append(sorted(locals()))",
    "while True:\n    {}\n    break",
    "while len(found) < 3:\n    found.append(0)\n    low += 1\n    {}",
    "for low in (1, 7):\n    {}",
    "for turn in (1, 2):\n    numbers.append(turn)\n    {}",
    "_limit_value = _len_numbers = 3\n{}\nfound.append((_limit_value, _len_numbers))",
)
HEAD = """\
import contextlib
import itertools

LEVEL = {level}
TABLE = {{1: 2, 'a': 3}}
SEEN = []
COUNTER = itertools.count()
SUPPRESS = contextlib.suppress(Exception)


class Own(list):
    def __len__(self):
        return 2


def change(made):
    made.append(3) if len(made) < 9 else made.clear()
"""
ITEMS = ("[]", "[1, 2, 3]", "[0]", "['a', 'b']", "(3, 4)", "'ab'", "[1, 'a', None]", "None", "{1: 2}", "iter([1, 2])")
NUMBERS = ("0", "1", "2", "7", "-1", "'a'", "None", "[1]", "True", "1.5")


def statement(draw: st.DrawFn, form: str, call: str, scope: Scope) -> str:
    """Return a statement with the call in it, now and then with something computed in place of its loop variable."""
    is_odd = draw(st.integers(0, 7)) == 0 and "x" in form.split()
    other = expression(draw, "n", scope, 1)
    return form.replace("C", call).replace(" x", f" ({other})", 1) if is_odd else form.replace("C", call)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(
        st.sampled_from([*[""] * 11, "helper", "start", "loop", "call", "first", "first", "rest", "rest", "around"])
    )
    scope = Scope(numbers=("low", "high"), texts=("text",), calls=("limit($n)", "len(numbers)"))

    def one_of(mild: tuple[str, ...], other: tuple[str, ...], name: str) -> str:
        return draw(st.sampled_from(other if hazard == name else mild))

    call = one_of(CALLS, OTHER_CALLS, "call")
    calls = [call, draw(st.sampled_from([call, *CALLS]))]
    inside = [statement(draw, one_of(FIRSTS, OTHER_FIRSTS, "first"), call, scope), one_of(RESTS, OTHER_RESTS, "rest")]
    if draw(st.integers(0, 3)) == 0:
        inside.append(statement(draw, draw(st.sampled_from(FIRSTS)), calls[1], scope))
    if draw(st.integers(0, 4)) == 0:
        inside.append(filled(draw, "found.append($n)", scope))
    body = textwrap.indent("\n".join(one for one in inside if one), "    ")
    loop = f"{one_of(LOOPS, OTHER_LOOPS, 'loop')}:\n{body}"
    around = one_of(AROUND, OTHER_AROUND, "around")
    indent = "    " if "\n    {}" in around else ""
    loop = around.replace(f"{indent}{{}}", textwrap.indent(loop, indent))
    before = statements(draw, scope, 1)[0]
    whole = ["found, total, y = [], 0, 1", one_of(STARTS, HOSTILE_STARTS, "start"), *before, loop]
    made = function("def run(items, low, high, text='ab')", [*whole, "return found, total, y"])
    helper = one_of(HELPERS, HOSTILE_HELPERS, "helper")
    head = HEAD.format(level=expression(draw, "n", Scope(), 0))
    given = draw(
        st.lists(
            st.tuples(st.sampled_from(ITEMS), st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)),
            min_size=1,
            max_size=3,
        )
    )
    runs = [f"run({items}, {low}, {high})" for items, low, high in given]
    return Program(
        module(head, helper, made), ("run([1, 2, 8], 1, 5, 'a b')", *runs, "run([2], 7, 2)", "run([], 9, 0)")
    )


def test_a_call_made_once_gives_what_it_gave_in_every_turn() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_call_made_once_gives_what_it_gave_in_every_turn_of_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
