from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.comparing.dependencies import Dependencies, differences, read

PROJECT = """[project]
name = "shop"
version = "{version}"
dependencies = ["attrs>=23", "six=={six}"]
[project.optional-dependencies]
bench = ["pyperf"]
docs = ["sphinx"]
[dependency-groups]
test = ["pytest", {{include-group = "more"}}]
more = ["shop[bench]", "hypothesis"]
"""


def project(folder: Path, *, version: str = "1", six: str = "1.16.0", **files: str) -> Dependencies:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT.format(version=version, six=six))
    for name, text in files.items():
        (folder / name.replace("__", "-").replace("_", ".")).write_text(text)
    return read(folder)


def test_what_tests_and_benchmarks_need_is_installed_along_and_documentation_is_not(tmp_path: Path) -> None:
    found = project(tmp_path / "a", requirements__dev_txt="ruff\n")
    assert found.requirements == ("attrs>=23", "six==1.16.0", "pyperf", "pytest", "hypothesis")
    assert found.files == ("requirements-dev.txt",)
    assert not found.needs_build


def test_a_new_version_of_the_project_is_no_other_environment(tmp_path: Path) -> None:
    lock = (
        '[[package]]\nname="shop"\nversion="{}"\nsource={{editable="."}}\n[[package]]\nname="six"\nversion="1.16.0"\n'
    )
    one = project(tmp_path / "a", uv_lock=lock.format(1), requirements_txt="six  # pinned\n# old\n")
    other = project(tmp_path / "b", version="2", uv_lock=lock.format(2), requirements_txt="six\n")
    assert one.digest == other.digest
    assert one.pins == ("six==1.16.0",)


def test_another_pin_a_lock_or_a_requirement_file_is_another_environment(tmp_path: Path) -> None:
    plain = project(tmp_path / "a")
    changed = [
        project(tmp_path / "b", six="1.17.0"),
        project(tmp_path / "c", requirements_txt="six\n"),
        project(tmp_path / "d", uv_lock='[[package]]\nname="six"\nversion="1.15.0"\n'),
    ]
    assert len({one.digest for one in (plain, *changed)}) == 4
    assert differences(plain, changed[0]) == ("-six==1.16.0", "+six==1.17.0")
    assert differences(plain, changed[1]) == ("pyproject.toml", "requirements.txt")


def test_a_package_that_a_lock_holds_twice_is_left_to_the_installer(tmp_path: Path) -> None:
    lock = "".join(f'[[package]]\nname="numpy"\nversion="{version}"\n' for version in ("1.26.4", "2.1.0"))
    assert project(tmp_path / "a", poetry_lock=lock).pins == ()


def test_what_only_the_build_backend_knows_is_built(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("from setuptools import setup\nsetup(install_requires=open('r').read())\n")
    assert read(tmp_path).needs_build
    (tmp_path / "setup.py").write_text("from setuptools import setup\nsetup(install_requires=['six>=1'])\n")
    assert (read(tmp_path).needs_build, read(tmp_path).requirements) == (False, ("six>=1",))
    (tmp_path / "pyproject.toml").write_text("[tool.poetry.dependencies]\nsix = '^1.16'\n")
    assert read(tmp_path).needs_build


def test_a_repository_without_declarations_needs_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).is_nothing


@given(
    st.sampled_from(["pyproject.toml", "uv.lock", "setup.py", "setup.cfg", "requirements.txt"]), st.binary(max_size=80)
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_no_content_of_a_declaration_raises(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    (folder / name).write_bytes(content)
    assert len(read(folder).digest) == 16
