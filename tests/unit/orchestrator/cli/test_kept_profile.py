import os
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli.kept_profile import kept
from orchestrator.errors import UsageError
from orchestrator.ledger.layout import Layout
from profiling.collect import facts as facts_pass
from profiling.collect import store
from profiling.profile import SCHEMA_VERSION, Profile
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Layout(root=tmp_path).profiles_folder()


def written(path: Path, *, with_facts: bool, age_s: int = 0) -> Profile:
    profile = replace(profile_of(), schema_version=SCHEMA_VERSION)
    store.write(profile, path)
    os.utime(path, (1e9 - age_s, 1e9 - age_s))
    if with_facts:
        facts_pass.write(facts_of(expression_facts("one")), facts_pass.beside(path))
    return profile


def test_the_newest_profile_is_taken_with_the_facts_beside_it(folder: Path) -> None:
    profile = written(folder / "new.json", with_facts=True)
    written(folder / "old.json", with_facts=False, age_s=60)

    found = kept(folder.parents[1], None)

    assert found.profile == profile
    assert found.facts == facts_of(expression_facts("one"))
    assert found.name == ".codeflash/profiles/new.json (python bench.py)"


def test_without_facts_there_are_none_and_without_a_profile_nothing(folder: Path) -> None:
    assert kept(folder.parents[1], None).profile is None
    written(folder / "one.json", with_facts=False)

    assert kept(folder.parents[1], None).facts is None
    assert kept(folder.parents[1], str(folder / "one.json")).facts is None


def test_damaged_facts_are_named_where_they_are_asked_for_and_else_passed_over(folder: Path) -> None:
    written(folder / "new.json", with_facts=False)
    (folder / "new.facts.json").write_text("{")
    written(folder / "old.json", with_facts=False, age_s=60)

    assert kept(folder.parents[1], None).name.startswith(".codeflash/profiles/old.json")
    with pytest.raises(UsageError, match=r"new\.facts\.json"):
        kept(folder.parents[1], str(folder / "new.json"))
