"""What people wrote down for those who change the project, and the dependencies that matter for its speed."""

from pathlib import Path

from profiling.context.manifest import Manifest

DOCUMENTS = ("CLAUDE.md", "AGENTS.md", "CONTRIBUTING.md", ".github/CONTRIBUTING.md", "codeflash_profile.md")
"""What a session reads, by the paths that it reads: git need not track it."""
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


def with_profile(root: Path, documents: tuple[str, ...]) -> tuple[str, ...]:
    """Return documents of a repository, and the `codeflash_profile.md` of the folder above where it has none itself."""
    above = "codeflash_profile.md" not in documents and (root.parent / "codeflash_profile.md").is_file()
    return (*documents, "../codeflash_profile.md") if above else documents


def package_manager(root: Path) -> str:
    """Return the package manager by its lock file, `pip` when there is none."""
    return next((manager for file, manager in PACKAGE_MANAGERS if (root / file).exists()), "pip")


def speed_dependencies(manifest: Manifest) -> tuple[str, ...]:
    """Return the declared dependencies that often decide speed, sorted."""
    return tuple(sorted(manifest.requirements & _SPEED_DEPENDENCIES))
