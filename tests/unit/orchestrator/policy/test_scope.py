import pytest

from orchestrator.policy.scope import violation

SOURCES = ("src/pkg", "mod.py")


@pytest.mark.parametrize("file", ["src/pkg/a.py", "src/pkg/sub/b.py", "mod.py"])
def test_source_files_may_be_changed(file: str) -> None:
    assert violation([file], SOURCES) is None


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("src/other/a.py", "not under"),
        ("/src/pkg/a.py", "outside"),
        ("src/pkg/../../x.py", "outside"),
        ("src/pkg/.hidden/a.py", "configuration"),
        (".codeflash/a.py", "configuration"),
        ("src/pkg/data.json", "not source"),
        ("setup.py", "not source"),
        ("src/pkg/tests/test_a.py", "judges"),
        ("src/pkg/tests/helper.py", "judges"),
        ("src/pkg/conftest.py", "judges"),
        ("src/pkg/bench_io.py", "judges"),
        ("src/pkgs.py", "not under"),
    ],
)
def test_what_is_not_source_or_judges_the_change_may_not_be_touched(file: str, why: str) -> None:
    found = violation(["mod.py", file], SOURCES)
    assert found is not None
    assert why in found
