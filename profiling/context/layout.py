"""Where the project's importable code is: import roots, top-level packages, and the paths a fix may touch."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from profiling.context.manifest import Manifest, strings
from profiling.model import Tree

_NOT_SOURCE = frozenset(
    "tests test testing docs doc examples example benchmarks benchmark bench build dist scripts tools ci"
    " node_modules site venv env vendor third_party _vendor htmlcov".split()
)
_NOT_MODULES = frozenset("setup conftest noxfile tasks fabfile dodo wscript manage versioneer ez_setup".split())
_BENCH_OR_TEST = re.compile(r"(^|_)(test|tests|bench|benchmark|benchmarks|perf|profile)(_|$|\d)")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Code that is found together.

    Attributes:
        folders: where imports of it begin.
        names: its packages and modules.
        paths: of these, relative to the repository.
    """

    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def __add__(self, other: "_Source") -> "_Source":
        return _Source(
            folders=tuple(dict.fromkeys(self.folders + other.folders)),
            names=tuple(dict.fromkeys(self.names + other.names)),
            paths=tuple(dict.fromkeys(self.paths + other.paths)),
        )


def describe(root: Path, manifest: Manifest) -> Tree | None:
    """Return the tree with its import roots, or None when nothing importable is found.

    Declared places win, all that one setting names (`[tool.optimize] source`, `[tool.codeflash] module-root`, the build
    backend's); then `src/`; then packages and modules at the root that are neither tests, benchmarks nor tooling.
    """
    for found in _choices(root, manifest):
        if found.names:
            return Tree(root=root, import_roots=found.folders, packages=found.names, source_paths=found.paths)
    return None


def at(tree: Tree, root: Path) -> Tree:
    """Return the same layout at another checkout."""
    return Tree(root=root, import_roots=tree.import_roots, packages=tree.packages, source_paths=tree.source_paths)


def is_source_name(name: str) -> bool:
    """Say whether a folder of this name may hold the project's own code: not its tests, tooling or documents."""
    return bool(_IDENTIFIER.match(name)) and name not in _NOT_SOURCE


def is_inside(root: Path, place: str) -> bool:
    """Say whether a place that somebody names is there, and does not lead out of the repository."""
    try:
        path = (root / place).resolve(strict=True)
        return path.is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        # It is missing, no path at all, or a link in a circle.
        return False


def _choices(root: Path, manifest: Manifest) -> Iterator[_Source]:
    for setting in (
        manifest.table("tool", "optimize").get("source"),
        manifest.table("tool", "codeflash").get("module-root"),
    ):
        yield _joined(_declared(root, place) for place in strings(setting) if is_inside(root, place))
    where = strings(manifest.table("tool", "setuptools", "packages", "find").get("where"))
    yield _joined(_scan(root, place) for place in where if place != "." and is_inside(root, place))
    if (root / "src").is_dir() and not (root / "src" / "__init__.py").exists():
        yield _scan(root, "src")
    yield _hatch(root, manifest)
    yield _scan(root, ".")
    if (root / "lib").is_dir():
        yield _scan(root, "lib")


def _joined(sources: Iterable[_Source]) -> _Source:
    return sum((one for one in sources if one.names), start=_Source())


def _hatch(root: Path, manifest: Manifest) -> _Source:
    packages = strings(manifest.table("tool", "hatch", "build", "targets", "wheel").get("packages"))
    inside = (PurePosixPath(place) for place in packages if is_inside(root, place))
    return _joined(_Source(folders=(str(one.parent),), names=(one.name,), paths=(str(one),)) for one in inside)


def _declared(root: Path, place: str) -> _Source:
    """A declared place is a package (its parent is the import root), a module, or a folder of packages."""
    path = PurePosixPath(Path(place).as_posix())
    if (root / path / "__init__.py").exists() or (root / path).is_file():
        return _Source(folders=(str(path.parent),), names=(path.name.removesuffix(".py"),), paths=(str(path),))
    return _scan(root, str(path))


def _scan(root: Path, folder: str) -> _Source:
    names: list[str] = []
    paths: list[str] = []
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError:
        entries = []
    for entry in entries:
        name = entry.name.removesuffix(".py")
        if _is_source(entry, name):
            names.append(name)
            paths.append(entry.name if folder == "." else f"{folder}/{entry.name}")
    return _Source(folders=(folder,), names=tuple(names), paths=tuple(paths))


def _is_source(entry: "os.DirEntry[str]", name: str) -> bool:
    if not _IDENTIFIER.match(name) or entry.is_symlink():
        return False
    if entry.is_dir():
        return is_source_name(name) and Path(entry.path, "__init__.py").exists()
    return entry.name.endswith(".py") and name not in _NOT_MODULES and not _BENCH_OR_TEST.search(name)
