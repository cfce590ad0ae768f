"""Names that anything else may read, in any scope, are not given up."""

import pytest

from agents.recipes.functions import functions
from agents.recipes.unread import is_unread_outside, stored_names
from tests.fakes.recipe_programs import FILE, project_of

HEAD = "def run(a):\n    for i in a:\n        n = i\n"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("    return a\n", True),
        ("    i = n = 0\n", True),
        ("    for i in a:\n        print(i)\n", True),
        ("    return [i for i in a]\n", True),
        ("    return (lambda i: i)(a)\n", True),
        ("    return i\n", False),
        ("    n += 1\n", False),
        ("    del n\n", False),
        ("    return lambda: i\n", False),
        ("    for i in a:\n        pass\n    return i\n", False),
        ("    for i in a:\n        print(lambda: i)\n", False),
        ("    for x in a:\n        print(i)\n        i = x\n", False),
        ("    return [x for x in n]\n", False),
        ("    return eval('n')\n", False),
        ("    def inner():\n        nonlocal n\n        n = 1\n        return n\n", False),
        ("    global n\n", None),
    ],
)
def test_names_are_unread_only_where_no_other_place_can_read_them(rest, expected):
    if expected is None:
        rest, head = "", HEAD.replace("    for", "    global n\n    for")
    else:
        head = HEAD
    module = project_of(head + rest).modules[FILE]
    function = functions(module)[0].node
    loop = next(statement for statement in function.body if type(statement).__name__ == "For")
    assert is_unread_outside(stored_names([loop]), [loop], function, module) is bool(expected)


def test_a_read_in_the_loop_around_is_a_read():
    text = "def run(a):\n    for i in a:\n        for i in (1, 2):\n            n = i\n        print(i)\n"
    module = project_of(text).modules[FILE]
    function = functions(module)[0].node
    inner = function.body[0].body[0]
    assert not is_unread_outside(stored_names([inner]), [inner], function, module)
