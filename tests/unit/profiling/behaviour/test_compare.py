from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from profiling.behaviour.compare import BehaviourReport, Outcome, Sides, compare
from profiling.behaviour.replay import FunctionState, Observation, Replayed
from profiling.model import FunctionKey

KEY = FunctionKey(file="shop/text.py", first_line=12, qualname="unknown")
STATE = FunctionState(
    problem=None, signature=(("words", "POSITIONAL_OR_KEYWORD", False),), globals=("_known",), wrapping=()
)
SAME = (("result", "list of 1"), ("result[0]", "1 (int)"))


def observed(*lines: tuple[str, str], call: str = "0.0", **fields: object) -> Observation:
    digest = repr(lines)[:4000]
    values = {"call": call, "function": "0", "problem": None, "lines": lines, "count": len(lines), "digest": digest}
    return Observation.model_validate({**values, **fields})


def replayed(*observations: Observation, state: FunctionState = STATE) -> Replayed:
    return Replayed(functions={"0": state}, observations={each.call: each for each in observations})


def compared(base: Replayed, change: Replayed, again: Replayed | None = None) -> BehaviourReport:
    sides = Sides(base=base, again=base if again is None else again, change=change)
    return compare(sides, (KEY,), {"0": "0"})


def test_the_same_lines_are_no_difference() -> None:
    report = compared(replayed(observed(*SAME)), replayed(observed(*SAME)))

    assert report.outcome is Outcome.SAME
    assert report.text == "behaviour: 1 of 1 calls comparable: no difference"


def test_a_difference_names_its_place() -> None:
    change = observed(("result", "list of 1"), ("result[0]", "1.0 (float)"))

    report = compared(replayed(observed(*SAME)), replayed(change))

    assert report.outcome is Outcome.DIFFERENT
    assert report.differences[0].text == "shop/text.py:12 unknown, call 0.0: result[0]: 1 (int) != 1.0 (float)"


def test_a_line_too_many_and_one_too_few_are_differences() -> None:
    longer = observed(*SAME, ("stdout", "'x'"))

    more = compared(replayed(observed(*SAME)), replayed(longer))
    less = compared(replayed(longer), replayed(observed(*SAME)))

    assert (more.differences[0].before, more.differences[0].after) == ("nothing", "'x'")
    assert (less.differences[0].before, less.differences[0].after) == ("'x'", "nothing")


def test_a_call_that_the_change_did_not_make_is_a_difference() -> None:
    report = compared(replayed(observed(*SAME)), replayed())

    assert report.differing == 1
    assert report.differences[0].after == "it was not reached in time"


def test_a_call_that_the_change_can_not_end_is_a_difference() -> None:
    report = compared(replayed(observed(*SAME)), replayed(observed(problem="it took longer than 10 s")))

    assert report.differences[0].after == "it took longer than 10 s"


def test_reaching_outside_for_the_first_time_is_a_difference() -> None:
    report = compared(replayed(observed(*SAME)), replayed(observed(*SAME, outside=("socket.connect",))))

    assert "socket.connect" in report.differences[0].after


def test_a_gone_function_is_one_difference_for_all_its_calls() -> None:
    gone = STATE.model_copy(update={"problem": "there is no unknown in shop.text"})

    report = compared(replayed(observed(*SAME)), replayed(observed(problem="gone"), state=gone))

    assert report.differing == 1
    assert report.differences[0].after == "there is no unknown in shop.text"


def test_a_lost_parameter_is_a_difference_and_a_further_default_is_not() -> None:
    base = replayed(observed(*SAME))
    further = (*STATE.signature, ("_len", "POSITIONAL_OR_KEYWORD", True))
    needed = (*STATE.signature, ("key", "POSITIONAL_OR_KEYWORD", False))

    outcomes = [
        compared(base, replayed(observed(*SAME), state=STATE.model_copy(update={"signature": signature}))).outcome
        for signature in ((), further, needed)
    ]

    assert outcomes == [Outcome.DIFFERENT, Outcome.SAME, Outcome.DIFFERENT]


def test_another_decorator_is_a_difference() -> None:
    wrapped = STATE.model_copy(update={"wrapping": ("checked",)})

    report = compared(replayed(observed(*SAME), state=wrapped), replayed(observed(*SAME)))

    assert report.differences[0].place == "its decorators"


def test_what_the_base_does_not_do_twice_alike_is_excluded_and_said() -> None:
    base, again = replayed(observed(*SAME)), replayed(observed(("result", "None")))

    report = compared(base, replayed(observed(("result", "2 (int)"))), again)

    assert report.outcome is Outcome.TOO_LITTLE
    assert report.excluded == {"not the same twice": 1}
    assert report.text == ("behaviour: 0 of 1 calls comparable (1 not the same twice): no difference; none of unknown")


def test_what_reaches_outside_is_excluded() -> None:
    outside = observed(*SAME, outside=("subprocess.Popen",))

    assert compared(replayed(outside), replayed(outside)).excluded == {"reaching outside the process": 1}


def test_a_new_private_attribute_is_no_difference_and_a_changed_one_is() -> None:
    base = (("arguments[0]", "mod.Order"), ("arguments[0]._n", "1 (int)"))
    added = (*base[:1], ("arguments[0]._cache", "dict of 0"), ("arguments[0]._cache.x", "1 (int)"), base[1])
    changed = (base[0], ("arguments[0]._n", "2 (int)"))
    public = (*base, ("arguments[0].total", "1 (int)"))

    outcomes = [
        compared(replayed(observed(*base)), replayed(observed(*lines))).outcome for lines in (added, changed, public)
    ]

    assert outcomes == [Outcome.SAME, Outcome.DIFFERENT, Outcome.DIFFERENT]


def test_a_new_private_global_is_no_difference_and_a_known_one_is() -> None:
    base = replayed(observed(*SAME))

    outcomes = [
        compared(base, replayed(observed(*SAME, (f"global {name}", "dict of 1")))).outcome
        for name in ("_memo", "_known", "MEMO")
    ]

    assert outcomes == [Outcome.SAME, Outcome.DIFFERENT, Outcome.DIFFERENT]


def test_a_second_pass_is_compared_too() -> None:
    base = replayed(observed(*SAME), observed(*SAME, call="1.0"))
    change = replayed(observed(*SAME), observed(("result", "list of 0"), call="1.0"))

    assert compared(base, change).differences[0].call == "1.0"


def test_beyond_the_kept_lines_the_digest_decides() -> None:
    base = observed(*SAME, count=9000, digest="a")
    change = replace_digest(base, "b")

    assert compared(replayed(base), replayed(change)).differences[0].place == "beyond the first lines"


def replace_digest(observation: Observation, digest: str) -> Observation:
    return observation.model_copy(update={"digest": digest})


def test_a_function_without_calls_is_too_little() -> None:
    sides = Sides(base=Replayed(), again=Replayed(), change=Replayed())

    report = compare(sides, (KEY,), {})

    assert report.outcome is Outcome.TOO_LITTLE
    assert report.without_calls == (KEY,)


def test_only_the_first_ten_differences_are_kept() -> None:
    calls = {str(number): "0" for number in range(30)}
    base = replayed(*(observed(*SAME, call=f"0.{number}") for number in range(30)))
    change = replayed(*(observed(call=f"0.{number}") for number in range(30)))

    report = compare(Sides(base=base, again=base, change=change), (KEY,), calls)

    assert (len(report.differences), report.differing) == (10, 30)


_lines = st.lists(
    st.tuples(st.sampled_from(["result", "result.x", "stdout", "arguments[0].n"]), st.text(max_size=3)), max_size=6
)


@given(_lines, _lines)
def test_lines_differ_exactly_when_they_are_not_equal(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    report = compared(replayed(observed(*one)), replayed(observed(*other)))

    assert (report.outcome is Outcome.SAME) == (one == other)


def test_notes_of_all_sides_are_kept_once() -> None:
    base = replace(replayed(observed(*SAME)), notes=("a", "b"))

    assert compared(base, base).notes == ("a", "b")
