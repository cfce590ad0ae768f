import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.recipes.functions import functions
from agents.recipes.positions import Span, span
from agents.recipes.project import parse
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source

ODD_TEXT = st.text(alphabet=st.sampled_from("aé€😀 \t"), max_size=8)


def applied(rewrite: Rewrite, text: str) -> str:
    return rewrite.patch().apply({"mod.py": text})["mod.py"]


@given(before=ODD_TEXT, ending=st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_position_is_found_behind_any_characters_and_line_endings(before: str, ending: str) -> None:
    text = f"# {before}{ending}x = {before!r}, wanted  # end{ending}"
    module = parse(text, "mod.py", "mod")
    found = next(node for node in ast.walk(module.syntax) if isinstance(node, ast.Name) and node.id == "wanted")
    assert source(module, found) == "wanted"


def test_replacing_an_expression_leaves_comments_and_layout_alone() -> None:
    text = "x = [  # one\n    old ,  # two\n]\n"
    module = parse(text, "mod.py", "mod")
    old = next(node for node in ast.walk(module.syntax) if isinstance(node, ast.Name) and node.id == "old")
    rewrite = Rewrite(module)
    rewrite.replace(old, "new(1)")
    assert applied(rewrite, text) == "x = [  # one\n    new(1) ,  # two\n]\n"


def test_an_edit_that_binds_differently_than_meant_is_refused() -> None:
    text = "x = a * 2\n"
    module = parse(text, "mod.py", "mod")
    left = next(node for node in ast.walk(module.syntax) if isinstance(node, ast.Name) and node.id == "a")
    rewrite = Rewrite(module)
    rewrite.replace(left, "b + c")
    with pytest.raises(NotSpliceable, match="more than was meant"):
        rewrite.patch()


def test_statements_go_before_decorators_and_after_the_whole_line() -> None:
    text = "@decorated\ndef f():\n    pass  # done\n"
    module = parse(text, "mod.py", "mod")
    rewrite = Rewrite(module)
    rewrite.insert_before(module.syntax.body[0], "x = 1\n")
    rewrite.insert_after(module.syntax.body[0], "y = 2\n")
    assert applied(rewrite, text) == "x = 1\n@decorated\ndef f():\n    pass  # done\ny = 2\n"


def test_inserted_lines_take_the_indentation_of_their_neighbour() -> None:
    text = "def f():\n\tg()\n"
    module = parse(text, "mod.py", "mod")
    inner = module.syntax.body[0].body[0]
    rewrite = Rewrite(module)
    rewrite.insert_before(inner, "if a:\n\tb()")
    assert applied(rewrite, text) == "def f():\n\tif a:\n\t\tb()\n\tg()\n"


def test_a_last_line_without_an_end_gets_one() -> None:
    module = parse("x = 1", "mod.py", "mod")
    rewrite = Rewrite(module)
    rewrite.insert_after(module.syntax.body[0], "y = 2")
    assert applied(rewrite, "x = 1") == "x = 1\ny = 2\n"


@pytest.mark.parametrize("text", ["x = 1; y = 2\n", "if a: y = 2\n"])
def test_a_statement_that_shares_its_line_is_not_touched(text: str) -> None:
    module = parse(text, "mod.py", "mod")
    second = next(
        node for node in ast.walk(module.syntax) if isinstance(node, ast.Assign) and node.targets[0].id == "y"
    )
    with pytest.raises(NotSpliceable, match="does not begin its line"):
        Rewrite(module).remove(second)


def test_a_block_cannot_be_emptied() -> None:
    module = parse("def f():\n    import os\n", "mod.py", "mod")
    rewrite = Rewrite(module)
    rewrite.remove(module.syntax.body[0].body[0])
    with pytest.raises(NotSpliceable, match="does not parse"):
        rewrite.patch()


def test_nothing_to_do_is_no_patch() -> None:
    with pytest.raises(NotSpliceable, match="nothing"):
        Rewrite(parse("x = 1\n", "mod.py", "mod")).patch()


def test_parts_of_an_expression_may_hold_further_changes() -> None:
    text = "y = f(drop, g(old))\n"
    module = parse(text, "mod.py", "mod")
    outer = module.syntax.body[0].value
    dropped, inner = outer.args
    rewrite = Rewrite(module)
    rewrite.replace(inner.args[0], "new")
    cut = Span(start=span(module, dropped).start, end=span(module, inner).start)
    rewrite.replace_parts(outer, [(cut, "")], ast.Call(func=outer.func, args=[inner], keywords=[]))
    assert applied(rewrite, text) == "y = f(g(new))\n"


def test_a_node_whose_position_lies_is_recognised() -> None:
    module = parse("x = wanted\n", "mod.py", "mod")
    node = module.syntax.body[0].value
    assert is_as_written(module, node)
    node.col_offset += 1
    assert not is_as_written(module, node)


def test_functions_have_the_keys_their_code_objects_have() -> None:
    text = "@a\ndef f():\n    def g(): pass\n    class C:\n        def m(self): pass\nif x:\n    async def h(): pass\n"
    module = parse(text, "mod.py", "mod")
    found = [(function.key.qualname, function.key.first_line) for function in functions(module)]
    assert found == [("f", 1), ("f.<locals>.g", 3), ("f.<locals>.C.m", 5), ("h", 7)]
