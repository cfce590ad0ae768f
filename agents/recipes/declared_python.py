"""Which versions of Python a project says it supports."""

import re
import tomllib
from pathlib import Path

from agents.recipes.once import once
from agents.recipes.project import Project

_MAX_BYTES = 200_000
_LEAST = re.compile(r"(?:>=|~=|\^|==|>)\s*3\.(\d+)")
_SETUP = re.compile(r"python_requires\s*=\s*([^\n]*)")


@once
def oldest_minor(project: Project) -> int | None:
    """Return the minor version of the oldest Python 3 that a project declares; None when it declares none.

    A declaration that is there and can't be understood counts as 3.0.
    """
    declared = [*_of_pyproject(_text(project, "pyproject.toml")), *_of_setup(project)]
    return min((_minor(text) for text in declared), default=None)


def _of_pyproject(text: str) -> list[str]:
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return [""]  # what it says can't be known
    poetry = _below(_below(_below(content, "tool"), "poetry"), "dependencies")
    found = (_below(content, "project").get("requires-python"), poetry.get("python"))
    return [str(one) for one in found if one is not None]


def _below(table: dict[str, object], name: str) -> dict[str, object]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _of_setup(project: Project) -> list[str]:
    return [found for file in ("setup.cfg", "setup.py") for found in _SETUP.findall(_text(project, file))]


def _minor(declared: str) -> int:
    found = _LEAST.search(declared)
    return int(found.group(1)) if found else 0


def _text(project: Project, file: str) -> str:
    path = Path(project.tree.root, file)
    try:
        if path.is_symlink() or path.stat().st_size > _MAX_BYTES:
            return "?"  # there, and not to be understood
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
