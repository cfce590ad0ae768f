"""The collector is set where the program starts, if nothing of the project could notice and it takes its share."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.collect_less import RECIPE
from profiling.facts import Facts
from profiling.model import Command
from profiling.profile import GcTotals, Profile
from tests.fakes.recipe_programs import (
    FILE,
    assert_examples_hold,
    profile_of,
    project_of,
    reason_of,
    rewritten,
    sites_of,
)

PROGRAM = 'def main():\n    return 1\n\n\nif __name__ == "__main__":\n    main()\n'


def profile(*argv: str, pause_s: float = 0.2, threshold: int = 700) -> Profile:
    gc = GcTotals(pause_s=pause_s, collections=(90, 8, 1), threshold=(threshold, 10, 10))
    return replace(profile_of(whole_s=1.0), command=Command(argv=argv), gc=gc)


def test_the_examples_hold_and_a_person_has_to_agree():
    assert_examples_hold(RECIPE)
    assert RECIPE.card.needs_approval


@pytest.mark.parametrize(
    "other",
    [
        "import gc\n",
        "from gc import freeze\n",
        "import tracemalloc\n",
        "from weakref import ref\n",
        "class A:\n    def __del__(self):\n        pass\n",
        "class A:\n    pass\n\n\nA.__del__ = print\n",
        "class A:\n    pass\n\n\nsetattr(A, '__del__', print)\n",
    ],
)
def test_a_project_that_notices_collections_anywhere_is_left_alone(other):
    assert rewritten(RECIPE, PROGRAM, modules={"other.py": "'''Says __del__ and gc.'''\n"}) is not None
    assert sites_of(RECIPE, PROGRAM, modules={"other.py": other}) == []
    assert sites_of(RECIPE, PROGRAM, readers={"test_other.py": other}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("__name__ ==", "__name__ !="),
        ('"__main__"', '"app"'),
        ("if __name__", "__name__ = 1\nif __name__"),
        ("main():\n", "main(gc=1, _gc=2):\n"),
        (":\n    main()", ": main()"),
    ],
)
def test_what_is_no_start_of_a_program_or_has_no_room_is_left_alone(old, new):
    assert old in PROGRAM
    assert sites_of(RECIPE, PROGRAM.replace(old, new)) == []


def test_a_main_module_is_a_program_without_asking():
    project = project_of("", modules={"pkg/__main__.py": "from app import main\n\nmain()\n"})
    module = project.modules["pkg/__main__.py"]
    site = next(RECIPE.sites(module, project))
    patch = RECIPE.rewrite(site, Choice(expected_share=0.1, evidence=""), module, project)

    after = patch.apply({module.file: module.text})[module.file]
    assert after == "import gc\n\nfrom app import main\n\ngc.set_threshold(10_000)\nmain()\n"
    assert isinstance(RECIPE.choose(site, profile("python", "-m", "pkg"), Facts()), Choice)
    assert isinstance(RECIPE.choose(site, profile("python", "pkg/"), Facts()), Choice)


@pytest.mark.parametrize(
    "argv", [("app.py",), ("./app.py", "1"), ("-B", "/at/home/app.py"), ("-m", "app"), ("-O", "-m", "app", "x")]
)
def test_it_is_chosen_when_the_workload_is_the_program_and_collecting_takes_its_share(argv):
    (site,) = sites_of(RECIPE, PROGRAM)
    choice = RECIPE.choose(site, profile("python", *argv), Facts())
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.1)


@pytest.mark.parametrize(
    "argv", [("bench.py",), ("-m", "pytest", "app.py"), ("bench.py", "-m", "app"), (), ("-c", "1")]
)
def test_another_program_has_its_own_start(argv):
    (site,) = sites_of(RECIPE, PROGRAM)
    assert f"does not start {FILE}" in reason_of(RECIPE.choose(site, profile("python", *argv), Facts()))


def test_the_facts_veto_few_collections_and_a_collector_that_is_set():
    (site,) = sites_of(RECIPE, PROGRAM)
    started = ("python", FILE)
    assert "4.9%" in reason_of(RECIPE.choose(site, profile(*started, pause_s=0.049), Facts()))
    assert "50000 containers" in reason_of(RECIPE.choose(site, profile(*started, threshold=50_000), Facts()))
    assert "0 containers" in reason_of(RECIPE.choose(site, profile(*started, threshold=0), Facts()))
