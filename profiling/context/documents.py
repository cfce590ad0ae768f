"""What people wrote down for those who change the project, and the dependencies that matter for its speed."""

from pathlib import Path

from profiling.context.manifest import Manifest

_DOCUMENTS = ("CLAUDE.md", "AGENTS.md", "CONTRIBUTING.md", ".github/CONTRIBUTING.md")
PACKAGE_MANAGERS = (
    ("uv.lock", "uv"),
    ("poetry.lock", "poetry"),
    ("pdm.lock", "pdm"),
    ("Pipfile.lock", "pipenv"),
    ("Pipfile", "pipenv"),
    ("environment.yml", "conda"),
)
# Libraries whose own time often dominates a profile, or whose use decides a data structure.
_SPEED_DEPENDENCIES = frozenset(
    "numpy pandas polars pyarrow scipy numba cython pydantic orjson ujson msgspec lxml regex sqlalchemy django fastapi"
    " aiohttp httpx requests uvloop redis pillow scikit-learn torch networkx attrs libcst pyyaml jinja2".split()
)


def documents(root: Path) -> tuple[str, ...]:
    """Return the documents that exist, relative to the root; `codeflash_profile.md` also from the parent folder."""
    found = [name for name in _DOCUMENTS if (root / name).is_file()]
    for folder, name in ((root, "codeflash_profile.md"), (root.parent, "../codeflash_profile.md")):
        if (folder / "codeflash_profile.md").is_file():
            found.append(name)
            break
    return tuple(found)


def package_manager(root: Path) -> str:
    """Return the package manager by its lock file, `pip` when there is none."""
    return next((manager for file, manager in PACKAGE_MANAGERS if (root / file).exists()), "pip")


def speed_dependencies(manifest: Manifest) -> tuple[str, ...]:
    """Return the declared dependencies that often decide speed, sorted."""
    return tuple(sorted(manifest.requirements & _SPEED_DEPENDENCIES))
