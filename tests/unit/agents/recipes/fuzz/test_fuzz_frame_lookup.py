"""Generated callers: asking for one frame says what the description of the whole stack said."""

import textwrap

import pytest
from hypothesis import strategies as st

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
REFUSED = (
    "return inspect.stack()[2]{field}",
    "try:\n    return inspect.stack()[1]{field}\nexcept IndexError:\n    return None",
    "info = inspect.stack(){at}\nreturn len(info)",
    "info = inspect.stack(){at}\nreturn sorted(locals())",
    "return inspect.stack(){at}.code_context",
    "_, name, line, *_ = inspect.stack(){at}\nreturn name, line",
    "return len(inspect.stack()) > 1",
)
IMPORTS = ("import inspect", "import inspect\nimport sys", "import inspect\nimport os\nfrom os import sep")
CALLS = ("ask([1])", "caller()", "list(map(ask, [[1], [1, 2]]))", "[ask([0]) for _ in '12']")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    body = draw(st.sampled_from(REFUSED if draw(st.integers(0, 5)) == 5 else PLAIN))
    text = body.format(at=draw(st.sampled_from(("[0]", "[1]"))), field=draw(st.sampled_from(FIELDS)))
    is_moved = "lineno" not in text and "[2]" not in text  # an import that is added moves the lines below it
    name = draw(st.sampled_from(("text", "sys"))) if is_moved else "text"
    imported = draw(st.sampled_from(IMPORTS)) if is_moved else "import inspect\nimport sys"
    function = f"def ask(given):\n    {name} = given\n{textwrap.indent(text, '    ')}\n"
    source = f"{imported}\n\n\n{function}\n\ndef caller():\n    result = ask([1, 2])\n"
    source += "    return list(result) if hasattr(result, 'send') else result\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=2))))


def test_one_frame_says_what_the_whole_stack_said() -> None:
    assert differential(RECIPE, programs(), cases=12).applied


@pytest.mark.slow
def test_one_frame_says_what_the_whole_stack_said_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
