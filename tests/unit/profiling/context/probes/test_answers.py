"""What the probes answer on small repositories of different make."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from profiling.context.catalogue import PROBES
from profiling.context.coordinator import run
from profiling.context.probes.code_shape import estimated
from profiling.context.snapshot import take

_BY_NAME = {probe.name: probe for probe in PROBES}


@pytest.fixture
def answer(tmp_path: Path) -> Callable[[str, Mapping[str, str]], Mapping[str, Any]]:
    """Write files and ask one probe."""

    def asked(probe: str, files: Mapping[str, str]) -> Mapping[str, Any]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        (ran,) = run((_BY_NAME[probe],), take(tmp_path))
        assert ran.output.errors == ()
        return {**ran.output.schema_slice, "confidence": ran.output.confidence.value}

    return asked


Answer = Callable[[str, Mapping[str, str]], Mapping[str, Any]]


def test_languages_are_counted_by_files_and_folders_of_others_are_left_out(answer: Answer) -> None:
    found = answer(
        "language_stack",
        {"a.py": "", "b.ipynb": "", "c.rs": "", "d.txt": "", "node_modules/x/e.js": "", "build/f.c": "", ".git2": ""},
    )
    assert found["languages"] == [
        {"name": "python", "files": 2, "share": 0.6667},
        {"name": "rust", "files": 1, "share": 0.3333},
    ]
    assert (found["files"], found["notebooks"], found["confidence"]) == (5, 1, "high")


@pytest.mark.parametrize(
    ("files", "manager", "backend", "wants"),
    [
        (
            {"pyproject.toml": '[build-system]\nbuild-backend="flit_core.buildapi"\n[project]\nrequires-python=">=3"'},
            *("pip", "flit_core.buildapi", ">=3"),
        ),
        ({"uv.lock": "", "pyproject.toml": "[project]\n"}, "uv", None, None),
        ({"libs/a/uv.lock": "", "libs/a/pyproject.toml": ""}, "uv", None, None),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n'}, "poetry", None, "^3.10"),
        ({"pyproject.toml": "[tool.pdm]\nx = 1\n"}, "pdm", None, None),
        (
            {"setup.py": "from setuptools import setup\nWANTS = '>=3.8'\nsetup(name='p', python_requires=WANTS)\n"},
            *("pip", "setuptools.build_meta:__legacy__", ">=3.8"),
        ),
        (
            {"setup.cfg": "[options]\npython_requires = >=3.7\n", "Pipfile": ""},
            *("pipenv", "setuptools.build_meta:__legacy__", ">=3.7"),
        ),
    ],
)
def test_the_environment_is_read_from_what_is_declared(
    answer: Answer, files: Mapping[str, str], manager: str, backend: str | None, wants: str | None
) -> None:
    found = answer("python_environment", files)
    assert (found["package_manager"], found["build_backend"], found["requires_python"]) == (manager, backend, wants)


@pytest.mark.parametrize(
    ("files", "paths", "namespaces"),
    [
        ({"src/p/__init__.py": "", "tests/a/__init__.py": ""}, ["src/p"], []),
        ({"p/__init__.py": "", "p/q/__init__.py": ""}, ["p"], []),
        ({"src/company/p/__init__.py": ""}, None, ["src/company"]),
        ({"company/p/__init__.py": ""}, None, ["company"]),
        ({"part/pyproject.toml": "", "part/p/__init__.py": ""}, None, []),
    ],
)
def test_packages_and_namespace_packages_are_told_apart(
    answer: Answer, files: Mapping[str, str], paths: list[str] | None, namespaces: list[str]
) -> None:
    found = answer("python_environment", files)
    assert (found["source"] and found["source"]["paths"], found["namespace_packages"]) == (paths, namespaces)


def test_each_folder_that_can_be_installed_is_a_project_but_a_module_named_setup_and_those_of_tests(
    answer: Answer,
) -> None:
    files = ("libs/a/pyproject.toml", "libs/b/setup.py", "p/__init__.py", "p/setup.py", "tests/data/x/pyproject.toml")
    assert answer("python_environment", dict.fromkeys(files, ""))["projects"] == ["libs/a", "libs/b"]


_UNITTEST = "import unittest\nclass T(unittest.TestCase): pass\n"


@pytest.mark.parametrize(
    ("files", "framework", "command"),
    [
        ({"pytest.ini": "", "tests/test_a.py": ""}, "pytest", "python -m pytest -q tests"),
        ({"tox.ini": "[tox]\n[pytest]\n", "p/test_a.py": ""}, "pytest", "python -m pytest -q"),
        ({"a/tests/conftest.py": "", "a/tests/test_a.py": ""}, "pytest", "python -m pytest -q"),
        (
            {"pyproject.toml": '[dependency-groups]\ntest = ["pytest"]\n', "tests/test_a.py": _UNITTEST},
            *("pytest", "python -m pytest -q tests"),
        ),
        ({"tests/test_a.py": _UNITTEST}, "unittest", "python -m unittest discover -s tests"),
        (
            {"p/__init__.py": "", "p/test/__init__.py": "", "p/test/test_a.py": _UNITTEST},
            *("unittest", "python -m unittest discover -s p/test -t ."),
        ),
        (
            {"src/c/p/__init__.py": "", "src/c/p/tests/__init__.py": "", "src/c/p/tests/test_a.py": _UNITTEST},
            *("unittest", "python -m unittest discover -s src/c/p/tests -t src"),
        ),
        (
            {"manage.py": "", "shop/tests.py": "from django.test import TestCase\n"},
            *("django", "python manage.py test"),
        ),
        (
            {"p/__init__.py": "", "p/test/test_a.py": "from twisted.trial import unittest\n"},
            *("trial", "python -m twisted.trial p"),
        ),
        ({"settings.ini": "[DEFAULT]\nrequirements = nbdev\n", "nbs/a.ipynb": ""}, "nbdev", "nbdev_test"),
        ({"a.py": ""}, None, None),
    ],
)
def test_the_framework_is_as_configured_else_as_imported(
    answer: Answer, files: Mapping[str, str], framework: str | None, command: str | None
) -> None:
    found = answer("test_framework", files)
    assert (found["framework"], found["command"]) == (framework, command)
    assert bool(found["evidence"]) == (framework is not None)


def test_runners_are_named(answer: Answer) -> None:
    files = {"tox.ini": "[tox]\n", "noxfile.py": "", "Makefile": "test:\n\ttrue\n"}
    assert answer("test_framework", files)["runners"] == ["tox", "nox", "make"]


def test_benchmarks_are_suites_scripts_and_commands_the_best_first(answer: Answer) -> None:
    found = answer(
        "benchmark_candidates",
        {
            "pyproject.toml": '[project]\nscripts = {p = "p.cli:main"}\n[tool.optimize]\nworkload = "python w.py"\n',
            "benchmarks/asv.conf.json": "{}",
            "tests/test_speed.py": "def test_a(benchmark): benchmark(int)\n",
            "tests/test_text.py": "TEXT = 'def test_a(benchmark): pass'\n",
            "bench/test_all.py": "import pytest\npytestmark = pytest.mark.benchmark()\ndef test_b(): pass\n",
            "scripts/bench_it.py": "print(1)\n",
            "p/bench.py": "def only_defined(): pass\n",
        },
    )
    assert [(one["kind"], one["command"]) for one in found["candidates"]] == [
        ("declared", "python w.py"),
        ("script", "python scripts/bench_it.py"),
        ("asv", "asv run --config benchmarks/asv.conf.json"),
        ("pytest-benchmark", "python -m pytest -q bench/test_all.py --benchmark-only"),
        ("pytest-benchmark", "python -m pytest -q tests/test_speed.py --benchmark-only"),
        ("console_script", "p"),
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[tool.poetry.group.dev.dependencies]\nNumPy = "*"\n'},
        {"pyproject.toml": '[tool.hatch.envs.test]\ndependencies = ["numpy>=2"]\n'},
        {"pyproject.toml": '[tool.pdm.dev-dependencies]\ntest = ["numpy"]\n'},
        {"setup.py": "setup(install_requires=('numpy',))\n"},
        {"setup.py": "import setuptools\nEXTRAS = {'x': ['numpy']}\nsetuptools.setup(extras_require=EXTRAS)\n"},
        {"setup.cfg": "[options.extras_require]\nx =\n  numpy\n"},
        {"Pipfile": '[packages]\nnumpy = "*"\n'},
        {"requirements/base.txt": "numpy==2.0\n"},
        {"dev-requirements.txt": "numpy\n"},
    ],
)
def test_dependencies_are_found_wherever_they_are_declared(answer: Answer, files: Mapping[str, str]) -> None:
    assert answer("speed_dependencies", files)["dependencies"] == ["numpy"]


def test_a_project_is_no_dependency_of_its_own(answer: Answer) -> None:
    text = '[project]\nname = "requests"\noptional-dependencies = {all = ["requests[socks]", "httpx"]}\n'
    assert answer("speed_dependencies", {"pyproject.toml": text})["dependencies"] == ["httpx"]


def test_ci_says_systems_and_pythons_and_takes_no_other_number_for_one(answer: Answer) -> None:
    found = answer(
        "ci_config",
        {
            ".github/workflows/ci.yml": (
                "# python 3.6 is gone\nmatrix:\n  python-version:\n    - '3.9'\n    - \"3.14t\"\n"
                "  node: 3.8\n  run: pip install x==3.7\n"
            ),
            "tox.ini": "[tox]\nenvlist = py310, py311\n",
            ".gitlab-ci.yml": "script: pytest --benchmark-only\n",
        },
    )
    assert [one["name"] for one in found["systems"]] == ["github-actions", "gitlab"]
    assert found["python_versions"] == ["3.9", "3.10", "3.11", "3.14"]
    assert found["runs_benchmarks"]


def test_documents_are_named_for_whom_they_are(answer: Answer) -> None:
    files = ("README.rst", "README.de.md", "docs/AGENTS.md", "CLAUDE.md", ".github/CONTRIBUTING.md", "LICENSE.txt")
    assert answer("project_documents", dict.fromkeys(files, "")) == {
        "readme": ["README.rst"],
        "for_contributors": [".github/CONTRIBUTING.md"],
        "for_agents": ["CLAUDE.md", "docs/AGENTS.md"],
        "licence": ["LICENSE.txt"],
        "changes": [],
        "for_sessions": ["CLAUDE.md", ".github/CONTRIBUTING.md"],
        "confidence": "high",
    }


def test_async_code_is_counted_by_imports_at_the_start_of_lines(answer: Answer) -> None:
    found = answer(
        "async_frameworks",
        {
            "a.py": "import asyncio\nasync def f(): pass\n",
            "b.py": "class A:\n    async  def g(self):\n        from trio.abc import X\n",
            "c.py": "text = 'import anyio'\nimport triode\n",
        },
    )
    assert found["frameworks"] == [{"name": "asyncio", "files": 1}, {"name": "trio", "files": 1}]
    assert (found["coroutine_functions"], found["read_files"], found["is_whole"]) == (2, 3, True)


def test_entry_points_are_named_as_they_are_started(answer: Answer) -> None:
    found = answer(
        "entry_points",
        {
            "setup.py": "setup(entry_points={'console_scripts': ['one = p:main'], 'pytest11': ['x = p']})\n",
            "setup.cfg": "[options.entry_points]\nconsole_scripts =\n  two = p:run [extra]\n",
            "src/p/__main__.py": "",
            "libs/a-b/pyproject.toml": "",
            "libs/a-b/src/ab/__main__.py": "",
            "p/_vendor/x/__main__.py": "",
            "shop/wsgi.py": "",
        },
    )
    assert found["scripts"] == [{"name": "one", "target": "p:main"}, {"name": "two", "target": "p:run"}]
    assert found["modules"] == ["ab", "p"]
    assert (found["servers"], found["plugin_groups"]) == (["shop/wsgi.py"], ["pytest11"])


def test_the_shape_counts_lines_tests_and_extensions(answer: Answer) -> None:
    found = answer(
        "code_shape", {"p/a.py": "x\n" * 7, "tests/test_a.py": "y\n", "p/fast.pyx": "", "p/py.typed": "", "p/c.c": ""}
    )
    assert found["lines"] == {"count": 8, "low": 8, "high": 8, "read_files": 2}
    assert found["largest"][0] == {"path": "p/a.py", "lines": 7}
    assert (found["python_files"], found["test_files"], found["is_typed"]) == (2, 1, True)
    assert found["extension_sources"] == [{"language": "cython", "files": 1}, {"language": "c", "files": 1}]


def test_the_interval_of_estimated_lines_holds_the_truth_about_as_often_as_it_says() -> None:
    files = [(number * 7919) % 400 for number in range(3000)]
    held = 0
    for start in range(100):
        sample = [files[(start * 31 + step * 613) % 3000] for step in range(200)]
        found = estimated(sample, of=3000)
        held += found["low"] <= sum(files) <= found["high"]
    assert held >= 88


def test_nothing_is_estimated_from_nothing() -> None:
    assert estimated([], of=0) == {"count": 0, "low": 0, "high": 0, "read_files": 0}
