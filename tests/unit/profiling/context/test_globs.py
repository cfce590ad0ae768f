import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.context.globs import index_of, pattern_of

NAMES = st.text("ab._", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PARTS = st.one_of(st.just("**"), st.text("ab.*?", min_size=1, max_size=4).filter(lambda part: part not in (".", "..")))
GLOBS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def _slow(path: str, glob: str) -> bool:
    """The meaning, spelled out: `**` stands for any folders, `*` and `?` stay inside one name."""

    def fits(names: tuple[str, ...], parts: tuple[str, ...]) -> bool:
        if not parts:
            return not names
        if parts[0] == "**":
            if len(parts) == 1:
                return bool(names)
            return any(fits(names[skipped:], parts[1:]) for skipped in range(len(names)))
        regex = re.escape(parts[0]).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        return bool(names) and bool(re.fullmatch(regex, names[0])) and fits(names[1:], parts[1:])

    return fits(PurePosixPath(path).parts, tuple(glob.split("/")))


@settings(max_examples=60)
@given(st.lists(PATHS, unique=True, max_size=12), GLOBS)
def test_the_index_finds_what_a_glob_means(paths: list[str], glob: str) -> None:
    found = set(index_of(paths).matching(pattern_of(glob)))
    assert found == {path for path in paths if _slow(path, glob)}


@pytest.mark.parametrize("glob", ["", "/etc/passwd", "../x", "a/../b", "."])
def test_a_glob_that_leaves_the_root_is_refused(glob: str) -> None:
    with pytest.raises(ValueError, match="names nothing under the root"):
        pattern_of(glob)


def test_a_path_without_wildcards_is_literal_however_it_is_written() -> None:
    assert pattern_of("./a//b.toml").text == "a/b.toml"
    assert pattern_of("./a//b.toml").is_literal
    assert not pattern_of("**/*.py").is_literal
