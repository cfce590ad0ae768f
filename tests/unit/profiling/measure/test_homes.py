import os
import socket
from pathlib import Path

import pytest

from profiling.measure.homes import furnish, keep


def test_a_home_is_empty_and_leads_everything_there(tmp_path: Path) -> None:
    env = furnish(tmp_path, None)

    assert {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"} <= set(env)
    assert all(Path(value).is_dir() and Path(value).is_relative_to(tmp_path) for value in env.values())
    assert not [name for _, _, files in os.walk(tmp_path) for name in files]


def test_both_sides_begin_with_what_the_base_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived, kept, fresh = (tmp_path / name for name in ("lived", "kept", "fresh"))
    for folder in (lived, kept, fresh):
        folder.mkdir()
    env = furnish(lived, None)
    Path(env["XDG_CACHE_HOME"], "fonts.json").write_text("[]", encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(lived)  # sockets need a short path
        server.bind("home/left")

    home = keep(lived, kept)
    copied = furnish(fresh, home)

    assert home is not None
    assert Path(copied["XDG_CACHE_HOME"], "fonts.json").read_text(encoding="utf-8") == "[]"
    assert not Path(copied["HOME"], "left").exists()


def test_a_home_that_nobody_used_is_not_kept(tmp_path: Path) -> None:
    furnish(tmp_path, None)

    assert keep(tmp_path, tmp_path.parent) is None


def test_a_home_that_is_too_full_to_copy_is_not_kept(tmp_path: Path) -> None:
    env = furnish(tmp_path, None)
    with Path(env["HOME"], "large").open("wb") as file:
        file.truncate(100 * 2**20)

    assert keep(tmp_path, tmp_path.parent) is None


def test_a_temporary_folder_too_deep_for_sockets_is_not_forced_on_a_program(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60)
    deep.mkdir()

    assert "TMPDIR" not in furnish(deep, None)
    assert "HOME" in furnish(deep, None)
