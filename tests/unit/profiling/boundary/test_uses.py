import pytest

from profiling.boundary.uses import Kind, uses

SOURCE = """import lark
import lark.tools as tools
from lark.parsing import Error, Parser as P


class Mine(P):
    pass


def read(text: P, lark_too=1):
    try:
        tree = P(text, strict=True)
    except (Error, ValueError):
        return None
    return sorted(tree.rows, key=tools.order), tree.name, lark.load(text)[0], P(text).root


def other(P, lark):
    return P(1), lark.load(2)


@lark.once
def wide(items):
    return P(*items), vars(lark)
"""


def found() -> list[tuple[str, str, Kind, str, tuple[str, ...]]]:
    return [(use.name, use.function, use.kind, use.shape, use.asked) for use in uses(SOURCE, "m.py", "lark")]


def test_every_name_of_the_library_is_found_with_how_it_is_used_and_what_is_asked_of_it() -> None:
    assert found() == [
        ("lark.parsing.Parser", "Mine", Kind.SUBCLASSED, "", ()),
        ("lark.parsing.Parser", "read", Kind.ANNOTATION, "", ()),
        ("lark.parsing.Parser", "read", Kind.CALLED, "1, strict=", ("name", "rows")),
        ("lark.parsing.Error", "read", Kind.HANDLED, "", ()),
        ("lark.load", "read", Kind.CALLED, "1", ()),
        ("lark.parsing.Parser", "read", Kind.CALLED, "1", ("root",)),
        ("lark.tools.order", "read", Kind.PASSED, "", ()),
        ("lark.once", "wide", Kind.DECORATOR, "", ()),
        ("lark", "wide", Kind.MODULE, "", ()),
        ("lark.parsing.Parser", "wide", Kind.UNPACKED, "", ()),
    ]


def test_a_name_that_a_function_binds_itself_is_not_the_library_s() -> None:
    assert not [use for use in found() if use[1] == "other"]


def test_a_star_import_is_a_use_of_all() -> None:
    (use,) = uses("from lark.parsing import *\n\nx = 1\n", "m.py", "lark")
    assert (use.name, use.kind, use.kind.is_narrow) == ("lark.parsing.*", Kind.STAR, False)


def test_an_import_inside_a_function_counts_there() -> None:
    (use,) = uses("def f(x):\n    from lark import load\n    return load(x)\n", "m.py", "lark")
    assert (use.name, use.function, use.kind) == ("lark.load", "f", Kind.CALLED)


@pytest.mark.parametrize(
    "text", ["def f(:\n", "\x00", "(" * 5000, "from . import lark\nlark.load(1)\n", "import larks\n"]
)
def test_what_does_not_parse_or_is_another_module_uses_nothing(text: str) -> None:
    assert uses(text, "m.py", "lark") == ()
