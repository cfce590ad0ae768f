from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import SettingsError
from orchestrator.ledger.conventions import Conventions, load, parse, render_default
from profiling.model import Dimension, Domain

FULL = """---
focus: [memory, "src/core/**"]
exclusions: vendor/**
guard: make check ARGS='a b'
weights: {peak_mib: 2, cpu_s: 0.5}
untouchable: [import_s]
---

Keep it readable.
"""


def test_everything_can_be_said() -> None:
    found = parse(FULL)

    assert (found.focus_domains, found.focus_paths) == ((Domain.MEMORY,), ("src/core/**",))
    assert found.exclusions == ("vendor/**",)
    assert found.guard is not None
    assert found.guard.argv == ("make", "check", "ARGS=a b")
    assert (found.weight(Dimension.PEAK_MIB), found.weight(Dimension.CPU_S), found.weight(Dimension.GC_S)) == (
        2,
        0.5,
        1,
    )
    assert found.untouchable == (Dimension.IMPORT_S,)
    assert found.prose == "Keep it readable."


def test_nothing_needs_to_be_said(tmp_path: Path) -> None:
    assert load(tmp_path / "none", tmp_path / "neither") == Conventions()
    assert parse("") == Conventions()
    assert parse("Only prose.\n---\n") == Conventions(prose="Only prose.\n---")


def test_the_default_changes_nothing_and_names_every_key_and_dimension() -> None:
    found = parse(render_default())

    assert (found.focus, found.exclusions, found.guard, found.weights, found.untouchable) == ((), (), None, {}, ())
    assert all(dimension in render_default() for dimension in Dimension)
    assert all(domain in render_default() for domain in Domain)


def test_the_project_goes_over_its_parent_key_by_key(tmp_path: Path) -> None:
    project, parent = tmp_path / "project.md", tmp_path / "parent.md"
    parent.write_text("---\nguard: make all\nuntouchable: [peak_mib]\n---\nFor all projects.\n")
    project.write_text("---\nguard: make mine\nfocus: [cpu]\n---\nFor this one.\n")

    found = load(project, parent)

    assert found.guard is not None
    assert found.guard.argv == ("make", "mine")
    assert (found.untouchable, found.focus) == ((Dimension.PEAK_MIB,), ("cpu",))
    assert found.prose == "For all projects.\n\nFor this one."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("weigths: {}", "unknown key 'weigths'"),
        ("focus: {cpu: 1}", "focus is {'cpu': 1}"),
        ("focus: [1]", r"focus is \[1\]"),
        ("exclusions: [../other]", "exclusions holds '../other'"),
        ("exclusions: [/etc]", "exclusions holds '/etc'"),
        ("guard: [a, b]", r"guard is \['a', 'b'\]"),
        ("guard: 'a \"b'", "guard is"),
        ("guard: ''", "guard is ''"),
        ("weights: 3", "weights is 3"),
        ("weights: {speed: 1}", "weights names 'speed'"),
        ("weights: {cpu_s: -1}", "the weight of cpu_s is -1"),
        ("weights: {cpu_s: .nan}", "the weight of cpu_s is nan"),
        ("weights: {cpu_s: true}", "the weight of cpu_s is True"),
        ("untouchable: [speed]", "untouchable names 'speed'"),
        ("a: [", "line 3: expected the node content"),
    ],
)
def test_a_value_that_can_not_be_used_is_named_with_its_file(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "conventions.md"
    path.write_text(f"---\n{line}\n---\n")

    with pytest.raises(SettingsError, match=message) as caught:
        load(tmp_path / "none", path)

    assert str(path) in str(caught.value)
    assert caught.value.hint


@given(text=st.text())
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n", f"---\nweights: {text}\n---\n"):
        assert _said(whole).startswith(("Conventions(", "conventions.md: "))


def _said(text: str) -> str:
    try:
        return repr(parse(text))
    except SettingsError as error:
        return str(error)
