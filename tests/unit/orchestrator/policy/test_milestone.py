import pytest

from orchestrator.policy.milestone import is_due, tag_name


@pytest.mark.parametrize(("keeps", "due"), [(0, False), (2, False), (3, True), (5, True)])
def test_a_milestone_is_due_from_three_keeps_on(keeps: int, due: bool) -> None:
    assert is_due(keeps) is due


@pytest.mark.parametrize(("keeps", "due"), [(3, False), (4, False), (5, True), (6, True)])
def test_while_keep_follows_keep_it_waits_for_five(keeps: int, due: bool) -> None:
    assert is_due(keeps, last_was_kept=True) is due


def test_its_tag_carries_its_number() -> None:
    assert tag_name(2) == "codeflash/optimize-v2"
