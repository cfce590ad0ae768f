from profiling.collect.counts import merge, with_calls
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile

PARSE = FunctionProfile(key=FunctionKey(file="pkg/a.py", first_line=3, qualname="Parser.parse"))
OTHER = FunctionProfile(key=FunctionKey(file="pkg/a.py", first_line=9, qualname="other"))


def test_calls_are_added_over_processes_and_nonsense_is_left_out() -> None:
    reports = [
        {"calls": [["pkg/a.py", 3, "parse", 5]]},
        {"calls": [["pkg/a.py", 3, "parse", 2], ["pkg/b.py", 1, "f", 1]]},
        {"calls": [["pkg/a.py", 3, "parse", -1]]},
        {"calls": "many"},
        {},
    ]
    assert merge(reports) == {("pkg/a.py", 3, "parse"): 7, ("pkg/b.py", 1, "f"): 1}


def test_a_method_is_found_by_its_name_and_what_was_not_counted_has_no_calls() -> None:
    counted = with_calls((PARSE, OTHER), {("pkg/a.py", 3, "parse"): 7})
    assert [function.calls for function in counted] == [7, None]
