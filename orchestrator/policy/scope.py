"""Which files a fix may touch: source only, never what judges it."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_JUDGES = re.compile(r"^(tests?|testing|benchmarks?|bench)$")
_JUDGING_FILE = re.compile(r"^(test_.*|.*_test|conftest|bench.*|.*_bench|.*_benchmark)\.py$")
_TOOLING = frozenset("setup.py noxfile.py tasks.py fabfile.py sitecustomize.py usercustomize.py".split())


_CONFIGURATION = frozenset(
    "pyproject.toml setup.cfg setup.py tox.ini pytest.ini .pytest.ini noxfile.py tasks.py fabfile.py sitecustomize.py"
    " usercustomize.py .coveragerc Makefile asv.conf.json".split()
)


def is_judge(file: str) -> bool:
    """Say whether a file (relative, POSIX separators) judges a change: tests, benchmarks, what configures them."""
    path = PurePosixPath(file)
    if path.name in _CONFIGURATION or path.suffix == ".pth" or _JUDGING_FILE.match(path.name):
        return True
    return path.suffix == ".py" and any(_JUDGES.match(part) for part in path.parts[:-1])


def violation(files: Iterable[str], source_paths: Iterable[str]) -> str | None:
    """Return why a fix may not touch these files, or None.

    Args:
        files: relative to the root, POSIX separators.
        source_paths: files and folders that count as source.
    """
    sources = [PurePosixPath(path) for path in source_paths]
    for file in files:
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts:
            return f"{file} is outside the repository"
        if any(part.startswith(".") for part in path.parts):
            return f"{file} is configuration"
        if path.suffix != ".py" or path.name in _TOOLING:
            return f"{file} is not source"
        if _JUDGING_FILE.match(path.name) or any(_JUDGES.match(part) for part in path.parts[:-1]):
            return f"{file} judges the change, so the change may not touch it"
        if not any(path == source or source in path.parents for source in sources):
            return f"{file} is not under {', '.join(map(str, sources))}"
    return None
