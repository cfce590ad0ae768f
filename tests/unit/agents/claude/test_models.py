from pathlib import Path

import pytest

from agents.claude._client import Usage
from agents.claude.models import BadModels, load


def test_every_role_of_the_shipped_file_asks_a_model_that_it_prices() -> None:
    models = load()
    for role in ("lead", "specialist", "reviewer"):
        card = models.card(models.named(role))
        assert card.price is not None
        assert card.window_tokens > card.max_output_tokens
    assert models.prices_as_of.startswith("2026-")


def test_dollars_are_tokens_times_the_price_of_their_kind() -> None:
    usage = Usage(
        input_tokens=1_000_000,
        output_tokens=100_000,
        cache_read_tokens=2_000_000,
        cache_write_5m_tokens=400_000,
        cache_write_1h_tokens=500_000,
    )
    assert load().card("claude-opus-5-5").usd(usage) == pytest.approx(4 + 2 + 0.4 + 2 + 4)


def test_a_long_prompt_is_charged_at_its_own_price_for_all_its_tokens() -> None:
    card = load().card("claude-haiku-5-5")
    assert card.usd(Usage(input_tokens=100_000, output_tokens=1000)) == pytest.approx(0.01 + 0.0005)
    assert card.usd(Usage(input_tokens=50_000, cache_read_tokens=50_001)) == pytest.approx(0.025 + 0.05 * 0.050001)


def test_names_of_other_providers_and_dated_ones_are_known_by_what_they_share() -> None:
    models = load()
    assert models.card("anthropic.claude-opus-5-5-v1:0") == models.card("claude-opus-5-5")
    assert models.card("claude-haiku-4-5@20251001") == models.card("claude-haiku-4-5")
    assert models.card("someone-elses-model").usd(Usage(input_tokens=1)) is None


def test_one_model_can_serve_every_role() -> None:
    assert set(load().all_roles_ask("claude-sonnet-5").roles.values()) == {"claude-sonnet-5"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = [", "can't be read"),
        ('prices_as_of = "d"\n[roles]\nlead = "m"\n[models]', "no model for specialist"),
        ('prices_as_of = "d"\n[roles]\nboss = "m"\n[models]', "roles.boss"),
        ('prices_as_of = "d"\n[roles]\n[models.m]\nwindow_tokens = 0', "models.m.window_tokens"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text)
    with pytest.raises(BadModels, match=said) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModels, match="can't be read"):
        load(tmp_path / "none.toml")
