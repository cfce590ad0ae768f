from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from agents.recipes.requests import function_request
from profiling.facts import Facts, FunctionFacts
from profiling.interactions.detect import DETECTORS, detect
from profiling.model import Command, Dimension, FunctionKey, Interpreter, RunUsage
from profiling.profile import FunctionProfile, GcTotals, LibraryShare, Profile
from profiling.target import Interaction, InteractionKind

MIB = 1024 * 1024
USAGE = RunUsage(wall_s=10.0, cpu_s=10.0, max_rss_mib=100.0, exit_code=0)
NO_FACTS = Facts()


def key(name: str) -> FunctionKey:
    return FunctionKey(file="pkg/a.py", first_line=7, qualname=name)


def function(name: str, **changes: Any) -> FunctionProfile:
    return FunctionProfile(**{"key": key(name), "samples_self": 500, "samples_total": 500, **changes})


def profile(*functions: FunctionProfile) -> Profile:
    """Return a profile of 10 CPU seconds: what the functions do not take is taken elsewhere."""
    rest = FunctionProfile(
        key=FunctionKey(file="pkg/rest.py", first_line=1, qualname="rest"),
        cpu_self_s=10.0 - sum(one.cpu_self_s for one in functions),
    )
    return Profile(
        schema_version=1,
        tree_id="tree",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="/usr/bin/python3", version=(3, 11, 7)),
        baseline=(USAGE,),
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=10.0,
        samples=10_000,
        functions=(*functions, rest),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
    )


def facts_of(name: str, **changes: Any) -> Facts:
    """Return facts recorded for the request that recipes make."""
    request = function_request(key(name))
    plain = FunctionFacts(
        id=request.id,
        calls=1000,
        distinct_arguments=10,
        keyable_calls=1000,
        consistent=True,
        consistent_by_receiver=False,
        receivers=0,
        argument_types={},
        result_types={},
        results_immutable=True,
        raised=0,
        max_depth=1,
    )
    functions: Mapping[str, FunctionFacts] = {request.id: replace(plain, **changes)}
    return Facts(functions=functions)


def only(found: tuple[Interaction, ...]) -> Interaction:
    (interaction,) = found
    return interaction


ALLOCATING = {"gc_pause_s": 0.8, "gc_collections": 23, "peak_owned_bytes": 120 * MIB}


def test_collections_in_a_top_allocator_are_an_interaction_with_both_figures() -> None:
    found = only(detect(profile(function("load", **ALLOCATING)), NO_FACTS))
    assert (found.kind, found.key, found.root_fix) == (
        InteractionKind.ALLOCATION_GC,
        key("load"),
        "fewer allocations",
    )
    assert [(one.dimension, one.value, one.text) for one in found.evidence] == [
        (Dimension.GC_S, 0.8, "23 collections triggered in it took 0.8 s (8% of the CPU)"),
        (Dimension.PEAK_MIB, 120.0, "it is among the top 5 allocators with 120.0 MiB"),
    ]


@pytest.mark.parametrize(
    "weak", [{"gc_pause_s": 0.09}, {"peak_owned_bytes": MIB, "peak_bytes": 500 * MIB}, {"gc_collections": 9}]
)
def test_collections_or_allocations_alone_are_no_interaction(weak: dict[str, Any]) -> None:
    assert detect(profile(function("load", **{**ALLOCATING, **weak})), NO_FACTS) == ()


def test_a_sixth_allocator_is_not_among_the_top() -> None:
    larger = [function(f"large{index}", live_bytes=(200 + index) * MIB) for index in range(5)]
    assert detect(profile(*larger, function("load", **ALLOCATING)), NO_FACTS) == ()
    assert len(detect(profile(*larger[1:], function("load", **ALLOCATING)), NO_FACTS)) == 1


COPYING = {"cpu_self_s": 2.0, "libraries": (LibraryShare(name="copy", cpu_s=1.5),), "live_bytes": 3 * MIB}


def test_copying_that_takes_cpu_and_memory_is_an_interaction() -> None:
    found = only(detect(profile(function("clone", **COPYING)), NO_FACTS))
    assert found.kind is InteractionKind.DEEPCOPY
    assert {one.dimension: one.value for one in found.evidence} == {Dimension.CPU_S: 1.5, Dimension.PEAK_MIB: 3.0}


@pytest.mark.parametrize(
    "weak",
    [
        {"libraries": (LibraryShare(name="copy", cpu_s=0.05),)},
        {"libraries": (LibraryShare(name="copyreg", cpu_s=1.5),)},
        {"live_bytes": MIB},
        {"samples_self": 29},
    ],
)
def test_copying_without_one_side_is_no_interaction(weak: dict[str, Any]) -> None:
    assert detect(profile(function("clone", **{**COPYING, **weak})), NO_FACTS) == ()


MAKER = {"calls": 120_000, "live_bytes": 19 * MIB, "cpu_self_s": 0.02, "samples_self": 3}


def test_many_instances_with_memory_and_busy_methods_are_an_interaction() -> None:
    profiled = profile(function("Point.__init__", **MAKER), function("Point.length", cpu_self_s=0.5))
    found = only(detect(profiled, NO_FACTS))
    assert (found.kind, found.key) == (InteractionKind.DATA_STRUCTURE, key("Point.__init__"))
    assert [one.text for one in found.evidence] == [
        "120000 instances of Point were made, 19.0 MiB with them",
        "what works on them takes 0.52 s (5% of the CPU): Point.length, Point.__init__",
    ]


@pytest.mark.parametrize("weak", [{"calls": 999}, {"calls": None}, {"live_bytes": MIB}])
def test_few_light_or_uncounted_instances_are_no_interaction(weak: dict[str, Any]) -> None:
    maker = function("Point.__init__", **{**MAKER, **weak})
    assert detect(profile(maker, function("Point.length", cpu_self_s=0.5)), NO_FACTS) == ()


def test_instances_whose_methods_take_no_cpu_are_no_interaction() -> None:
    other = function("Line.length", cpu_self_s=0.5)
    assert detect(profile(function("Point.__init__", **MAKER), other), NO_FACTS) == ()
    brief = function("Point.length", cpu_self_s=0.05)
    assert detect(profile(function("Point.__init__", **MAKER), brief), NO_FACTS) == ()


def test_instances_are_also_counted_by_the_facts() -> None:
    maker = function("Point.__init__", **{**MAKER, "calls": None})
    profiled = profile(maker, function("Point.length", cpu_self_s=0.5))
    assert len(detect(profiled, facts_of("Point.__init__", calls=5000, raised=1))) == 1


REPEATED = {"cpu_total_s": 4.0}


def test_mostly_repeated_calls_are_an_interaction_with_counts_on_both_sides() -> None:
    found = only(detect(profile(function("parse", **REPEATED)), facts_of("parse")))
    assert found.kind is InteractionKind.RECOMPUTATION
    assert [one.text for one in found.evidence] == [
        "1000 calls, at most 10 different: about 4 s repeated (40% of the CPU)",
        "a cache would hold 10 entries, about 0.0014 MiB without their values",
    ]
    assert found.evidence[0].value == pytest.approx(3.96)


@pytest.mark.parametrize(
    "against",
    [
        {"calls": 199},
        {"distinct_arguments": 251},
        {"distinct_arguments": 4096, "calls": 1_000_000},
        {"receivers": 30},
        {"consistent": False},
        {"raised": 1},
    ],
)
def test_rare_various_or_stateful_calls_are_no_recomputation(against: dict[str, Any]) -> None:
    assert detect(profile(function("parse", **REPEATED)), facts_of("parse", **against)) == ()


def test_a_cheap_or_unsampled_or_unrecorded_function_is_no_recomputation() -> None:
    assert detect(profile(function("parse", cpu_total_s=0.1)), facts_of("parse")) == ()
    assert detect(profile(function("parse", **REPEATED, samples_total=29)), facts_of("parse")) == ()
    assert detect(profile(function("parse", **REPEATED)), NO_FACTS) == ()


def test_every_interaction_rests_on_two_dimensions() -> None:
    profiled = profile(
        function("load", **ALLOCATING),
        function("clone", **COPYING),
        function("Point.__init__", **MAKER),
        function("Point.length", cpu_self_s=0.5),
        function("parse", **REPEATED),
    )
    found = detect(profiled, facts_of("parse"))
    assert {one.kind for one in found} == {
        InteractionKind.ALLOCATION_GC,
        InteractionKind.DEEPCOPY,
        InteractionKind.DATA_STRUCTURE,
        InteractionKind.RECOMPUTATION,
    }
    assert all(len({evidence.dimension for evidence in one.evidence}) >= 2 for one in found)


def test_there_is_a_detector_of_every_kind() -> None:
    assert [find.__module__.rpartition(".")[2] for find in DETECTORS] == [kind.value for kind in InteractionKind]


def test_a_module_body_triggers_no_interaction_with_collections() -> None:
    body = replace(function("load", **ALLOCATING), key=FunctionKey(file="pkg/a.py", first_line=1, qualname="<module>"))
    assert detect(profile(body), NO_FACTS) == ()


def test_a_workload_without_cpu_has_no_interactions() -> None:
    nothing = replace(profile(), functions=(function("load", **ALLOCATING),), cpu_covered_s=0.0)
    assert detect(nothing, NO_FACTS) == ()
