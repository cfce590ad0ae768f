import ast

import pytest

from agents.recipes.functions import functions
from agents.recipes.kinds import Kind
from agents.recipes.purity import Definition, Purity, Summary, summarise, summarise_expression


def summary(parsed, text: str, others: dict[str, str] | None = None, readers: dict[str, str] | None = None) -> Summary:
    """Summarise the last function of a text."""
    module, project = parsed(text, others, readers)
    return summarise(Definition(module=module, node=functions(module)[-1].node), project)


def body(lines: str, before: str = "") -> str:
    indented = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"{before}\n\ndef f(a, b):\n{indented}"


PURE = {
    "return a + b": Kind.SCALAR,
    "return f'{a}:{b!r:>{a}}'": Kind.SCALAR,
    "return a.lower().replace(b, '')": Kind.SCALAR,
    "return a.split(b)": Kind.FLAT,
    "return [a, b]": Kind.FLAT,
    "return [[a], b]": Kind.OWNED,
    "return (a, (b, 1))": Kind.SCALAR,
    "return (a, [b])": Kind.OWNED,
    "x = []\nfor c in a:\n    x.append(c)\nreturn ''.join(x)": Kind.SCALAR,
    "x = []\ny = x\ny.append([])\nreturn tuple(x)": Kind.OWNED,
    "x = {}\nx[a] = b\nreturn x": Kind.FLAT,
    "x = {}\nx[a] = [b]\nreturn x": Kind.OWNED,
    "x = [a]\nx += [[b]]\nreturn tuple(x)": Kind.OWNED,
    "return {c: len(c) for c in a}": Kind.FLAT,
    "return tuple(sorted(set(a)))": Kind.SCALAR,
    "return dict(zip(a, b))": Kind.FLAT,
    "return max(a, b)": Kind.SCALAR,
    "return sum(len(c) for c in a)": Kind.SCALAR,
    "if a is None:\n    return b\nraise ValueError(a)": Kind.SCALAR,
    "try:\n    return int(a)\nexcept ValueError:\n    return b": Kind.SCALAR,
    "while a:\n    a -= 1\nreturn a": Kind.SCALAR,
    "return a if isinstance(a, (str, int)) else b": Kind.SCALAR,
    "return [c for c in a if (d := c) != b]": Kind.FLAT,
    "return ' '.join(map(str, range(a)))": Kind.SCALAR,
    "return sorted(a, key=len)": Kind.FLAT,
    "return a.get": Kind.SCALAR,
    "return type(a) is str": Kind.SCALAR,
    "x, *y = a.split()\nreturn y": Kind.FLAT,
    "return f(a - 1, b) if a else b": Kind.SCALAR,
}
IMPURE = [
    "print(a)",
    "return open(a).read()",
    "return id(a)",
    "return a is b",
    "return helper(a)",
    "a.x = 1",
    "a[0] = 1",
    "a.append(b)",
    "del a[0]",
    "global x\nx = a",
    "x = 1\ndef g():\n    return x\nreturn g()",
    "with a:\n    return b",
    "yield a",
    "import os\nreturn os.getcwd()",
    "return eval(a)",
    "return (lambda: a)()",
    "return sorted(a, key=lambda c: c)",
    "match a:\n    case str():\n        return b",
    "return input(a)",
    "return __file__ + a",
    "for c in helper:\n    return c",
    "x = [1]\nx.append(helper)\nreturn x",
    "return a[helper]",
    "x = {helper: a}\nreturn b",
    "x = {helper}\nreturn b",
    "x = {helper for c in a}\nreturn b",
    "return a[helper:]",
    "x = {}\nx[helper] = a\nreturn b",
    "try:\n    raise Own(a)\nexcept Exception:\n    return b",
    "try:\n    return a\nexcept helper():\n    return b",
    "return a(b)",
]


@pytest.mark.parametrize(("lines", "result"), PURE.items())
def test_what_only_computes_from_its_arguments_is_pure(parsed, lines: str, result: Kind) -> None:
    found = summary(parsed, body(lines))
    assert (found.purity, found.result) == (Purity.PURE, result), found.reason


@pytest.mark.parametrize("lines", IMPURE)
def test_what_has_effects_or_is_not_known_is_not_pure(parsed, lines: str) -> None:
    found = summary(parsed, body(lines))
    assert found.purity is not Purity.PURE
    assert found.reason


def test_an_async_function_is_not_pure(parsed) -> None:
    assert summary(parsed, "async def f(a):\n    return a\n").purity is Purity.IMPURE


def test_a_default_that_can_change_is_not_pure(parsed) -> None:
    assert summary(parsed, "def f(a, seen=[]):\n    return a\n").purity is Purity.IMPURE
    assert summary(parsed, "def f(a, sep=('-', -1)):\n    return a\n").purity is Purity.PURE


TABLES = {
    "LIMIT = 3\n\ndef f(a):\n    return a < LIMIT\n": Purity.PURE,
    "NAMES = {'a': 1}\n\ndef f(a):\n    return NAMES.get(a, NAMES['a']) if a in NAMES else len(NAMES)\n": Purity.PURE,
    "ROT = str.maketrans('a', 'b')\n\ndef f(a):\n    return a.translate(ROT)\n": Purity.PURE,
    "import re\nRX = re.compile('a')\n\ndef f(a):\n    return RX.sub('b', a)\n": Purity.PURE,
    "LIMIT = 3\nLIMIT = 4\n\ndef f(a):\n    return LIMIT\n": Purity.READS,
    "NAMES = {}\n\ndef g(k):\n    NAMES[k] = 1\n\ndef f(a):\n    return a in NAMES\n": Purity.IMPURE,
    "NAMES = {}\n\ndef g():\n    return NAMES\n\ndef f(a):\n    return a in NAMES\n": Purity.IMPURE,
    "NAMES = {'a': []}\n\ndef f(a):\n    return NAMES[a]\n": Purity.IMPURE,
    "NAMES = {'a': 1}\n\ndef f(a):\n    return NAMES\n": Purity.READS,
    "LIMIT = 3\nglobals()['LIMIT'] = 4\n\ndef f(a):\n    return a < LIMIT\n": Purity.IMPURE,
    "K = []\n\ndef f(a):\n    [K for K in a]\n    return K\n": Purity.READS,
}


@pytest.mark.parametrize(("text", "expected"), TABLES.items())
def test_a_global_counts_only_when_nobody_can_change_it(parsed, text: str, expected: Purity) -> None:
    assert summary(parsed, text).purity is expected


@pytest.mark.parametrize(
    "other",
    ["import mod\nmod.NAMES['b'] = 2\n", "from mod import NAMES\n", "import mod\nmod.NAMES = {}\n"],
)
def test_a_table_that_another_module_can_reach_may_change(parsed, other: str) -> None:
    text = "NAMES = {'a': 1}\n\ndef f(a):\n    return NAMES[a]\n"
    assert summary(parsed, text).purity is Purity.PURE
    assert summary(parsed, text, {"other.py": other}).purity is not Purity.PURE


CALLS = "from pkg.text import clean\nimport pkg\n\ndef f(a):\n    return clean(a)\n"


def test_a_call_is_followed_into_other_modules_and_through_reexports(parsed) -> None:
    package = {"pkg/__init__.py": "from .text import clean\n", "pkg/text.py": "def clean(t):\n    return t.strip()\n"}
    assert summary(parsed, CALLS, package).purity is Purity.PURE
    assert summary(parsed, CALLS.replace("clean(a)", "pkg.clean(a)"), package).purity is Purity.PURE


@pytest.mark.parametrize(
    "module",
    [
        "seen = []\ndef clean(t):\n    seen.append(t)\n    return t\n",
        "@decorated\ndef clean(t):\n    return t\n",
        "def clean(t):\n    return t\nclean = wrap(clean)\n",
        "def clean(t):\n    return f2(t)\ndef f2(t):\n    print(t)\n    return clean(t)\n",
    ],
)
def test_a_call_into_something_doubtful_is_not_pure(parsed, module: str) -> None:
    package = {"pkg/__init__.py": "", "pkg/text.py": module}
    assert summary(parsed, CALLS, package).purity is Purity.IMPURE


def test_a_callee_that_a_test_replaces_is_not_pure(parsed) -> None:
    package = {"pkg/__init__.py": "", "pkg/text.py": "def clean(t):\n    return t\n"}
    readers = {"test_it.py": "mock.patch('pkg.text.clean')\n"}
    assert summary(parsed, CALLS, package, readers).purity is Purity.IMPURE


def test_a_library_call_that_a_test_replaces_is_not_pure(parsed) -> None:
    text = "import math\n\ndef f(a):\n    return math.sqrt(a)\n"
    assert summary(parsed, text).purity is Purity.PURE
    assert summary(parsed, text, readers={"t.py": "mock.patch('math.sqrt')\n"}).purity is Purity.IMPURE
    assert summary(parsed, text, readers={"t.py": "import math\nmath.sqrt = None\n"}).purity is Purity.IMPURE


def test_an_owned_argument_taken_by_a_callee_may_come_back_in_its_result(parsed) -> None:
    text = "def keep(x):\n    return (x,)\n\ndef f(a):\n    return keep([a])\n"
    assert summary(parsed, text).result is Kind.OWNED


def test_own_exceptions_matter_only_where_they_are_caught(parsed) -> None:
    raising = "class Own(Exception): pass\n\ndef g(a):\n    raise Own(a)\n\n"
    assert summary(parsed, raising + "def f(a):\n    return g(a)\n").purity is Purity.PURE
    caught = "def f(a):\n    try:\n        return g(a)\n    except Exception:\n        return a\n"
    assert summary(parsed, raising + caught).purity is Purity.IMPURE


def test_an_expression_knows_only_the_locals_it_is_told(parsed) -> None:
    module, project = parsed("def f(a, b):\n    return a.upper() + b\n")
    expression = functions(module)[0].node.body[0].value
    known = {"a": Kind.SCALAR, "b": Kind.SCALAR}
    assert summarise_expression(expression, module, project, known).purity is Purity.PURE
    assert summarise_expression(expression, module, project).purity is Purity.IMPURE


def test_reading_a_plain_attribute_reads_and_a_computed_one_may_do_anything(parsed) -> None:
    text = "class C:\n    @property\n    def y(self): return 1\n\ndef f(a):\n    return [a.x, a.y]\n"
    module, project = parsed(text)
    plain, computed = functions(module)[-1].node.body[0].value.elts
    assert summarise_expression(plain, module, project).purity is Purity.READS
    assert summarise_expression(computed, module, project).purity is Purity.IMPURE


def test_deeply_nested_calls_end_in_not_known(parsed) -> None:
    chain = "".join(f"def f{n}(a):\n    return f{n + 1}(a)\n\n" for n in range(40))
    text = f"{chain}def f40(a):\n    return a\n\ndef f(a):\n    return f0(a)\n"
    assert summary(parsed, text).purity is Purity.IMPURE
    assert isinstance(ast.parse(text), ast.Module)


REPLACED = {
    "import unicodedata": ("return unicodedata.category(a)", "unicodedata"),
    "from os.path import basename as base": ("return base(a)", "base"),
    "from other import helper as own": ("return own(a)", "own"),
    "import other": ("return other.helper(a)", "other"),
    "LIMIT = 3": ("return a + LIMIT", "LIMIT"),
    "TABLE = {'a': 1}": ("return TABLE[a]", "TABLE"),
    "": ("return ord(a)", "ord"),
}
REPLACING = (
    "from unittest import mock\n\n@mock.patch('mod.NAME')\ndef test(given): pass\n",
    "import mod\n\ndef test(monkeypatch):\n    monkeypatch.setattr(mod, 'NAME', 1)\n",
    "import mod\n\ndef test():\n    mod.NAME = 1\n",
)


@pytest.mark.parametrize("first", REPLACED)
@pytest.mark.parametrize("replacing", REPLACING)
def test_what_reads_a_name_that_a_test_replaces_is_not_pure(parsed, first: str, replacing: str) -> None:
    line, name = REPLACED[first]
    others = {"other.py": "def helper(x):\n    return x\n"}
    readers = {"test_mod.py": replacing.replace("NAME", name)}

    assert summary(parsed, body(line, first), others).purity is Purity.PURE
    assert summary(parsed, body(line, first), others, readers).purity is not Purity.PURE


@pytest.mark.parametrize(
    "test",
    [
        "from unittest import mock\n\n@mock.patch('mod.unicodedata.category')\ndef test(given): pass\n",
        "import mod\n\nmod.unicodedata.category = 1\n",
        "def test():\n    import unicodedata\n\n    unicodedata.category = 1\n",
    ],
)
def test_a_library_function_replaced_through_any_name_is_not_pure(parsed, test: str) -> None:
    text = body("return unicodedata.category(a)", "import unicodedata")

    assert summary(parsed, text, None, {"test_mod.py": test}).purity is not Purity.PURE


@pytest.mark.parametrize(
    "test",
    [
        "from mod import *\n\nTABLE['b'] = 2\n",
        "import mod\n\ngetattr(mod, 'TABLE')['b'] = 2\n",
    ],
)
def test_a_table_that_another_file_takes_is_no_constant(parsed, test: str) -> None:
    text = body("return TABLE[a]", "TABLE = {'a': 1}")

    assert summary(parsed, text, None, {"test_mod.py": test}).purity is not Purity.PURE
