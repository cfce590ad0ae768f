from pathlib import Path

from agents.model import Candidate
from agents.scan.advice import remarks
from orchestrator import scaling_record
from orchestrator.next_steps import next_steps
from orchestrator.state import SessionState
from orchestrator.survey import Survey
from profiling.growth import Exponent, FunctionGrowth, Growth
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.target import Evidence, Interaction, InteractionKind, Target

HOT = FunctionKey(file="pkg.py", first_line=1, qualname="drop")
STATE: SessionState = {"finish_reason": "nothing is left", "bounded": True}


def target(key: FunctionKey, share: float) -> Target:
    return Target(
        key=key,
        cpu_share=share,
        cpu_s=share,
        memory_mib=0.0,
        gc_s=0.0,
        loop_s=0.0,
        import_s=0.0,
        calls=None,
        domains=(Domain.CPU,),
        interactions=(),
        actionable=True,
        uncertain=False,
    )


def growth(value: float, low: float) -> Growth:
    exponent = Exponent(value=value, low=low, high=value + 0.1)
    function = FunctionGrowth(key=HOT, points=(), exponent=exponent)
    return Growth(template="bench.py {n}", points=(), exponent=None, functions=(function,))


def survey(growth: Growth | None = None, **changes: object) -> Survey:
    empty = {"profile": None, "facts": None, "interactions": (), "candidates": (), "targets": (target(HOT, 0.4),)}
    return Survey(**{**empty, "growth": growth, **changes})


def test_it_says_why_the_session_ended_and_which_targets_no_recipe_helps() -> None:
    assert next_steps(STATE, survey()) == (
        "it ended because: nothing is left",
        "run optimize again with a larger bound: it goes on from this branch",
        "no recipe for drop (pkg.py:1): 40% of the CPU",
    )


def test_repeated_queries_are_told_with_their_figures_and_what_to_do_instead() -> None:
    evidence = (Evidence(dimension=Dimension.WALL_S, value=0.2, text="line 3 asked sqlite3 the same 40 times"),)
    asked = Interaction(kind=InteractionKind.REPEATED_QUERY, key=HOT, evidence=evidence, root_fix="one query")

    steps = next_steps(STATE, survey(interactions=(asked,)))

    assert steps[2] == "drop (pkg.py:1): line 3 asked sqlite3 the same 40 times. Instead: one query"


def test_a_fix_that_waits_for_agreement_is_no_missing_recipe() -> None:
    waiting = Candidate(
        source="recipe:x",
        key=HOT,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        expected_share=0.1,
        confidence=0.5,
        place_digest="",
    )
    (step,) = next_steps(STATE, survey(waiting=(waiting,)))[2:]
    assert step.startswith("a fix of drop (pkg.py:1) waits for your agreement")


def test_what_a_rule_sees_in_a_hot_function_is_handed_on_with_its_share(tmp_path: Path) -> None:
    text = "def drop(these, found):\n    found = list(found)\n    for one in these:\n        found.remove(one)\n"
    (tmp_path / "pkg.py").write_text(text)
    seen = remarks(Tree(root=tmp_path, import_roots=(".",), packages=("pkg",), source_paths=(".",)), [HOT])
    last = next_steps(STATE, survey(remarks=seen))[-1]
    assert last.startswith("drop (pkg.py:1), 40% of the CPU: `found.remove(…)` in a loop at pkg.py:4: keep a set")


def test_an_exponent_surely_above_linear_is_handed_on_with_its_interval() -> None:
    (step,) = next_steps(STATE, survey(growth(2.0, 1.8)))[3:]
    assert step.startswith("drop (pkg.py:1) grows with the input to the power 2.0 [1.8, 2.1] (quadratic)")
    assert next_steps(STATE, survey(growth(2.0, 1.2)))[3:] == ()


def test_a_scaling_test_is_kept_where_there_are_records_and_read_again(tmp_path: Path) -> None:
    scaling_record.keep(growth(2.0, 1.8), tmp_path)
    assert scaling_record.last(tmp_path) is None
    assert not list(tmp_path.iterdir())
    (tmp_path / ".codeflash" / "profiles").mkdir(parents=True)
    scaling_record.keep(growth(2.0, 1.8), tmp_path)
    assert scaling_record.last(tmp_path) == growth(2.0, 1.8)
    (tmp_path / ".codeflash" / "profiles" / "growth.json").write_text("{")
    assert scaling_record.last(tmp_path) is None


def test_a_scaling_test_is_never_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".codeflash").mkdir()
    (tmp_path / ".codeflash" / "profiles").symlink_to(tmp_path / "elsewhere")
    scaling_record.keep(growth(2.0, 1.8), tmp_path)
    assert not list((tmp_path / "elsewhere").iterdir())
