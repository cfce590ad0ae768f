import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy import own_calls
from orchestrator.policy.keep_or_discard import ExperimentEvidence, decide
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Decision, Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.model import Command, Dimension, FunctionKey, Interpreter, RunUsage
from profiling.profile import Edge, FunctionProfile, GcTotals, Profile
from tests.fakes.experiments import KEY, calls, compared, measured

OTHER = FunctionKey(file="a.py", first_line=9, qualname="g")


def verdict(own: CallEvidence, *, workload: Measurement | None = None, total_share: float = 0.5) -> Verdict:
    return decide(
        ExperimentEvidence(
            failed_gate=None,
            primary=Dimension.CPU_S,
            level=Level.FUNCTION,
            measurement=workload or measured(0.99, width=0.04),
            share=own_calls.share_of(own, total_share),
            workload_base_s=1.0,
            diff_lines=10,
            prescreen_gain=None,
            function=own.measurement,
            function_doubt=own_calls.doubt(own),
        )
    )


def profile(*edges: Edge, calls_of_f: int | None = 10, total_s: float = 2.0) -> Profile:
    usage = RunUsage(wall_s=8.0, cpu_s=8.0, max_rss_mib=1.0, exit_code=0)
    return Profile(
        schema_version=1,
        tree_id="",
        command=Command(argv=("python",)),
        interpreter=Interpreter(executable="python", version=(3, 12, 0)),
        baseline=(usage,),
        time_pass=usage,
        memory_pass=None,
        cpu_covered_s=8.0,
        samples=100,
        functions=(FunctionProfile(key=KEY, cpu_total_s=total_s, calls=calls_of_f),),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
        cpu_seen_s=8.0,
        edges=edges,
    )


def test_a_function_is_timed_only_when_the_fix_is_of_it_alone_and_about_time() -> None:
    assert own_calls.subject(Dimension.CPU_S, (KEY,), KEY) == KEY
    assert own_calls.subject(Dimension.CPU_S, (KEY, OTHER), KEY) is None
    assert own_calls.subject(Dimension.CPU_S, (OTHER,), KEY) is None
    assert own_calls.subject(Dimension.PEAK_MIB, (KEY,), KEY) is None
    assert own_calls.subject(Dimension.CPU_S, (), KEY) is None


def test_calls_that_no_project_function_makes_are_the_workloads_own() -> None:
    bench = FunctionKey(file="bench.py", first_line=1, qualname="<module>")
    seen = profile(Edge(caller=OTHER, callee=KEY, calls=4), Edge(caller=bench, callee=KEY, calls=5))
    place = own_calls.place_of(KEY, seen, ("a.py",))
    assert (place.total_share, place.outside_share) == (0.25, 0.6)
    assert own_calls.place_of(KEY, profile(calls_of_f=None), ("a.py",)).outside_share == 0.0
    assert own_calls.place_of(OTHER, profile(), ("a.py",)).total_share == 1.0


def test_only_a_decided_lack_of_gain_is_hopeless() -> None:
    assert "gains nothing" in own_calls.hopeless(calls(1.0))
    undecided = calls(1.0, measurement=measured(1.0, decision=Decision.UNDECIDED))
    assert own_calls.hopeless(undecided) == ""
    assert own_calls.hopeless(calls(0.9)) == ""


@pytest.mark.parametrize(("outside_share", "suspected"), [(1.0, True), (0.4, False)])
def test_a_cache_is_suspected_where_the_workload_itself_repeats_its_inputs(
    outside_share: float, suspected: bool
) -> None:
    cached = calls(0.1, cache_gain=True, repeated_share=0.9)
    assert (own_calls.lives_on_repetition(cached, outside_share) is not None) is suspected
    assert own_calls.lives_on_repetition(calls(0.1), outside_share) is None
    many = calls(0.1, cache_gain=True, repeated_share=0.9, calls=150)
    assert own_calls.lives_on_repetition(many, outside_share) is None
    assert own_calls.lives_on_repetition(calls(0.1, cache_gain=True), outside_share) is None


def test_a_functions_gain_is_kept_when_the_workload_does_not_lose() -> None:
    kept = verdict(calls(0.8))
    assert (kept.status, kept.reason, kept.level) == (Status.KEEP, Reason.IMPROVED, Level.FUNCTION)
    assert "of its own calls" in kept.explanation


def test_a_gain_that_vanishes_on_held_back_calls_is_none() -> None:
    lost = verdict(calls(0.8, held_back=compared(1.0)))
    assert (lost.status, lost.reason) == (Status.DISCARD, Reason.NO_IMPROVEMENT)
    assert "held back" in lost.explanation


def test_a_functions_gain_that_is_too_small_for_the_workload_is_immaterial() -> None:
    assert verdict(calls(0.9), total_share=0.01).reason is Reason.IMMATERIAL


def test_what_is_gained_on_repeated_calls_alone_counts_for_as_much_as_is_repeated() -> None:
    cached = calls(0.2, cold=compared(1.0), repeated_share=0.5)
    assert own_calls.share_of(cached, 0.6) == pytest.approx(0.3)
    assert own_calls.gain(cached) == pytest.approx(0.4)


@given(st.floats(0.01, 2.0), st.floats(0.01, 2.0), st.floats(0, 1), st.floats(0, 1))
def test_the_share_a_gain_applies_to_is_never_more_than_the_functions(
    warm: float, cold: float, repeated: float, share: float
) -> None:
    found = calls(warm, cold=compared(cold), repeated_share=repeated)
    assert 0 <= own_calls.share_of(found, share) <= share
