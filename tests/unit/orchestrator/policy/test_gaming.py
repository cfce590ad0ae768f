from dataclasses import replace

import pytest

from orchestrator.policy import gaming
from orchestrator.policy.patch_reading import Tell
from orchestrator.policy.tells import Mechanism
from profiling.comparison import Decision
from profiling.measure.conduct import Conduct
from profiling.measure.integrity import Change, ChangeKind
from tests.fakes.experiments import calls, compared, measured

QUIET = Conduct(
    written=frozenset({"tree/out.json"}),
    patched=frozenset({"socket.create_connection"}),
    settings={"gc.isenabled": "True"},
    reports=1,
    seen_cpu_s=1.0,
    seen_wall_s=1.1,
    cpu_s=1.0,
    wall_s=1.1,
    left_behind=False,
)


def test_a_run_like_the_bases_raises_no_suspicion() -> None:
    assert gaming.suspect_run(QUIET, QUIET) is None


@pytest.mark.parametrize(
    ("change", "mechanism"),
    [
        (replace(QUIET, written=QUIET.written | {"home/.cache/x.pkl"}), Mechanism.PERSISTED),
        (replace(QUIET, patched=QUIET.patched | {"time.perf_counter"}), Mechanism.FOREIGN_PATCH),
        (replace(QUIET, settings={"gc.isenabled": "False"}), Mechanism.INTERPRETER),
        (replace(QUIET, left_behind=True), Mechanism.LEFT_BEHIND),
        (replace(QUIET, cpu_s=0.2), Mechanism.LEFT_BEHIND),
        (replace(QUIET, reports=0), Mechanism.EXIT),
        (replace(QUIET, seen_wall_s=9.0), Mechanism.CLOCK),
    ],
)
def test_what_only_the_change_does_is_suspected_by_its_mechanism(change: Conduct, mechanism: Mechanism) -> None:
    found = gaming.suspect_run(QUIET, change)
    assert found is not None
    assert found.mechanism is mechanism


def test_what_the_base_does_as_well_is_not_held_against_the_change() -> None:
    base = replace(
        QUIET, left_behind=True, cpu_s=0.2, settings={"gc.isenabled": "False, True"}, patched=frozenset({"time.sleep"})
    )
    change = replace(base, settings={"gc.isenabled": "False"}, written=frozenset())
    assert gaming.suspect_run(base, change) is None


def test_a_gain_is_implausible_from_a_factor_of_fifty_on() -> None:
    assert not gaming.is_implausible(measured(1 / 50))
    assert gaming.is_implausible(measured(1 / 51))
    assert gaming.is_implausible(measured(0.0))


def test_an_implausible_gain_is_believed_only_when_it_holds_again() -> None:
    assert gaming.disbelieve(measured(0.01), measured(0.012)) is None
    found = gaming.disbelieve(measured(0.01), measured(0.5))
    assert found is not None
    assert found.mechanism is Mechanism.IMPLAUSIBLE
    assert gaming.disbelieve(measured(0.01), replace(measured(0.01), comparisons={})) is not None


def test_a_plausible_gain_needs_no_second_measurement() -> None:
    assert gaming.disbelieve(measured(0.5), measured(1.0)) is None


def test_a_suspicion_names_at_most_three_files_and_counts_the_rest() -> None:
    changes = [Change(path=f"tests/test_{number}.py", kind=ChangeKind.CHANGED) for number in range(5)]
    found = gaming.suspect_files(changes)
    assert found is not None
    assert str(found).startswith("the fix changed a file that judges it: tests/test_0.py (changed), ")
    assert str(found).endswith("and 2 more")
    assert gaming.suspect_files([]) is None


def test_the_first_sign_of_a_patch_is_told_with_its_place() -> None:
    tells = [Tell(mechanism=Mechanism.CLOCK, what="time.time", file="a.py", line=3)]
    assert str(gaming.suspect_patch(tells)) == "the fix reads or changes the clock: a.py:3: time.time"
    assert gaming.suspect_patch([]) is None


def test_what_a_person_agreed_to_is_no_suspicion_and_nothing_else_is_covered_by_it() -> None:
    threshold, disabled = (
        Tell(mechanism=Mechanism.INTERPRETER, what=what, file="a.py", line=1)
        for what in ("gc.set_threshold", "gc.disable")
    )

    assert gaming.suspect_patch([threshold], agreed=True) is None
    assert gaming.suspect_patch([threshold]) is not None
    assert gaming.suspect_patch([threshold, disabled], agreed=True) is not None
    seldom = replace(QUIET, settings={**QUIET.settings, "gc.get_threshold": "(10000, 10, 10)"})
    base = replace(QUIET, settings={**QUIET.settings, "gc.get_threshold": "(700, 10, 10)"})
    assert gaming.suspect_run(base, seldom, agreed=True) is None
    assert gaming.suspect_run(base, seldom) is not None
    off = replace(seldom, settings={**seldom.settings, "gc.isenabled": "False"})
    assert gaming.suspect_run(base, off, agreed=True) is not None


def test_an_implausible_gain_needs_calls_that_were_held_back_to_agree() -> None:
    assert gaming.disbelieve_calls(calls(0.01)) is None
    doubted = gaming.disbelieve_calls(calls(0.01, held_back=compared(1.0)))
    assert doubted is not None
    assert doubted.mechanism is Mechanism.IMPLAUSIBLE
    assert gaming.disbelieve_calls(calls(1.0)) is not None
    assert gaming.disbelieve_calls(calls(0.6)) is not None


def test_slow_calls_that_plainly_gain_bear_an_implausible_gain_out_however_few_their_pairs_are() -> None:
    few = replace(measured(0.001), decision=Decision.UNDECIDED, stopped_because="undecided after 5 pairs")

    assert gaming.disbelieve_calls(calls(0.001, measurement=few)) is None
    target = few.comparisons[few.decided_on]
    two = replace(few, comparisons={few.decided_on: replace(target, pairs=2)})
    assert gaming.disbelieve_calls(calls(0.001, measurement=two)) is not None
    assert gaming.disbelieve_calls(calls(0.001, measurement=few, held_back=compared(1.0))) is not None
