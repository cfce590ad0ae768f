"""Generated log calls, at levels that are on and off: the guard changes no record, no error, no effect."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.guarded_logging import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

HEAD = """\
import logging
import pprint

log = logging.getLogger("app")
LIMIT = 3


class Written(logging.Handler):
    def emit(self, record):
        print(record.levelname, record.msg, record.args, record.getMessage(), record.funcName)


class Plain:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"<{type(self).__name__} {self.value}>"

    def __format__(self, spec):
        return "formatted " + spec
"""
HOSTILE = """\


class Loud:
    def __str__(self):
        print("asked")
        return "loud"

"""
TAIL = """\


def prepared(level):
    log.handlers[:], log.propagate = [Written()], False
    log.setLevel(level)


"""
ARGUMENTS = (
    "f'a {a}'",
    "f'{a} and {b!r} {LIMIT}'",
    "f'{b!r:>9} {LIMIT}'",
    "'a %s b %r' % (a, b)",
    "'a {} {}'.format(a, b)",
    "'a {1} {0!r}'.format(a, b)",
    "'%s', repr(a)",
    "'%s %s', str(a), type(b).__name__",
    "'%s', pprint.pformat(a)",
    "'%s %d', len(rest), 3",
    "'%s', ', '.join(map(str, rest))",
    "'a' + str(a)",
    "f'{a}', exc_info=False",
    "f'{n:05d} {a}'",
    "'%s', [a, repr(b)]",
    "f'{a}', extra={'more': repr(b)}",
)
FORBIDDEN = (
    "f'{a.value}'",
    "f'{a[0]}'",
    "f'{1 / b}'",
    "f'{a:>3}'",
    "'%s' % a",
    "'%s %s' % (a,)",
    "'%d' % (a,)",
    "'{} {}'.format(a)",
    "'%s', rest.append(a)",
    "'%s', len(a)",
    "f'{late}'",
    "f'{absent}'",
    "'%s', a.pop()",
    "'%s', ','.join(a)",
    "'a' + a",
    "f'{effect()}'",
)
FORMS = (
    "log.debug({0})",
    "log.info({0})",
    "if a:\n    log.debug({0})",
    "for late in rest:\n    log.info({0})",
    "try:\n    log.debug({0})\nexcept Exception as error:\n    out.append(str(error))",
    "with open('/dev/null') as late:\n    log.debug(\n        {0},\n    )",
    "if not log.isEnabledFor(10):\n    pass\nelif b:\n    log.debug({0})",
)
values = st.sampled_from(["1", "'x'", "[1, 'y']", "None", "Plain(2)", "(1, 2)", "{'k': [1]}", "-0.0", "(9,)"])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    allowed = st.sampled_from(ARGUMENTS)
    arguments = draw(st.lists(allowed, min_size=1, max_size=3))
    if draw(st.integers(0, 2)) == 0:
        arguments.append(draw(st.sampled_from(FORBIDDEN)))
    lines = [draw(st.sampled_from(FORMS)).format(one) for one in arguments]
    lines += draw(st.lists(st.sampled_from(["late = a", "del n", "rest = [b]"]), max_size=1))
    hostile = HOSTILE if draw(st.integers(0, 5)) == 0 else ""
    body = textwrap.indent("\n".join(["out, n = [], 7", *draw(st.permutations(lines)), "return out"]), "    ")
    effect = "def effect():\n    print('called')\n    return 1\n\n\n"
    source = f"{HEAD}{hostile}{TAIL}{effect}def run(a, b, *rest):\n{body}\n"
    more = ["Loud()"] if hostile else []
    calls: list[str] = []
    for level in draw(st.permutations(["10", "20", "30"]))[:2]:
        given = [draw(values | st.sampled_from(more) if more else values) for _ in range(3)]
        calls += [f"prepared({level})", f"run({', '.join(given)})"]
    return Program(source, tuple(calls))


def test_a_guard_changes_no_record_and_no_effect() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_guard_changes_no_record_and_no_effect_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
