"""Generated callers: asking for one frame says what the description of the whole stack said."""

import re
import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes import stack_entry
from agents.recipes.frame_lookup import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

FIELDS = (".function", ".lineno", ".filename", ".frame.f_code.co_name", "[0].f_lineno", "[1]", "[2]", "[3]")
PLAIN = (
    "return inspect.stack(){at}{field}",
    "return inspect.stack(0){at}{field}",
    "return [inspect.stack(context=2){at}{field} for _ in given]",
    "return (lambda: inspect.stack(){at}{field})()",
    "yield inspect.stack(){at}{field}",
    "info = inspect.stack(){at}\nreturn info.function, info.lineno, info.filename",
    "info = inspect.stack(){at}\nreturn [info.function for _ in given], (lambda: info.lineno)()",
)
ENTRIES = (
    "return inspect.stack()[2]{field}",
    "return inspect.stack()[depth]{field}",
    "return [inspect.stack()[depth + 1]{field} for _ in given]",
    "yield (lambda: inspect.stack()[depth]{field})()",
    "try:\n    return inspect.stack()[1]{field}\nexcept IndexError:\n    return None",
    "try:\n    return inspect.stack()[depth - 1]{field}\nexcept LookupError as error:\n    return error.args",
    "with contextlib.suppress(IndexError):\n    return inspect.stack(0)[40 + 9 * len(given)]{field}",
    "with contextlib.suppress(TypeError):\n    a = inspect.stack()[depth]\n    return a.frame.f_code.co_name, a[1:4]",
    "info = inspect.stack()[depth]\nreturn [info.function for _ in given], (lambda: info.lineno)()",
    "_, name, line, *_ = inspect.stack()[depth]\nreturn name, line",
    "frame, name, line, function, lines, at = inspect.stack()[1]\nreturn frame.f_code.co_name, name, line, function",
    "return inspect.stack()[depth][1:4]",
)
DEPTHS = ("0", "1", "2", "3", "-1", "10**6", "2**40", "True", "1.0", "None")
REFUSED = (
    "info = inspect.stack(){at}\nreturn len(info)",
    "info = inspect.stack(){at}\nreturn sorted(locals())",
    "return inspect.stack(){at}.code_context",
    "_, name, *rest = inspect.stack(){at}\nreturn name, rest[0], rest[1]",
    "return len(inspect.stack()) > 1",
)
IMPORTS = ("import inspect", "import inspect\nimport sys", "import inspect\nimport os\nfrom os import sep")
IMPORTED = "import contextlib\nimport inspect\nimport sys"
ENTRY = stack_entry.function_text(inspect="inspect", sys="sys") + "\n\n\n"
TELLS_LINES = re.compile(r"line|\[2\]|1:4")
CALLS = ("ask([1])", "caller()", "list(map(ask, [[1], [1, 2]]))", "[ask([0]) for _ in '12']")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    kind = draw(st.sampled_from((PLAIN, PLAIN, ENTRIES, ENTRIES, ENTRIES, REFUSED)))
    body = draw(st.sampled_from(kind))
    text = body.format(at=draw(st.sampled_from(("[0]", "[1]"))), field=draw(st.sampled_from(FIELDS)))
    is_moved = not TELLS_LINES.search(text)  # what is added moves the lines below it
    name = draw(st.sampled_from(("text", "sys"))) if is_moved and kind is PLAIN else "text"
    imported = draw(st.sampled_from(IMPORTS)) if is_moved and kind is PLAIN else IMPORTED
    below = draw(st.sampled_from(("", ENTRY))) if is_moved else ENTRY
    depth = draw(st.sampled_from(DEPTHS))
    function = f"def ask(given, depth={depth}):\n    {name} = given\n{textwrap.indent(text, '    ')}\n"
    source = f"{imported}\n\n\n{below}{function}\n\ndef caller():\n    result = ask([1, 2])\n"
    source += "    return list(result) if hasattr(result, 'send') else result\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=2))))


def test_one_frame_says_what_the_whole_stack_said() -> None:
    assert differential(RECIPE, programs(), cases=12).applied


@pytest.mark.slow
def test_one_frame_says_what_the_whole_stack_said_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
