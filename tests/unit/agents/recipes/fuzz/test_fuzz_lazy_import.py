"""Generated modules with imports: made where they are used, nothing else can tell."""

import re

import pytest
from hypothesis import strategies as st

from agents.recipes.lazy_import import RECIPE
from tests.fakes.random_code import Scope, filled, function, module, statements
from tests.fakes.recipe_fuzzing import Program, differential

IMPORTS = {
    "import json": ("json.dumps([$n, $t])", "json.loads(json.dumps($t))", "json"),
    "import json as js": ("js.dumps({$t: 1})", "len(js.dumps($n))", "js"),
    "from decimal import Decimal": ("Decimal($n)", "str(Decimal($t))", "Decimal"),
    "from string import capwords, digits": ("capwords($t)", "digits + capwords($t)", "capwords"),
    "from string import capwords as cap  # for titles": ("cap($t)", "cap($t) or $n", "cap"),
    "from fractions import (\n    Fraction,\n)": ("Fraction($n)", "Fraction($n, 3) + 1", "Fraction"),
    "import xml.dom.minidom": ("xml.dom.minidom.Node.TEXT_NODE + $n", "xml.dom.minidom.Document().nodeName", "xml"),
    "import xml.dom.minidom as dom": ("dom.Document().nodeName * 2", "dom.Node.TEXT_NODE", "dom"),
    "from collections import OrderedDict as Table": ("Table(a=$n)", "list(Table({$t: 1}))", "Table"),
    "import side": ("side.double($n)", "side.RATE + $n", "side"),
    "from side import double": ("double($n)", "double(x=$n)", "double"),
    "from side import double as twice, RATE": ("twice(RATE)", "RATE * twice($n)", "RATE"),
    "import pack.inner": ("pack.inner.half($n)", "pack.inner.half($n) + 1", "pack"),
    "from pack import inner": ("inner.half($n)", "inner.NAME + $t", "inner"),
    "from pack.inner import half, NAME": ("half($n)", "NAME * half(2)", "half"),
    "import pack.inner as deep": ("deep.half($n)", "deep.NAME", "deep"),
    "from pack import *": ("TOP + $n", "TOP", "TOP"),
}
SIDES = (
    "RATE = 3\n\n\ndef double(x):\n    return x * 2",
    "import json\n\nRATE = 2.5\nNAMES = ('a', 'b')\n\n\ndef double(x, y=RATE):\n    return json.dumps([x, y])",
    "from pack.inner import half\n\nRATE = 4\n\n\nclass Kept:\n    size = 1\n\n\ndef double(x):\n    return half(x)",
    "RATE = 1\n\n\ndef double(x):\n    from app import LEVEL\n\n    return x + LEVEL",
)
OTHER_SIDES = (
    "import pack\n\nRATE = pack.TOP\n\n\ndef double(x):\n    return x * 2",
    "from pack import TOP as RATE\n\n\ndef double(x, y=RATE):\n    return x * y",
    "import pack.inner\n\nRATE = len(pack.inner.NAME)\n\n\ndef double(x):\n    return x * 2",
    "print('side')\nRATE = 3\n\n\ndef double(x):\n    return x * 2",
    "import app\n\nRATE = 3\napp.LEVEL = 8\n\n\ndef double(x):\n    return x * 2",
    "RATE = 3\n\n\ndef double(x):\n    return x * 2\n\n\ndef change():\n    global RATE\n    RATE += 1",
    "import pack\n\npack.TOP = 5\nRATE = 3\n\n\ndef double(x):\n    return x * 2",
    "import pack.inner\n\npack.inner.NAME = 'odd'\nRATE = 3\n\n\ndef double(x):\n    return x * 2",
    "RATE = next(iter([3]))\n\n\ndef double(x):\n    return x * 2",
    "import os\n\nRATE = len(os.environ.setdefault('SIDE_OF_APP', 'x'))\n\n\ndef double(x):\n    return x * 2",
    "SEEN = []\n\n\ndef __getattr__(name):\n    SEEN.append(name)\n    return lambda x: len(SEEN)",
    "import warnings\n\nwarnings.warn('side')\nRATE = 3\n\n\ndef double(x):\n    return x * 2",
    "import sys\n\nsys.modules['pack'] = sys\nRATE = 3\n\n\ndef double(x):\n    return x * 2",
    "import abc\n\nRATE = 3\nabc.ABC.register = None\n\n\ndef double(x):\n    return x",
    "raise KeyError('side')",
)
PACKS = ("TOP = 1\nfrom . import inner", "TOP = 1", "TOP = 2\n__all__ = ['TOP']", "TOP = 3\nfrom .inner import half")
OTHER_PACKS = (
    "print('pack')\nTOP = 1",
    "TOP = 1\n\n\ndef __getattr__(name):\n    print(name)\n    raise AttributeError(name)",
    "TOP = 1\ninner = None",
)
INNERS = ("NAME = 'in'\n\n\ndef half(x):\n    return x // 2", "import math\n\nNAME = 'n'\nhalf = math.floor")
OTHER_INNERS = (
    "print('inner')\nNAME = 'in'\n\n\ndef half(x):\n    return x",
    "from . import TOP\n\nNAME = 'in' * TOP\n\n\ndef half(x):\n    return x",
    "import pack\n\npack.TOP += 1\nNAME = 'in'\n\n\ndef half(x):\n    return x",
)
USES = (
    "out.append(U)",
    "out.append(U)",
    "if a:\n    out.append(U)",
    "out += [U for _ in range(2)]",
    "def inner():\n    return U\n\nout.append(inner())",
    "out.append((lambda: U)())",
    "try:\n    out.append(U)\nexcept (TypeError, ValueError):\n    out.append('no')",
    "class Inner:\n    made = U\n\nout.append(Inner.made)",
    "for _ in [U]:\n    out.append(1)",
)
OTHER_USES = (
    "out.append(sorted(locals()))\nout.append(U)",
    "global N\nout.append(U)\nN = None",
    "out.append(U)\nN = 1",
    "out.append(eval('N'))\nout.append(U)",
    "out.append('N' in globals())\nout.append(U)",
    "import N\nout.append(U)",
    "out.append([N for N in [1]])\nout.append(U)",
    "out.append(U)\nexec('N = 3', globals())",
    "yield U",
    "out.append(U)\nreturn out, N",
)
REPLACING = """\
def other():
    import json
    kept, json.dumps = json.dumps, repr
    try:
        return run(1, 'a')
    finally:
        json.dumps = kept
"""
DOCTEST = """\
def other():
    '''Show.

    >>> bool(N)
    True
    '''
    import doctest
    import app

    return doctest.testmod(app).failed
"""
ELSEWHERE = (
    "def other(b=N):\n    return b is N",
    "def other() -> N:\n    return other.__annotations__",
    "def other(b: 'N' = 1):\n    import typing\n    return sorted(typing.get_type_hints(other))",
    "class Other:\n    made = N\n\n    def other(self):\n        return N",
    "OTHER = [N]\n\n\ndef other():\n    return len(OTHER)",
    "def other():\n    global N\n    N = None",
    "__all__ = ['run', 'N']\n\n\ndef other():\n    return __all__",
    "def other():\n    import app\n    return hasattr(app, 'N')",
    "def other():\n    import sys\n    return [hasattr(sys.modules[__name__], 'N')]",
    "def other():\n    return 'N' in globals()",
    "def other():\n    return 'N' in run.__globals__",
    "try:\n    del N\nexcept NameError:\n    pass\n\n\ndef other():\n    return 1",
    "async def other():\n    return bool(N)",
    "class Other:\n    def __del__(self):\n        print(bool(N))\n\n\ndef other():\n    Other()",
    "if LEVEL:\n    N = None\n\n\ndef other():\n    return 2",
    "@(lambda made: made if N else None)\ndef other():\n    return 3",
    "def other():\n    import side\n    side.RATE = 9\n    return run(1, 'a')",
    "def other():\n    import side\n    return side.change()",
    "def other():\n    import pack\n    pack.TOP = 9\n    return pack.inner",
    "def other():\n    import pack\n    return pack.inner.NAME",
    "def other():\n    import pack.inner\n    pack.inner.NAME = 'changed'",
    "import pack\n\npack.TOP = 7\n\n\ndef other():\n    return pack.TOP",
    REPLACING,
    "other = lambda: bool(N)",
    "def other():\n    return [name for name in dir() if name == 'N']",
    "EARLY = run(1, 'a')\n\n\ndef other():\n    return EARLY",
    "class Other(N if isinstance(N, type) else int):\n    pass\n\n\ndef other():\n    return len(Other.__mro__)",
    "import atexit\n\natexit.register(run, 1, 'a')\natexit.unregister(run)\n\n\ndef other():\n    return 1",
    DOCTEST,
)
TRIED = "try:\n    I\nexcept ImportError:\n    pass"
HEAD = "LEVEL = 2\nSEEN = []\n\n\nclass Base:\n    def __init_subclass__(cls):\n        SEEN.append(cls.__name__)"
RUNS = ("run(1, 'a')", "run(0, 'b c')", "run(-3, '1')", "run('x', 'a')", "run(None, '')", "use(2, 'a')", "use(1, 'b')")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    hazard = draw(
        st.sampled_from([*[""] * 3, "side", "side", "pack", "inner", "use", "elsewhere", "elsewhere", "tried"])
    )
    imports = draw(st.lists(st.sampled_from(sorted(IMPORTS)), min_size=1, max_size=3, unique=True))
    name = IMPORTS[imports[0]][-1]

    def one_of(mild: tuple[str, ...], other: tuple[str, ...], kind: str) -> str:
        return draw(st.sampled_from(other if hazard == kind else mild))

    scope = Scope(numbers=("a", "LEVEL"), texts=("b",))
    body = ["out = []", *statements(draw, scope, 1)[0]]
    for statement in imports:
        form = _put(one_of(USES, OTHER_USES, "use"), "N", name)
        body.append(filled(draw, _put(form, "U", draw(st.sampled_from(IMPORTS[statement][:-1]))), scope))
    body.append("return out")
    if draw(st.integers(0, 2)) == 0:
        body.insert(0, '"""Run it."""')
    used = filled(draw, draw(st.sampled_from(IMPORTS[imports[-1]][:-1])), scope)
    use = function("def use(a, b)", [f"return {used}"]) if draw(st.booleans()) else ""
    is_odd = hazard == "elsewhere" or (hazard == "side" and draw(st.booleans()))
    around = _put(draw(st.sampled_from(ELSEWHERE)), "N", name) if is_odd else ""
    block = [_put(TRIED, "I", one.replace("\n", "\n    ")) if hazard == "tried" else one for one in imports]
    text = module("\n".join(['"""Doc."""', *block]), HEAD, function("def run(a, b)", body), use, around)
    beside = {
        "side.py": one_of(SIDES, OTHER_SIDES, "side"),
        "pack/__init__.py": one_of(PACKS, OTHER_PACKS, "pack"),
        "pack/inner.py": one_of(INNERS, OTHER_INNERS, "inner"),
    }
    calls = draw(st.lists(st.sampled_from(RUNS), min_size=1, max_size=3))
    if around:
        calls.insert(draw(st.integers(0, len(calls))), "other()")
    return Program(text, (*calls, "[SEEN, LEVEL]"), beside)


def _put(form: str, letter: str, text: str) -> str:
    """Put a text in the place of a letter that stands alone."""
    return re.sub(rf"\b{letter}\b", lambda _: text, form)


def test_an_import_is_made_where_it_is_used() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_an_import_is_made_where_it_is_used_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
