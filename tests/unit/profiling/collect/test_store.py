import json
from dataclasses import replace
from pathlib import Path

import pytest

from profiling.collect import store
from profiling.profile import Profile


def test_what_is_written_is_what_is_read(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "profiles" / "base.json"

    store.write(profile, path)
    store.write(replace(profile, samples=901), path)

    assert store.read(path) == replace(profile, samples=901)
    assert [each.name for each in path.parent.iterdir()] == ["base.json"]


def test_a_torn_file_is_named(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    store.write(profile, path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(store.ProfileDamaged, match=r"base\.json is no JSON"):
        store.read(path)


@pytest.mark.parametrize("content", [{"schema_version": 99}, {}, []])
def test_another_schema_version_is_told_apart_from_damage(content: object, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps(content))

    with pytest.raises(store.ProfileDamaged, match="schema version"):
        store.read(path)


def test_a_file_with_a_field_of_the_wrong_kind_is_refused(profile: Profile, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    store.write(profile, path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "samples": "many"}))

    with pytest.raises(store.ProfileDamaged, match="no whole profile"):
        store.read(path)
