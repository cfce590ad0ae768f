from pathlib import Path

import pytest

from profiling.context import layout, manifest


def _tree(root: Path, *files: str, pyproject: str = "") -> layout.Tree | None:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    if pyproject:
        (root / "pyproject.toml").write_text(pyproject)
    return layout.describe(root, manifest.read(root))


def test_a_src_layout_puts_src_on_the_import_path(tmp_path: Path) -> None:
    tree = _tree(tmp_path, "src/pkg/__init__.py", "setup.py", "tests/test_a.py")
    assert tree is not None
    assert (tree.import_roots, tree.packages, tree.source_paths) == (("src",), ("pkg",), ("src/pkg",))


def test_tests_benchmarks_and_tooling_are_not_source(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        "pkg/__init__.py",
        "tests/__init__.py",
        "bench.py",
        "my_benchmark.py",
        "test_x.py",
        "setup.py",
        "mod.py",
    )
    assert tree is not None
    assert tree.source_paths == ("mod.py", "pkg")
    assert tree.packages == ("mod", "pkg")


@pytest.mark.parametrize("section", ["optimize]\nsource", "codeflash]\nmodule-root"])
def test_a_declared_source_wins_over_what_is_found(tmp_path: Path, section: str) -> None:
    tree = _tree(tmp_path, "pkg/__init__.py", "code/inner/__init__.py", pyproject=f"[tool.{section} = 'code/inner'\n")
    assert tree is not None
    assert (tree.import_roots, tree.packages, tree.source_paths) == (("code",), ("inner",), ("code/inner",))


@pytest.mark.parametrize(
    "declared",
    [
        "[tool.optimize]\nsource = ['code/inner', 'lib/one.py', 'missing']\n",
        "[tool.codeflash]\nmodule-root = ['code/inner', 'lib/one.py']\n",
        "[tool.hatch.build.targets.wheel]\npackages = ['code/inner', 'lib/one.py']\n",
        "[tool.setuptools.packages.find]\nwhere = ['code', 'lib']\n",
    ],
)
def test_all_places_that_one_setting_names_are_source(tmp_path: Path, declared: str) -> None:
    tree = _tree(tmp_path, "pkg/__init__.py", "code/inner/__init__.py", "lib/one.py", pyproject=declared)
    assert tree is not None
    assert (tree.import_roots, tree.source_paths) == (("code", "lib"), ("code/inner", "lib/one.py"))
    assert {name.removesuffix(".py") for name in tree.packages} == {"inner", "one"}


def test_a_declared_source_outside_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.py").touch()
    repo = tmp_path / "repo"
    repo.mkdir()
    tree = _tree(repo, "pkg/__init__.py", pyproject="[tool.optimize]\nsource = '../outside'\n")
    assert tree is not None
    assert tree.source_paths == ("pkg",)


def test_hatch_packages_are_read_from_pyproject(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        "a/__init__.py",
        "b/__init__.py",
        "c/__init__.py",
        pyproject="[tool.hatch.build.targets.wheel]\npackages = ['a', 'b']\n",
    )
    assert tree is not None
    assert tree.packages == ("a", "b")


def test_a_repository_without_python_has_no_layout(tmp_path: Path) -> None:
    assert _tree(tmp_path, "README.md", "docs/conf.py") is None


def test_a_damaged_pyproject_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool\xff")
    read = manifest.read(tmp_path)
    assert read.problems == ("pyproject.toml can't be read as UTF-8 text",)
    (tmp_path / "pyproject.toml").write_text("[tool")
    assert "pyproject.toml: " in manifest.read(tmp_path).problems[0]


def test_requirements_are_found_wherever_they_are_declared(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project]\ndependencies = ['NumPy>=1', 'ruamel.yaml; python_version<\"4\"']\n"
        "[dependency-groups]\ndev = ['pytest_benchmark', {include-group = 'x'}]\n"
        "[tool.poetry.dependencies]\npython = '^3.9'\nlxml = '*'\n"
    )
    (tmp_path / "requirements-dev.txt").write_text("# no\n-r other.txt\nattrs==1\n")
    (tmp_path / "setup.cfg").write_text("[options]\ninstall_requires =\n    httpx\n")
    names = manifest.read(tmp_path).requirements
    assert names == {"numpy", "ruamel-yaml", "pytest-benchmark", "lxml", "attrs", "httpx"}
