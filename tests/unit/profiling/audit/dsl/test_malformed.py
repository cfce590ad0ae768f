import pytest

from profiling.audit.dsl.errors import DslError
from profiling.audit.dsl.read import parse
from profiling.audit.model import CostClass, MutationKind

EXAMPLE = r"""
\ fqname file line fn
src.ai.Client.send src/ai.py 100 fn
build_items call
self.history attr_write 110 mut     \ in the middle of a line too
open file_io 100 120 12000 exp-op
\
"""


def test_the_example_of_the_specification_is_read() -> None:
    (node,) = parse(EXAMPLE)

    assert (node.name, node.file, node.line) == ("src.ai.Client.send", "src/ai.py", 100)
    assert [callee.name for site in node.calls for callee in site.callees] == ["build_items"]
    assert [(one.target, one.kind, one.line) for one in node.state_mutations] == [
        ("self.history", MutationKind.ATTR_WRITE, 110)
    ]
    (op,) = node.expensive_ops
    assert (op.callee, op.cost_class, op.size, op.line, op.weight) == ("open", CostClass.FILE_IO, 100, 120, 12000.0)


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a b fn", 1, 5, "fn"),
        ("a b 1 fn\nx y z fn", 2, 5, "z"),
        ("a b 1 fn\nx nope 3 mut", 2, 3, "nope"),
        ("a b 1 fn\nopen file_io 1 2 cheap exp-op", 2, 18, "cheap"),
        ("a b 1 fn\nopen file_io 1.5 2 3 exp-op", 2, 14, "1.5"),
        ("a b 1 fn\nb sure 3 text calls", 2, 3, "sure"),
        ("a b 1 fn\nuntil 3 nil loop 1 x site", 2, 1, "until"),
        ("a b 1 fn\n3 4 nil nope def", 2, 9, "nope"),
        ("left over\na b 1 fn", 1, 1, "left"),
        ("a b 1 fn\n1 x site\n1 x cite", 3, 1, "1"),
        ("b call", 1, 3, "call"),
        ("1 x site", 1, 5, "site"),
        ("async", 1, 1, "async"),
        ("a b 1 fn implicit\nc d 1 fn", 2, 7, "fn"),
        ("a b 1 fn implicit", 1, 1, ""),
        ('x "never closed pair', 1, 3, '"never'),
        ('x "a"b pair', 1, 3, '"a"b'),
        ('x "\\q" pair', 1, 3, '"\\q"'),
        ('x "\\ud8" pair', 1, 3, '"\\ud8"'),
        ("x a\\b pair", 1, 3, "a\\b"),
        ("\\x pair", 1, 1, "\\x"),
        ("a 1 list d action", 1, 12, "action"),
        ("a b 9 list d action", 1, 7, "list"),
        ("a b c list d action", 1, 7, "list"),
        ("a b 99999999999999999999 list pipeline", 1, 26, "list"),
        ("a 1 list 1 list pipeline", 1, 5, "list"),
        ("a 1 list b pair", 1, 5, "list"),
        ("a b pipeline", 1, 1, "a"),
        ("b pipeline", 1, 1, "b"),
        ("a b 1 2 list edge", 1, 9, "list"),
        ("a b 1 fn\nnil 2 pair function def", 2, 21, "def"),
        ("a b 1 fn\nasync\n1 async", 3, 1, "1"),
        ("a b 1 fn\nexact 3 t calls", 2, 11, "calls"),
        ("a b 1 fn\nb exact x t calls", 2, 9, "x"),
        ("a b 1 fn\ncall exact 3 t calls", 2, 1, "call"),
        ("a a 1 list d e action-run", 1, 14, "e"),
    ],
)
def test_what_is_malformed_is_refused_with_its_line_column_and_word(
    text: str, line: int, column: int, word: str
) -> None:
    with pytest.raises(DslError) as refused:
        list(parse(text))

    assert (refused.value.line, refused.value.column, refused.value.word) == (line, column, word)
    assert f"line {line}, column {column}" in str(refused.value)


def test_records_before_what_is_malformed_are_given() -> None:
    found = parse("a b edge\nc d edge\ne edge")

    assert [next(found).caller, next(found).caller] == ["a", "c"]
    with pytest.raises(DslError, match="line 3"):
        next(found)


def test_a_refusal_says_what_is_expected() -> None:
    with pytest.raises(DslError, match="takes 3 values, there are 2 before it"):
        list(parse("a b fn"))
    with pytest.raises(DslError, match="one of attr_write, container_mutate"):
        list(parse("a b 1 fn\nx nope 3 mut"))
    with pytest.raises(DslError, match="no word takes this value"):
        list(parse("a b c"))


def test_what_looks_like_a_word_in_a_comment_changes_nothing() -> None:
    commented = (
        "a b 7 fn\nasync \\ generator\n\\ x fn\n\\ x edge\nf exact 3 t calls \\ 1 9 nil function def\n\\ implicit\n"
    )

    (node,) = parse(commented)

    assert (node.name, node.end_line, node.is_async, node.is_generator) == ("a", 7, True, False)
    assert [(site.line, site.implicit) for site in node.calls] == [(3, False)]


def test_values_before_a_comment_leave_the_function_above_as_it_is() -> None:
    above, edge = parse("a b 7 fn\n1 4 \\ function def\nedge")

    assert (above.line, above.end_line, above.qualname) == (7, 7, "a")
    assert (edge.caller, edge.callee) == ("1", "4")


def test_a_word_no_function_stands_above_is_refused_however_it_is_laid_out() -> None:
    for values in ("x attr_write 1 mut", "f file_io 1 1 1 exp-op", "f exact 1 t calls", "for 1 nil loop", '"f g" call'):
        with pytest.raises(DslError, match="no fn stands above it"):
            list(parse(values))
        with pytest.raises(DslError, match="no fn stands above it"):
            list(parse(values.replace(" ", "  ")))
