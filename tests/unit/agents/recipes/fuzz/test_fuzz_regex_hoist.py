"""Generated uses of `re`: with its constant patterns compiled at the top a module matches, and fails, as before."""

import itertools

import pytest
from hypothesis import strategies as st

from agents.recipes.regex_hoist import RECIPE
from tests.fakes.random_code import Scope, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

ATOMS = ("a", "b", ".", "[ab]", "[^a]", r"\s", r"\d", r"\w", r"\b", "^", "$", "(a)", "(?:b|c)", "(?P<x>a)", "-", "é")
REPEATS = ("", "", "", "*", "+", "?", "{1,2}", "*?")
ODD_ATOMS = (
    "(",
    "[",
    "*",
    "[[a]",
    "(?i)",
    "(?P<x",
    "\\\\",
    "{",
    r"\1",
    "(?<=a)",
    "a++",
    "(?>a)",
    r"\q",
    "[a--b]",
    "(?L)",
)
FLAGS = ("re.I", "re.IGNORECASE | re.M", "re.X", "re.ASCII", "re.S | re.U", "0")
ODD_FLAGS = ("re.LOCALE", "re.DEBUG", "b", "2", "re.I + re.M", "FLAGS", "'i'", "None", "re.T", "True", "~re.I")
USES = (
    "[m.span() for m in [re.search(P, $T)] if m]",
    "bool(re.match(P, $T))",
    "re.fullmatch(P, $T) is None",
    "re.findall(P, $T)",
    "[m.group() for m in re.finditer(P, $T)]",
    "re.split(P, $T)",
    "re.split(P, $T, maxsplit=1)",
    "re.split(P, $T, b)",
    "re.sub(P, '-', $T)",
    "re.sub(P, lambda m: m.group().upper(), $T)",
    "re.sub(P, $T, $T)",
    "re.sub(P, '<\\\\g<0>>', $T, count=1)",
    "re.subn(P, 'x', $T, b)",
    "re.sub(repl='z', string=$T, pattern=P)",
    "re.sub(P, repl='y', string=$T)",
    "re.compile(P).pattern",
    "re.compile(P).sub('', $T)",
    "(lambda x: re.findall(P, x))($T)",
    "[re.sub(P, '', w) for w in $T.split()]",
    "re.search(\n        P,\n        $T,\n    ) is not None",
    "re.sub(P, '', re.sub(P, 'b', $T))",
)
FLAG_USES = (
    "re.findall(P, $T, F)",
    "re.findall(P, $T, flags=F)",
    "re.sub(P, '.', $T, flags=F)",
    "re.sub(P, '.', $T, 0, F)",
    "re.compile(P, F).flags",
    "re.compile(P, flags=F).split($T)",
    "bool(re.search(flags=F, string=$T, pattern=P))",
)
ODD_USES = (
    "re.sub(P, '.')",
    "re.search(P)",
    "re.findall(P, $T, 2, 3)",
    "re.findall(P, $T, text=1)",
    "re.search(P, string=$T, pos=1)",
    "re.match(*[P, $T])",
    "re.match(P, **{'string': $T})",
    "re.sub(P, '.', $T, re.I)",
    "re.split(P, $T, re.I)",
    "re.sub(P, '\\\\9', $T)",
    "re.findall(a, $T)",
    "re.findall(P + a, $T)",
    "re.findall(f'{a}', $T)",
    "re.findall(PATTERN, $T)",
    "re.findall(CHANGED, $T)",
    "re.template(P)",
    "re.escape(P)",
    "[m.re.flags for m in [re.search(P, a)] if m]",
    "re.search(P, a) is re.compile(P)",
    "re.purge()",
    "print(re.sub(P, '', a))",
    "re.findall(pattern, $T)",
    "re.sub(P, (print('first'), '-')[1], (print('second'), a)[1])",
    "re.sub(P, 1 / b, a)",
    "re.findall(P # pattern\n    , $T)",
    "re.compile(re.compile(P)).pattern",
)
WRAPS = (
    "out.append({})",
    "out.append({})",
    "try:\n    out.append({})\nexcept re.error as error:\n    out.append(error.msg)",
    "try:\n    out.append({})\nexcept TypeError as error:\n    out.append(str(error))",
    "if b:\n    out.append({})",
    "for _ in range(2):\n    out.append({})",
    "def inner(a=a):\n    return {}\n\nout.append(inner())",
    "pattern = P\nout.append({})\nout.append(re.findall(pattern, a))",
    "pattern = P if b else 'a'\nout.append(re.findall(pattern, a))\nout.append({})",
    "if sys.version_info[0] == 2:\n    pattern = 'b'\nelse:\n    pattern = P\nout.append(re.split(pattern, a))",
    "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    out.append({})",
    "class Inner:\n    found = {}\n\nout.append(Inner.found)",
)
ROUND_IT = (
    "re = None",
    "def poke():\n    global CHANGED\n    CHANGED = 'c'",
    "CHANGED = 'd'",
    "def poke():\n    kept, re.sub = re.sub, print\n    made = run('b', 1)\n    re.sub = kept\n    return made",
    "def poke(re=re):\n    return re.sub('a', 'b', 'ab')",
    "def sub(*given):\n    return given",
    "from re import *",
    "_RX_RUN = 3\n_RX_RUN_1 = 4",
    "EARLY = run('ab', 1)",
    "import re",
    "def poke():\n    re = __import__('fnmatch')\n    return re.translate('a')",
)
IMPORTS = ("import re", "import re", "import os\nimport re", "import re as rx", "from re import findall, sub, search")
HEAD = """\
import sys
import warnings

sys.modules["re"].purge()  # or the warnings of patterns would be told in the first run alone
PATTERN = r"[ab]+"
CHANGED = "a"
FLAGS = 2


class Text(str):
    def __str__(self):
        return "own"
"""
TEXTS = ("'ab a-b'", "''", "'A1 b'", "'é\\na'", "None", "7", "b'ab'", "Text('ab')", "['a']", "bytearray(b'a')")
NUMBERS = ("0", "1", "2", "-1", "True", "None", "'a'")


def pattern(draw: st.DrawFn) -> str:
    """Return the source of a pattern: mostly one that compiles."""
    atoms = draw(st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)), min_size=1, max_size=3))
    text = "".join(atom + ("" if atom in ("^", "$", r"\b") else repeat) for atom, repeat in atoms)
    if text.count("(?P<x>") > 1:
        text = text.replace("?P<x>", "?:")
    if draw(st.integers(0, 9)) == 0:
        text = draw(st.sampled_from([text + one for one in ODD_ATOMS]))
    plain = f"r{text!r}" if "\\" in text and "\\\\" not in text and "'" not in text else repr(text)
    plain = plain.replace("\\\\", "\\") if plain.startswith("r") else plain
    return plain if draw(st.integers(0, 9)) else draw(st.sampled_from([f"b{text!r}", f"'' {plain}"])).replace("é", "e")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(st.sampled_from(["", "", "", "", "", "use", "flags", "around"]))
    scope = Scope(numbers=("b",), texts=("a",))
    body = ["out = []", *statements(draw, scope, 1)[0]]
    patterns = [pattern(draw) for _ in range(draw(st.integers(1, 2)))]
    for place in range(draw(st.integers(1, 3))):
        forms = ODD_USES if hazard == "use" and not place else (*USES, *FLAG_USES)
        flags = draw(st.sampled_from(ODD_FLAGS if hazard == "flags" and not place else FLAGS))
        form = draw(st.sampled_from(FLAG_USES if hazard == "flags" and not place else forms))
        text = filled(draw, form.replace("$T", draw(st.sampled_from(["a", "a", "$t"]))), scope)
        wrapped = draw(st.sampled_from(WRAPS)).replace("{}", text.replace("\n", "\n    "))
        body.append(wrapped.replace("F)", f"{flags})").replace("F,", f"{flags},"))
    made = function("def run(a, b)", [*body, "return out"])
    made = _with_patterns(draw, made, patterns)
    imported = draw(st.sampled_from(IMPORTS))
    made = made.replace("re.", "rx.") if imported.endswith("rx") else made
    if imported.startswith("from"):
        for name in ("findall", "sub", "search"):
            made = made.replace(f"re.{name}(", f"{name}(")
        imported += "\nimport re" if draw(st.booleans()) else ""
    around = draw(st.sampled_from(ROUND_IT)) if hazard == "around" else ""
    calls = draw(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(NUMBERS)), min_size=1, max_size=3))
    given = ["run('ab a', 1)", *(f"run({a}, {b})" for a, b in calls), *["poke()"] * bool(around), "run('b', 0)"]
    return Program(module(imported + "\n" + HEAD, made, around), tuple(given))


def _with_patterns(draw: st.DrawFn, text: str, patterns: list[str]) -> str:
    """Return a text with one of the patterns for each capital P that stands alone."""
    parts = text.split("P")
    found = parts[0]
    for before, part in itertools.pairwise(parts):
        is_alone = before[-1:] in "( =\n[" and part[:1] in "), \n+#]" and not part.startswith("ATTERN")
        found += (draw(st.sampled_from(patterns)) if is_alone else "P") + part
    return found


def test_a_pattern_compiled_once_matches_as_before() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_pattern_compiled_once_matches_as_before_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
