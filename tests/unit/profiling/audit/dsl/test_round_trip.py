from dataclasses import fields, replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profiling.audit.dsl.errors import DslError
from profiling.audit.dsl.read import parse, read
from profiling.audit.dsl.records import Edge, Pair, Pipeline, Reached, Record
from profiling.audit.dsl.words import NIL, RESERVED, WORDS, quoted, unquoted
from profiling.audit.dsl.write import write
from profiling.audit.model import (
    Action,
    Callee,
    CallSite,
    CostClass,
    ExpensiveOp,
    FileProblem,
    FunctionNode,
    Loop,
    LoopKind,
    MutationKind,
    NodeKind,
    Redundancy,
    StateMutation,
    Tier,
    Unresolved,
    Write,
    WriteKind,
)

# What a name can't be in Python but can be in a file name, an attribute made by `setattr`, or a hostile tree.
NASTY = ["", " ", "\\", "\\ ", '"', 'a"b', '"a"', "\n", "\r\n", "\t", "\x00", "\x85", "\u2028", "\u3000", "\ud800"]
NASTY += [
    "\ud83d\ude00",
    "😀",
    "\u202e",
    "\u200b",
    "\xa0",
    "a b",
    "\\n",
    '\\"',
    "\\u0041",
    "1",
    "0.5",
    "-1",
    "é",
    "变量",
]
strings = st.one_of(
    st.sampled_from([*NASTY, *sorted(RESERVED)]),
    st.text(max_size=20),
    st.text(alphabet=st.characters(categories=["Cs", "Zs", "Cc", "Ll"]), max_size=8),
    st.from_regex(r"[a-z_]+(\.[a-zA-Z_]+){0,3}", fullmatch=True),
)
lines = st.integers(min_value=0, max_value=10**7)
sizes = st.one_of(st.none(), st.integers(min_value=0, max_value=10**18))
weights = st.floats(min_value=0, allow_nan=False)
maybe = st.one_of(st.none(), strings)


def several(one: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(one, max_size=most).map(tuple)


loops = st.builds(Loop, kind=st.sampled_from(LoopKind), line=lines, bound=sizes)
callees = st.builds(Callee, name=strings, tier=st.sampled_from(Tier))
sites = st.builds(
    CallSite,
    line=lines,
    text=strings,
    callees=several(callees),
    reason=strings,
    implicit=st.booleans(),
    awaited=st.booleans(),
    loops=several(loops),
    literal=maybe,
    mode=maybe,
    size=sizes,
    source=strings,
)
stores = st.builds(
    Write, kind=st.sampled_from(WriteKind), target=strings, line=lines, method=strings, local=st.booleans()
)
mutations = st.builds(StateMutation, target=strings, kind=st.sampled_from(MutationKind), line=lines)
operations = st.builds(
    ExpensiveOp, callee=strings, cost_class=st.sampled_from(CostClass), size=sizes, line=lines, weight=weights
)
functions = st.builds(
    FunctionNode,
    name=strings,
    file=strings,
    line=lines,
    first_line=lines,
    end_line=lines,
    qualname=strings,
    kind=st.sampled_from(NodeKind),
    is_async=st.booleans(),
    is_generator=st.booleans(),
    decorators=several(strings),
    calls=several(sites, 4),
    writes=several(stores),
    state_mutations=several(mutations),
    expensive_ops=several(operations),
)
records = st.one_of(
    functions,
    st.builds(Pair, name=strings, value=strings),
    st.builds(Edge, caller=strings, callee=strings),
    st.builds(Unresolved, caller=strings, text=strings, line=lines, reason=strings),
    st.builds(FileProblem, file=strings, problem=strings),
    st.builds(Action, name=strings, entry_points=several(strings), description=strings, argv=several(strings)),
    st.builds(Redundancy, callee=strings, source=strings, places=several(strings)),
    st.builds(Reached, function=strings, depth=lines, load=weights),
    st.builds(Pipeline, operations=several(strings)),
)


def read_or_refused(text: str) -> list[Record] | None:
    """Any other error than this one fails the test."""
    try:
        return list(parse(text))
    except DslError as error:
        assert text.split("\n")[error.line - 1][error.column - 1 :].startswith(error.word)  # noqa: PT017
        return None


PLAIN = FunctionNode(
    name="pkg.mod.Box.fill",
    file="pkg/mod.py",
    line=3,
    first_line=3,
    end_line=9,
    qualname="Box.fill",
    kind=NodeKind.METHOD,
)


@settings(max_examples=60)
@given(st.lists(records, max_size=6))
@example([PLAIN, replace(PLAIN, calls=(CallSite(line=1, text=""), CallSite(line=2, text="nil")))])
def test_what_is_written_is_read_back_whatever_the_names(found: list[Record]) -> None:
    assert list(parse("".join(write(found)))) == found


def with_every_field(record: type[object]) -> st.SearchStrategy[object]:
    """Also fields that have a default, and those that a later version adds."""
    return st.builds(record, **{one.name: ... for one in fields(record)})  # type: ignore[arg-type]


@settings(max_examples=20)
@given(
    st.tuples(*map(with_every_field, (Action, Edge, FileProblem, Pair, Pipeline, Redundancy, Unresolved))),
    with_every_field(CallSite),
)
def test_no_field_is_left_out(found: tuple[Record, ...], site: CallSite) -> None:
    written = [*found, replace(PLAIN, calls=(site,))]

    assert list(parse("".join(write(written)))) == written


@settings(max_examples=30)
@given(st.lists(records, max_size=5))
def test_a_text_can_be_read_line_by_line_and_laid_out_anew(found: list[Record]) -> None:
    text = "".join(write(found))
    on_one_line = text.replace("\n", "   ")
    one_atom_a_line = [piece for line in text.splitlines() for piece in (line, "\\ a comment\n", "\n")]

    assert list(read(text.splitlines(keepends=True))) == found
    assert list(read([on_one_line])) == found
    assert list(read(one_atom_a_line)) == found


@given(strings)
def test_an_atom_stands_on_one_line_can_be_encoded_and_is_no_word(string: str) -> None:
    atom = quoted(string)

    assert unquoted(atom) == string
    assert len(atom.splitlines()) == 1
    assert atom.isprintable()
    assert atom.encode()
    assert atom not in RESERVED


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    found = read_or_refused(text)

    assert found is None or list(parse("".join(write(found)))) == found


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["a", "1", '"q q"', "\n", NIL, "list", "exact", "for", *WORDS]), max_size=14))
def test_any_order_of_words_is_read_or_refused_with_its_place(pieces: list[str]) -> None:
    found = read_or_refused(" ".join(pieces))

    assert found is None or list(parse("".join(write(found)))) == found


def test_a_function_is_given_as_soon_as_the_next_one_begins() -> None:
    taken: list[str] = []

    def feed() -> object:
        for line in "".join(write([PLAIN, replace(PLAIN, name="second"), replace(PLAIN, name="third")])).splitlines():
            taken.append(line)
            yield line

    first = next(read(feed()))  # type: ignore[arg-type]

    assert first == PLAIN
    assert sum(line.endswith(" fn") for line in taken) == 2


def test_the_words_of_one_kind_can_be_found_without_reading_the_others() -> None:
    op = ExpensiveOp(callee="open", cost_class=CostClass.FILE_IO, size=None, line=4, weight=100.0)
    text = "".join(write([replace(PLAIN, expensive_ops=(op, op), calls=(CallSite(line=4, text="exp-op"),))]))

    assert [line for line in text.splitlines() if line.endswith(" exp-op")] == ["open file_io nil 4 100 exp-op"] * 2


@pytest.mark.parametrize("weight", [0.0, 1.0, 0.1, 1e15, 2.0**53, 1e18, 1e300, 5e-324])
def test_a_weight_keeps_every_digit(weight: float) -> None:
    op = ExpensiveOp(callee="f", cost_class=CostClass.PICKLE, size=1, line=1, weight=weight)

    assert list(parse("".join(write([replace(PLAIN, expensive_ops=(op,))])))) == [replace(PLAIN, expensive_ops=(op,))]


def test_names_that_differ_only_in_quotes_stay_apart() -> None:
    names = [quoted(name) for name in ("nil", '"nil"', "fn", '"fn"', "\\fn", "")]

    assert all(one != other for one, other in pairwise(sorted(names)))


def test_no_value_of_a_closed_choice_is_a_word() -> None:
    values = {one.value for kind in (Tier, LoopKind, WriteKind, MutationKind, CostClass, NodeKind) for one in kind}

    assert values.isdisjoint(RESERVED)
