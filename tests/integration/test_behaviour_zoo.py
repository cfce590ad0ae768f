"""Small changes that ordinary tests miss are caught by replay, with their place; honest rewrites pass."""

import importlib.util
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from profiling.behaviour.compare import BehaviourReport, Difference, Sides, compare
from profiling.behaviour.recording import Recording, read_calls
from profiling.behaviour.replay import Replayed, ReplayPlan, replay
from profiling.model import Tree
from tests.fakes.behaviour_trees import THIS, Trees, functions_of

ZOO = Path(__file__).resolve().parents[1] / "zoo"
CHANGED = sorted(path.stem for path in (ZOO / "behaviour_changed").glob("*.py"))
HONEST = sorted(path.stem for path in (ZOO / "honest").glob("*.py"))


def animal(kind: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"zoo_{name}", ZOO / kind / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All pairs of one kind, compared in one pair of trees."""

    report: BehaviourReport
    by_name: Mapping[str, list[Difference]]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Seen]:
    return {
        "behaviour_changed": see(Trees(tmp_path_factory.mktemp("changed")), "behaviour_changed", CHANGED),
        "honest": see(Trees(tmp_path_factory.mktemp("honest")), "honest", HONEST),
    }


def see(trees: Trees, kind: str, names: list[str]) -> Seen:
    animals = {name: animal(kind, name) for name in names}
    main = "".join(calls(name, each.CALLS) for name, each in animals.items())
    files = [{f"zoo_{name}.py": getattr(each, side) for name, each in animals.items()} for side in ("BEFORE", "AFTER")]
    base, change = (trees.tree({**each, "main.py": main}) for each in files)
    keys = [key for name, each in animals.items() for key in functions_of(f"zoo_{name}.py", each.BEFORE)]
    recording = trees.record(base, keys)
    functions = {str(call.index): call.function for call in read_calls(recording)}
    plans = (ReplayPlan(seed=1, hash_seed=11), ReplayPlan(seed=1, hash_seed=22), ReplayPlan(seed=1, hash_seed=11))
    sides = [played(trees, recording, tree, plan) for tree, plan in zip((base, base, change), plans, strict=True)]
    report = compare(Sides(base=sides[0], again=sides[1], change=sides[2]), keys, functions, shown=10_000)
    by_name: dict[str, list[Difference]] = {name: [] for name in names}
    assert report.calls > len(names)
    assert report.compared == report.calls
    for difference in report.differences:
        by_name[difference.function.file.removesuffix(".py").removeprefix("zoo_")].append(difference)
    return Seen(report=report, by_name=by_name)


def calls(name: str, text: str) -> str:
    """Return the calls of a pair, each in a `try` of its own: some are meant to fail."""
    statements = text.split("\nm.") if text.startswith("m.") else [text]
    blocks = [each if index == 0 else f"m.{each}" for index, each in enumerate(statements)]
    return f"import zoo_{name} as m\n" + "".join(
        "try:\n" + "".join(f"    {line}\n" for line in block.splitlines() if line) + "except Exception:\n    pass\n"
        for block in blocks
    )


def played(trees: Trees, recording: Recording, tree: Tree, plan: ReplayPlan) -> Replayed:
    return replay(recording, tree, THIS, plan, processes=trees.processes, scratch=trees.fresh("scratch"))


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_behaviour_is_caught_at_its_place(zoo: Mapping[str, Seen], name: str) -> None:
    differences = zoo["behaviour_changed"].by_name[name]
    expected = animal("behaviour_changed", name).PLACE

    assert differences, f"{name} was not caught"
    assert any(each.place.startswith(expected) for each in differences), [each.text for each in differences]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_rewrite_has_no_difference(zoo: Mapping[str, Seen], name: str) -> None:
    assert [each.text for each in zoo["honest"].by_name[name]] == []


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_behaviour_passes_its_ordinary_test(name: str) -> None:
    changed = animal("behaviour_changed", name)
    for source in (changed.BEFORE, changed.AFTER):
        names: dict[str, object] = {"__name__": "zoo_test"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source + changed.TEST, name, "exec"), names)  # the animals are ours
        assert callable(names.get("f", names.get("Box")))


def test_each_function_of_the_zoo_is_called(zoo: Mapping[str, Seen]) -> None:
    for seen in zoo.values():
        assert {key.qualname for key in seen.report.without_calls} <= {"checked"}, "which is given a function"


def test_the_zoo_is_large_and_varied() -> None:
    mechanisms = Counter(animal("behaviour_changed", name).MECHANISM for name in CHANGED)

    assert len(CHANGED) >= 40
    assert len(HONEST) >= 40
    assert len(mechanisms) >= 12
    animals = [*(animal("behaviour_changed", name) for name in CHANGED), *(animal("honest", name) for name in HONEST)]
    assert all(each.__doc__ for each in animals)
