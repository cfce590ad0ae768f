import ast
from difflib import SequenceMatcher
from itertools import accumulate

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agents.model import Edit
from agents.recipes.project import MAX_DEPTH, Module, Unreadable, parse, read_syntax
from agents.recipes.proof import Changes
from agents.recipes.proof import is_meant as are_meant

TEXT = '''\
import os, sys


@made(1, by="é")
class Shelf(Base):
    """What stands where."""

    size = 3; weight = 4

    @property
    def full(self):
        if self.size > 3:
            return "\\
x"
        elif self.size:
            return f"{self.size!r:>{3}}"
        else:
            for book in self:
                if book:
                    print(book)
            else:
                pass

    async def put(self, *books, at=(1, 2)):
        async with self.lock as held, other:
            try:
                await held(lambda: [b for b in books if b])
            except* OSError as error:
                raise error from None
            finally:
                del held


def run(): return (yield)
'''
LINES = TEXT.splitlines(keepends=True)


@st.composite
def other_texts(draw: st.DrawFn) -> str:
    """Return the text with one line or one sign of it changed."""
    at = draw(st.integers(0, len(LINES) - 1))
    line = LINES[at]
    if draw(st.booleans()):
        instead = draw(st.sampled_from(["", " " + line, "    " + line, line[4:], line + line, line.strip() + "\n"]))
    else:
        sign = draw(st.integers(0, len(line) - 1))
        instead = line[:sign] + draw(st.sampled_from(["", "x", "1", " ", "#", "(", '"'])) + line[sign + 1 :]
    return "".join([*LINES[:at], instead, *LINES[at + 1 :]])


def is_meant(module: Module, changes: Changes, text: str, *, whole: bool = False) -> bool:
    """Ask for the edits that make a text: the lines that differ, or the text as a whole."""
    old, new = module.text.splitlines(keepends=True), text.splitlines(keepends=True)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    starts = [0, *accumulate(map(len, old))]
    edits = [
        Edit(file=module.file, start=starts[a], old="".join(old[a:b]), new="".join(new[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]
    everything = [Edit(file=module.file, start=0, old=module.text, new=text)]
    return are_meant(module, changes, everything if whole else edits)


def same_tree(one: str, other: str) -> bool:
    return ast.dump(read_syntax(one, "mod.py")) == ast.dump(read_syntax(other, "mod.py"))


@settings(max_examples=60)
@given(text=other_texts(), whole=st.booleans())
def test_without_changes_exactly_the_texts_with_the_same_tree_are_meant(text: str, whole: bool) -> None:
    module = parse(TEXT, "mod.py", "mod")
    try:
        found = is_meant(module, Changes(), text, whole=whole)
    except Unreadable:
        assume(False)
    assert found == same_tree(TEXT, text)


@settings(max_examples=60)
@given(text=other_texts())
def test_a_change_in_one_statement_hides_none_in_another(text: str) -> None:
    assume("self.size > 3" in text)
    module = parse(TEXT, "mod.py", "mod")
    asked = next(node for node in ast.walk(module.syntax) if isinstance(node, ast.Compare))
    changes = Changes()
    changes.replaced[asked] = ast.parse("self.size", mode="eval").body
    changed = TEXT.replace("self.size > 3", "self.size")
    try:
        found = is_meant(module, changes, text.replace("self.size > 3", "self.size"))
    except Unreadable:
        assume(False)
    assert found == same_tree(changed, text.replace("self.size > 3", "self.size"))


def test_a_statement_that_is_put_elsewhere_too_is_compared_by_its_tree() -> None:
    module = parse("if a:\n    b()\nc(1)\n", "mod.py", "mod")
    asked, called = module.syntax.body
    assert isinstance(asked, ast.If)
    changes = Changes()
    changes.after[asked.body[0]] = [ast.If(test=ast.Name(id="d", ctx=ast.Load()), body=[called], orelse=[])]
    meant = "if a:\n    b()\n    if d:\n        c(1)\nc(1)\n"
    assert is_meant(module, changes, meant)
    assert not is_meant(module, changes, meant.replace("    c(1)", "    c(2)"))
    assert not is_meant(module, changes, meant.removesuffix("c(1)\n"))


@pytest.mark.parametrize("depth", [150, 250])
def test_what_would_be_nested_too_deep_to_be_walked_is_refused(depth: int) -> None:
    module = parse("a = 1\n", "mod.py", "mod")
    (assign,) = module.syntax.body
    assert isinstance(assign, ast.Assign)
    deep = "-" * depth + "1"
    changes = Changes()
    changes.replaced[assign.value] = ast.parse(deep, mode="eval").body
    if depth < MAX_DEPTH:
        assert is_meant(module, changes, f"a = {deep}\n")
    else:
        with pytest.raises(Unreadable, match="nested more than"):
            is_meant(module, changes, f"a = {deep}\n")
