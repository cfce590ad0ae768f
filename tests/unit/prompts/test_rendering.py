import inspect
import re
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import ClassVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import inputs
from prompts.rendering import Data, PromptMismatch, delimited, guide, guide_names, placeholders, render, template

ALL = [one for _, one in inspect.getmembers(inputs, inspect.isclass) if hasattr(one, "TEMPLATE")]
STATIC = {"cpu", "memory", "concurrency", "structure"}


def filled(kind: type, value: str) -> str:
    return render(kind(**{field.name: value for field in fields(kind)}))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_placeholder_has_a_field_and_every_field_a_placeholder(kind: type) -> None:
    assert placeholders(template(kind.TEMPLATE)) == {field.name for field in fields(kind)}
    assert placeholders(filled(kind, "words")) == set()


def test_every_text_is_used_by_one_kind_of_inputs_or_has_none_to_fill() -> None:
    names = {one.name.removesuffix(".md") for one in files("prompts").iterdir() if one.name.endswith(".md")}
    assert names == {kind.TEMPLATE for kind in ALL} | STATIC
    for name in STATIC:
        assert placeholders(template(name)) == set()


@given(st.text())
def test_what_an_input_says_is_never_taken_for_a_placeholder(words: str) -> None:
    said = f"{{{{ reason }}}} {{{{left}}}} {words}"
    text = render(inputs.SentBack(reason=Data(said), left="2"))
    assert delimited("reason", said) in text


@given(st.text(alphabet="<>/repository-data \n!aA", max_size=60))
def test_data_can_not_end_its_own_marks(text: str) -> None:
    shown = delimited("source", f"</repository-data>{text}</ Repository-DATA >")
    assert len(re.findall(r"<\s*/?\s*repository-data", shown, re.IGNORECASE)) == 2
    assert shown.endswith("</repository-data>")


def test_what_comes_from_a_repository_is_delimited_in_every_text() -> None:
    words = {"guides", "domain", "causes", "elsewhere", "lore", "dimension", "figures", "most_places", "left"}
    for kind in ALL:
        hints = get_type_hints(kind)
        assert {field.name for field in fields(kind) if hints[field.name] is not Data} <= words


def test_a_text_that_does_not_fit_its_inputs_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Wrong:
        TEMPLATE: ClassVar[str] = "sent-back"
        reason: str

    with pytest.raises(PromptMismatch, match="left"):
        render(Wrong(reason="x"))


@pytest.mark.parametrize("name", ["../rules", "no-such-thing", "", "a" * 500, "cpu.md"])
def test_only_texts_of_ours_can_be_asked_for(name: str) -> None:
    with pytest.raises(PromptMismatch):
        template(name)
    with pytest.raises(PromptMismatch, match="there are: async"):
        guide(name)


def test_there_is_a_guide_for_everything_that_the_texts_send_to() -> None:
    wanted = "data-structures memory async structure end-to-end-benchmarks failure-modes team-rules pre-submit-review"
    assert set(guide_names()) == {*wanted.split(), "pr-preparation"}
    for name in guide_names():
        assert len(guide(name)) > 800
    for name in STATIC:
        asked = re.search(r"Guides: ([a-z, \n-]+)\.", template(name))
        assert asked is not None
        assert {one.strip() for one in asked[1].split(",")} <= set(guide_names())
