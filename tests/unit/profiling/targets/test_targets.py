from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.model import Command, Domain, FunctionKey, Interpreter, RunUsage
from profiling.profile import FunctionProfile, ImportProfile, LibraryShare, Profile
from profiling.target import Interaction, InteractionKind, Target
from profiling.targets import build, find

MIB = 1024 * 1024
USAGE = RunUsage(wall_s=10.0, cpu_s=10.0, max_rss_mib=100.0, exit_code=0)
REST = "pkg/rest.py"


def key(name: str, *, file: str = "pkg/a.py", line: int = 1) -> FunctionKey:
    return FunctionKey(file=file, first_line=line, qualname=name)


def function(name: str, cpu_s: float = 0.0, *, file: str = "pkg/a.py", **changes: Any) -> FunctionProfile:
    return FunctionProfile(**{"key": key(name, file=file), "cpu_self_s": cpu_s, "samples_self": 1000, **changes})


def profile(*functions: FunctionProfile, imports: tuple[ImportProfile, ...] = ()) -> Profile:
    """Return a profile of 10 CPU seconds: what the functions do not take is taken elsewhere."""
    rest = function("rest", 10.0 - sum(one.cpu_self_s for one in functions), file=REST)
    return Profile(
        schema_version=1,
        tree_id="tree",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="/usr/bin/python3", version=(3, 11, 7)),
        baseline=(USAGE,) * 3,
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=10.0,
        samples=10_000,
        functions=(*functions, rest),
        imports=imports,
        libraries=(),
        stacks=(),
        gc=None,  # type: ignore[arg-type]  # not read here
        peak_bytes=200 * MIB,
    )


def table(
    profiled: Profile, *, licensed: frozenset[FunctionKey] = frozenset(), interactions: tuple[Interaction, ...] = ()
) -> list[Target]:
    targets = build(profiled, interactions, licensed, editable=lambda file: not file.startswith("bench"))
    return [target for target in targets if target.key.file != REST]


@pytest.mark.parametrize(
    ("seen", "domains"),
    [
        (function("f", 0.11), (Domain.CPU,)),
        (function("f", peak_owned_bytes=2 * MIB), (Domain.MEMORY,)),
        (function("f", rss_growth_bytes=2 * MIB), (Domain.MEMORY,)),
        (function("f", loop_cpu_s=0.002, loop_blocked_s=0.004), (Domain.ASYNC,)),
        (function("f", 0.11, peak_owned_bytes=3 * MIB, loop_cpu_s=1.0), (Domain.CPU, Domain.MEMORY, Domain.ASYNC)),
    ],
)
def test_a_function_over_a_threshold_is_an_actionable_target_in_that_domain(
    seen: FunctionProfile, domains: tuple[Domain, ...]
) -> None:
    (target,) = table(profile(seen))
    assert (target.domains, target.actionable) == (domains, True)


def test_a_function_under_every_threshold_has_no_row() -> None:
    small = function(
        "f",
        0.09,
        peak_owned_bytes=MIB,
        peak_bytes=50 * MIB,
        rss_growth_bytes=50 * MIB,
        loop_cpu_s=0.004,
        gc_pause_s=0.001,
    )
    assert table(profile(small)) == []


def test_its_figures_are_those_of_the_profile() -> None:
    (target,) = table(profile(function("f", 4.5, gc_pause_s=0.8, rss_growth_bytes=120 * MIB, calls=7)))
    assert (target.cpu_share, target.cpu_s, target.memory_mib, target.gc_s, target.calls) == (0.45, 4.5, 120, 0.8, 7)
    assert not target.uncertain


def test_few_samples_make_a_share_uncertain() -> None:
    (target,) = table(profile(function("f", 0.5, samples_self=29)))
    assert target.uncertain


def test_what_no_fix_may_touch_is_shown_after_the_rest_and_is_not_actionable() -> None:
    targets = table(profile(function("main", 8.0, file="bench.py"), function("f", 0.2)))
    assert [(one.key.qualname, one.actionable) for one in targets] == [("f", True), ("main", False)]


def test_multi_domain_targets_come_first_then_the_largest_share_of_any_resource() -> None:
    targets = table(
        profile(
            function("cpu", 3.0),
            function("memory", peak_owned_bytes=100 * MIB),
            function("both", 0.2, peak_owned_bytes=3 * MIB),
            function("loop", loop_blocked_s=4.0),
        )
    )
    assert [one.key.qualname for one in targets] == ["both", "memory", "loop", "cpu"]


def test_a_licensed_function_is_a_target_however_small() -> None:
    targets = table(profile(function("f", 0.001)), licensed=frozenset({key("f"), key("never_sampled")}))
    assert {(one.key.qualname, one.actionable, one.domains) for one in targets} == {
        ("f", True, ()),
        ("never_sampled", True, ()),
    }
    assert [one.uncertain for one in targets if one.key.qualname == "never_sampled"] == [True]


def test_a_licence_outside_editable_source_does_not_make_a_target_actionable() -> None:
    (target,) = table(profile(), licensed=frozenset({key("main", file="bench.py")}))
    assert not target.actionable


def test_an_interaction_is_shown_at_its_function() -> None:
    found = Interaction(kind=InteractionKind.DEEPCOPY, key=key("f"), evidence=(), root_fix="drop the copy")
    (target,) = table(profile(function("f", 0.05)), interactions=(found,))
    assert target.interactions == (InteractionKind.DEEPCOPY,)
    assert not target.actionable


def test_an_interaction_at_what_was_never_sampled_gets_a_row() -> None:
    found = Interaction(kind=InteractionKind.DATA_STRUCTURE, key=key("Point", line=3), evidence=(), root_fix="slots")
    (target,) = table(profile(), interactions=(found, found))
    assert (target.key, target.interactions) == (key("Point", line=3), (InteractionKind.DATA_STRUCTURE,))
    assert (target.domains, target.actionable, target.uncertain) == ((), False, False)


def test_an_interaction_of_an_import_is_shown_at_its_line() -> None:
    found = Interaction(
        kind=InteractionKind.IMPORT_STARTUP, key=key("<module>", line=4), evidence=(), root_fix="import it later"
    )
    (target,) = table(profile(imports=(imported(0.3),)), interactions=(found,))
    assert (target.domains, target.interactions) == ((Domain.STRUCTURE,), (InteractionKind.IMPORT_STARTUP,))


def imported(seconds: float, *, executed: bool | None = False, importer: str = "pkg/a.py") -> ImportProfile:
    return ImportProfile(
        module="yaml",
        file="/lib/yaml/__init__.py",
        self_s=seconds,
        total_s=seconds,
        importer_file=importer,
        importer_line=4,
        executed=executed,
    )


def test_an_import_nobody_used_is_a_target_at_its_line() -> None:
    (target,) = table(profile(imports=(imported(0.002),)))
    assert target.key == key("<module>", line=4)
    assert (target.domains, target.import_s, target.uncertain) == ((Domain.STRUCTURE,), 0.002, False)
    (unrecorded,) = table(profile(imports=(imported(0.002, executed=None),)))
    assert unrecorded.uncertain


@pytest.mark.parametrize(
    "module",
    [
        imported(0.0019),
        imported(0.5, executed=True),
        imported(0.5, importer="/lib/other.py"),
        imported(0.5, importer="<frozen importlib._bootstrap>"),
    ],
)
def test_cheap_used_and_foreign_imports_are_no_targets(module: ImportProfile) -> None:
    assert table(profile(imports=(module,))) == []


def test_a_licensed_place_has_a_row_under_its_own_key_with_what_was_seen_there() -> None:
    (module,) = table(profile(imports=(imported(0.3),)), licensed=frozenset({key("<module>", line=1)}))
    assert (module.key, module.import_s) == (key("<module>", line=1), 0.3)
    (moved,) = table(profile(function("f", 2.0)), licensed=frozenset({key("f", line=9)}))
    assert (moved.key, moved.cpu_s) == (key("f", line=9), 2.0)


def test_two_licensed_places_of_one_name_both_have_a_row() -> None:
    getter, setter = key("A.size"), key("A.size", line=9)
    targets = table(profile(function("A.size", 2.0)), licensed=frozenset({getter, setter}))
    assert {one.key for one in targets} == {getter, setter}


@pytest.mark.parametrize(
    "user",
    [
        function("dump", 0.01, samples_total=1, libraries=(LibraryShare(name="yaml", cpu_s=0.01),)),
        function("load", 0.01, file="/lib/yaml/__init__.py", samples_total=1),
        function("load", 0.0, file="/lib/yaml/__init__.py", calls=1),
    ],
)
def test_an_import_in_which_time_was_seen_is_used_though_that_was_not_recorded(user: FunctionProfile) -> None:
    unrecorded = imported(0.3, executed=None)
    assert table(profile(user, imports=(unrecorded,))) == []
    assert len(table(profile(user, imports=(imported(0.3),)))) == 1


def test_time_in_a_module_body_is_the_import_itself() -> None:
    body = function("<module>", 0.01, samples_total=1, libraries=(LibraryShare(name="yaml", cpu_s=0.01),))
    (target,) = table(profile(body, imports=(imported(0.3, executed=None),)))
    assert target.domains == (Domain.STRUCTURE,)


def test_a_key_means_the_same_place_before_the_same_name() -> None:
    rows = table(profile(function("f", 1.0), function("g", 1.0)))
    assert find(key("g"), rows) == next(row for row in rows if row.key.qualname == "g")
    moved = find(key("g", line=99), rows)
    assert moved is not None
    assert moved.key == key("g")
    assert find(key("h"), rows) is None


def test_a_profile_without_cpu_has_no_shares() -> None:
    empty = profile(function("f", 0.0, peak_owned_bytes=5 * MIB))
    (target,) = table(empty)
    assert target.cpu_share == 0.0


FUNCTIONS = st.builds(
    function,
    st.sampled_from("abcdef"),
    st.integers(0, 64).map(lambda parts: parts / 64),
    samples_self=st.integers(0, 100),
    peak_owned_bytes=st.none() | st.integers(0, 50 * MIB),
    rss_growth_bytes=st.integers(-MIB, 50 * MIB),
    loop_cpu_s=st.floats(0, 1),
)


@given(st.lists(FUNCTIONS, max_size=6, unique_by=lambda one: one.key), st.sets(st.sampled_from("abcxy")))
def test_rows_are_unique_sorted_and_have_a_reason_to_be_there(
    functions: list[FunctionProfile], licensed_names: set[str]
) -> None:
    licensed = frozenset(key(name) for name in licensed_names)
    targets = table(profile(*functions), licensed=licensed)
    assert len({one.key for one in targets}) == len(targets)
    assert licensed <= {one.key for one in targets}
    assert all(one.domains or one.key in licensed for one in targets)
    multi = [len(one.domains) > 1 for one in targets]
    assert multi == sorted(multi, reverse=True)
    assert table(profile(*functions[::-1]), licensed=licensed) == targets
