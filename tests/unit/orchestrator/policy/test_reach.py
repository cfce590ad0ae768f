import ast

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.reach import Name, belongs, changed, reached
from profiling.audit.target_facts import AuditFacts
from profiling.model import FunctionKey

BEFORE = """
LIMIT = 3
def kept(): return 1
def edited(): return 2
class Thing:
    size = 1
    def method(self): return 3
"""


def key(name: str) -> FunctionKey:
    return FunctionKey(file="a.py", first_line=1 + sum(map(ord, name)), qualname=name)


def name(qualname: str, file: str = "a.py") -> Name:
    return Name(file=file, qualname=qualname)


def graph(calls: dict[str, tuple[str, ...]]) -> dict[FunctionKey, AuditFacts]:
    def facts(caller: str) -> AuditFacts:
        return AuditFacts(
            function=caller,
            calls_through_loops=0,
            expensive=(),
            operations=(),
            load=0,
            redundancy=(),
            callers=(),
            callees=tuple(map(key, calls[caller])),
            unresolved=0,
        )

    return {key(caller): facts(caller) for caller in calls}


def test_new_and_different_functions_are_what_was_changed() -> None:
    after = BEFORE.replace("return 2", "return 22") + "def added(): return 5\n"

    assert changed({"a.py": BEFORE}, {"a.py": after}) == {name("edited"), name("added")}


def test_comments_blank_lines_and_documentation_change_nothing() -> None:
    after = BEFORE.replace("def kept(): return 1", "# why\n\ndef kept():\n    'Say.'\n    return 1")

    assert changed({"a.py": BEFORE}, {"a.py": after}) == frozenset()


def test_a_new_file_is_all_new_and_a_file_that_is_gone_is_nothing() -> None:
    assert name("kept", "b.py") in changed({}, {"b.py": BEFORE})
    assert changed({"b.py": BEFORE}, {}) == frozenset()


def test_what_does_not_parse_was_not_changed_to_anything_that_runs() -> None:
    assert changed({"a.py": BEFORE}, {"a.py": "def broken(:"}) == frozenset()


def test_what_changed_code_calls_is_reached_through_any_number_of_calls_and_round_circles() -> None:
    paths = graph({"start": ("middle",), "middle": ("end",), "end": ("start",), "other": ("start",)})

    assert reached({name("start")}, paths) == {name("start"), name("middle"), name("end")}


def test_functions_inside_a_changed_one_and_the_class_of_a_changed_method_belong_to_it() -> None:
    names = frozenset({name("outer"), name("Thing.method")})

    assert belongs(name("outer.<locals>.inner"), names)
    assert belongs(name("Thing"), names)
    assert not belongs(name("Thing.other"), names)
    assert not belongs(name("out"), names)
    assert not belongs(name("outer", "b.py"), names)


@given(
    calls=st.dictionaries(
        st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4).map(tuple), min_size=1
    ),
    start=st.sampled_from("abcdefgh"),
)
def test_reaching_again_from_what_was_reached_finds_nothing_more(calls: dict[str, tuple[str, ...]], start: str) -> None:
    paths = graph(calls)

    found = reached({name(start)}, paths)

    assert name(start) in found
    assert reached(found, paths) == found
    assert all(name(callee) in found for one in found if one.qualname in calls for callee in calls[one.qualname])


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_comparison(text: str) -> None:
    found = changed({"a.py": BEFORE}, {"a.py": text})

    assert all(one.file == "a.py" for one in found)
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        assert found == frozenset()
