"""Each interaction is found in a real program that has it, and none in any program that only looks like it.

The programs stand in tests/data/interactions: `has_KIND` and `like_KIND`. Several run in one process, to save time;
what is found is told apart by file.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from agents.recipes.requests import function_request
from profiling.collect import facts as facts_pass
from profiling.collect import unified
from profiling.facts import Facts
from profiling.growth import Growth
from profiling.interactions.detect import detect
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile
from profiling.scaling.collect import collect_growth
from profiling.scaling.template import Template
from profiling.target import Interaction, InteractionKind

pytestmark = pytest.mark.flaky(reruns=3)

Found = Callable[[str], list[Interaction]]
PROGRAMS = Path(__file__).resolve().parents[1] / "data" / "interactions"
PYTHON = Interpreter(executable=sys.executable, version=sys.version_info[:3])
MEMORY_BUDGET_S = 60.0
SIZES = (2000, 4000, 8000)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Programs that run in one process, one after the other.

    Attributes:
        names: of the programs.
        beside: modules that they import.
        traced: whether a memory pass is made.
        recorded: functions to record facts of.
        scaled: whether a scaling test is made, with the size as their argument.
    """

    names: tuple[str, ...]
    beside: tuple[str, ...] = ()
    traced: bool = False
    recorded: str = ""
    scaled: bool = False


GROUPS = (
    Group(names=("has_allocation_gc", "like_allocation_gc"), traced=True),
    Group(names=("has_deepcopy", "like_deepcopy"), traced=True),
    Group(names=("has_data_structure", "like_data_structure"), traced=True),
    Group(names=("has_import_startup", "like_import_startup"), beside=("tables", "used_tables"), traced=True),
    Group(names=("has_recomputation", "like_recomputation"), recorded="weigh"),
    Group(names=("has_blocking_io", "like_blocking_io", "has_cpu_starvation", "like_cpu_starvation")),
    Group(names=("has_memory_pressure",), traced=True),
    Group(names=("like_memory_pressure",), traced=True),
    Group(names=("like_memory_pressure_leak",), traced=True),
    Group(names=("has_algorithm_size", "like_algorithm_size"), scaled=True),
    Group(names=("has_library_ceiling",)),
    Group(names=("like_library_ceiling",)),
    Group(names=("has_repeated_query", "like_repeated_query")),
)
NAMES = tuple(name for group in GROUPS for name in group.names)


class Programs:
    """What is found in the programs: a group is profiled when one of it is first asked for, or is to be anew."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._by_group: dict[Group, tuple[Interaction, ...]] = {}

    def of(self, name: str, *, anew: bool) -> list[Interaction]:
        """Return what is found in one program."""
        group = next(group for group in GROUPS if name in group.names)
        if anew or group not in self._by_group:
            self._by_group[group] = _look_at(group, self._factory.mktemp("group"))
        assert {Path(one.key.file).stem for one in self._by_group[group]} <= {*group.names}
        return [one for one in self._by_group[group] if Path(one.key.file).stem == name]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(tmp_path_factory)


@pytest.fixture
def found(programs: Programs, request: pytest.FixtureRequest) -> Found:
    """Return what finds the interactions of a program: measured anew when the test is run again."""
    return partial(programs.of, anew=request.node.execution_count > 1)


def _look_at(group: Group, folder: Path) -> tuple[Interaction, ...]:
    tree, scratch = _write(group, folder / "tree"), folder / "scratch"
    scratch.mkdir()
    command, processes = Command(argv=("python", "bench.py"), timeout_s=120.0), Processes()
    profile = unified.profile(
        tree,
        command,
        PYTHON,
        processes=processes,
        scratch=scratch,
        tree_id="tree",
        budget_s=MEMORY_BUDGET_S if group.traced else 0.0,
        on_progress=lambda _: None,
        plain=unified.plain_runs(tree, command, PYTHON, processes, count=1) * 3,
    )
    facts = _facts(group, tree, command, profile, scratch) if group.recorded else Facts()
    growth = _growth(tree, scratch) if group.scaled else None
    return detect(profile, facts, growth, root=tree.root)


def _write(group: Group, root: Path) -> Tree:
    (root / "app").mkdir(parents=True)
    (root / "app" / "__init__.py").touch()
    for name in (*group.names, *group.beside):
        (root / "app" / f"{name}.py").write_text((PROGRAMS / f"{name}.py").read_text())
    imports = "".join(f"from app import {name}\n" for name in group.names)
    size = "*map(int, sys.argv[1:])" if group.scaled else ""
    calls = "".join(f"{name}.run({size})\n" for name in group.names)
    (root / "bench.py").write_text(f"import sys\n\n{imports}\n{calls}")
    return Tree(root=root, import_roots=(".",), packages=("app",), source_paths=("app",))


def _facts(group: Group, tree: Tree, command: Command, profile: Profile, scratch: Path) -> Facts:
    keys = {function.key for function in profile.functions if function.key.qualname == group.recorded}
    requests = tuple(function_request(key) for key in sorted(keys))
    return facts_pass.collect(requests, tree, command, PYTHON, processes=Processes(), scratch=scratch)


def _growth(tree: Tree, scratch: Path) -> Growth:
    template = Template.parse("bench.py {n}", timeout_s=60.0)
    return collect_growth(
        tree,
        template,
        SIZES,
        PYTHON,
        processes=Processes(),
        scratch=scratch,
        budget_s=20.0,
        on_progress=lambda _: None,
    )


def test_every_kind_has_a_program_that_has_it_and_one_that_looks_alike() -> None:
    for kind in InteractionKind:
        assert f"has_{kind}" in NAMES
        assert f"like_{kind}" in NAMES


@pytest.mark.parametrize("kind", InteractionKind)
def test_an_interaction_is_found_where_it_is(found: Found, kind: InteractionKind) -> None:
    assert kind in {one.kind for one in found(f"has_{kind}")}


@pytest.mark.flaky(reruns=0)  # what is seen where it is not is wrong, however seldom
@pytest.mark.parametrize("name", NAMES)
def test_no_other_interaction_is_found(found: Found, name: str) -> None:
    others = [one for one in found(name) if name != f"has_{one.kind}"]
    assert not others


@pytest.mark.parametrize(
    ("kind", "qualname"),
    [
        (InteractionKind.ALLOCATION_GC, "build"),
        (InteractionKind.DEEPCOPY, "clone"),
        (InteractionKind.DATA_STRUCTURE, "Point"),
        (InteractionKind.RECOMPUTATION, "weigh"),
        (InteractionKind.BLOCKING_IO, "handle"),
        (InteractionKind.CPU_STARVATION, "handle"),
        (InteractionKind.MEMORY_PRESSURE, "handle"),
        (InteractionKind.ALGORITHM_SIZE, "distinct"),
        (InteractionKind.IMPORT_STARTUP, "<module>"),
        (InteractionKind.LIBRARY_CEILING, "add_up"),
        (InteractionKind.REPEATED_QUERY, "name_of"),
    ],
)
def test_it_is_found_at_the_function_to_change_with_figures_from_both_sides(
    found: Found, kind: InteractionKind, qualname: str
) -> None:
    interactions = [one for one in found(f"has_{kind}") if one.kind is kind]
    assert {one.key.qualname for one in interactions} == {qualname}
    for one in interactions:
        assert len({evidence.dimension for evidence in one.evidence}) == 2
        assert all(evidence.value > 0 for evidence in one.evidence)


def test_the_line_that_blocks_is_named(found: Found) -> None:
    (interaction,) = found("has_blocking_io")
    assert "time.sleep" in interaction.evidence[1].text
