import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.asking import NOTHING, Kind, effective, wanted


def test_nobody_is_asked_where_it_was_agreed_beforehand_or_in_ci() -> None:
    assert effective("all", unattended=True, at_terminal=True) == NOTHING


def test_a_terminal_asks_what_needs_agreement_and_nothing_else() -> None:
    found = effective(None, unattended=False, at_terminal=True)
    assert found.asks(Kind.EXPERIMENT, needs_agreement=True)
    assert not any(found.asks(kind) for kind in Kind)


def test_without_a_terminal_only_what_was_named_is_asked() -> None:
    assert effective(None, unattended=False, at_terminal=False) == NOTHING
    found = effective("experiment", unattended=False, at_terminal=False)
    assert [kind for kind in Kind if found.asks(kind)] == [Kind.EXPERIMENT]


@given(st.sets(st.sampled_from(Kind), min_size=1))
def test_exactly_the_kinds_that_are_named_are_asked_about(kinds: set[Kind]) -> None:
    found = wanted(" , ".join(kinds))
    assert {kind for kind in Kind if found.asks(kind)} == kinds


def test_all_is_every_kind_and_none_is_none() -> None:
    assert all(wanted("all").asks(kind) for kind in Kind)
    assert not any(wanted("none").asks(kind, needs_agreement=True) for kind in Kind)


@pytest.mark.parametrize("words", ["", "commits", "none,push", "experiment,,push"])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wanted(words)
