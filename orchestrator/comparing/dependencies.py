"""What a commit declares to depend on: whether two commits can share an environment, and what to install if not."""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.context import manifest
from profiling.context.manifest import Manifest, strings, text_of

# Groups and extras that what is measured may need: its tests and benchmarks are run with them.
_GROUPS = frozenset("dev test tests testing bench benchmark benchmarks perf".split())
_REQUIREMENT_FILES = re.compile(r"requirements([-_.](dev|tests?|testing|bench|benchmarks?|perf))?\.txt")
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_TEXT_LOCKS = ("Pipfile.lock", "environment.yml")
_PIN = re.compile(r"[A-Za-z0-9][\w.-]*")
_FROM_FILE = "file:"
_VERSION = re.compile(r"[A-Za-z0-9][\w.+!-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What one commit declares.

    Attributes:
        requirements: lines for an installer.
        files: requirement files, relative to the root.
        pins: `name==version` of a lock file, which hold what is installed to these versions.
        needs_build: the declaration is known to the build backend alone: the project itself has to be installed.
        extras: of the project, wanted with it where it has to be installed.
        declared: where it all was found, for people.
        digest: the same for two commits that can share an environment.
    """

    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    needs_build: bool = False
    extras: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    digest: str = ""

    @property
    def is_nothing(self) -> bool:
        """Say whether there is nothing to install."""
        return not (self.requirements or self.files or self.needs_build)


def read(root: Path) -> Dependencies:
    """Read what the tree at `root` declares; what can't be read counts by its text."""
    found = manifest.read(root)
    files = tuple(path.name for path in sorted(root.glob("*.txt")) if _REQUIREMENT_FILES.fullmatch(path.name))
    own = str(found.table("project").get("name", "")) or found.setup_cfg.get("metadata", {}).get("name", "")
    listed = [line for line in _requirements(found, root) if not line.startswith(_FROM_FILE)]
    requirements = tuple(dict.fromkeys(line for line in listed if not _names(line, own)))
    pins, locks = _locked(root)
    needs_build = _needs_build(found, root)
    texts = {name: _text(root / name) for name in (*files, *(one for one in _TEXT_LOCKS if (root / one).is_file()))}
    built = _build_declaration(found, root) if needs_build else ""
    # Of a project that is not built here a change of its build backend changes nothing that is run.
    digest = hashlib.sha256(json.dumps([sorted(requirements), texts, sorted(pins), built]).encode("utf-8", "replace"))
    return Dependencies(
        requirements=requirements,
        files=files,
        pins=pins,
        needs_build=needs_build,
        extras=tuple(sorted(set(found.table("project", "optional-dependencies")) & _GROUPS)),
        declared=(*_declared_in(found, root), *texts, *locks),
        digest=digest.hexdigest()[:16],
    )


def differences(base: Dependencies, head: Dependencies) -> tuple[str, ...]:
    """Return what differs in words, `-` for what only the base declares; a hint of the files where no line tells."""
    before, after = ({*one.requirements, *one.pins} for one in (base, head))
    lines = (*(f"-{line}" for line in sorted(before - after)), *(f"+{line}" for line in sorted(after - before)))
    return lines or tuple(sorted({*base.declared, *head.declared}))


def _requirements(found: Manifest, root: Path) -> Iterator[str]:
    project = found.table("project")
    yield from strings(project.get("dependencies"))
    optional = found.table("project", "optional-dependencies")
    for name in sorted(set(optional) & _GROUPS):
        yield from strings(optional[name])
    groups = found.table("dependency-groups")
    for name in sorted(set(groups) & _GROUPS):
        yield from _group(groups, name, frozenset())
    yield from _lines(found.setup_cfg.get("options", {}).get("install_requires", ""))
    extras = found.setup_cfg.get("options.extras_require", {})
    for name in sorted(set(extras) & _GROUPS):
        yield from _lines(extras[name])
    yield from _of_setup_py(root) or ()


def _names(line: str, project: str) -> bool:
    """Say whether a requirement names the project itself, as `proj[test]` among its own extras."""
    found = _PIN.match(line)
    return found is not None and _plain(found[0]) == _plain(project)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _group(groups: Mapping[str, object], name: str, above: frozenset[str]) -> Iterator[str]:
    """Yield the lines of a dependency group and of the groups that it includes (PEP 735)."""
    listed = groups.get(name)
    for item in listed if isinstance(listed, list) and name not in above else ():
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            yield from _group(groups, item["include-group"], above | {name})


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        kept = line.partition(" #")[0].strip()
        if kept and not kept.startswith("#"):
            yield kept


def _of_setup_py(root: Path) -> tuple[str, ...] | None:
    """Return `install_requires` of a setup.py that writes it as a list of strings; None where it is computed."""
    text = text_of(root / "setup.py")
    try:
        tree = ast.parse(text or "")
    except (SyntaxError, ValueError, RecursionError):
        return None
    keywords = [one for node in ast.walk(tree) if isinstance(node, ast.Call) for one in node.keywords]
    asked = next((one.value for one in keywords if one.arg == "install_requires"), None)
    if asked is None:
        return ()
    try:
        value = ast.literal_eval(asked)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return strings(list(value)) if isinstance(value, list | tuple) else None


def _needs_build(found: Manifest, root: Path) -> bool:
    is_dynamic = "dependencies" in strings(found.table("project").get("dynamic"))
    is_elsewhere = any(line.startswith(_FROM_FILE) for line in _requirements(found, root))
    is_poetry = bool(found.table("tool", "poetry", "dependencies")) and not found.table("project").get("dependencies")
    return is_dynamic or is_poetry or is_elsewhere or _of_setup_py(root) is None


def _build_declaration(found: Manifest, root: Path) -> str:
    poetry = [found.table("tool", "poetry", name) for name in ("dependencies", "group", "extras")]
    return repr([found.table("build-system"), *poetry]) + _text(root / "setup.py")


def _locked(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pins of the first lock file that can be read, and the files they are from."""
    for name in _LOCKS:
        text = text_of(root / name)
        if text is not None:
            return tuple(sorted(_pins(text))), (name,)
    return (), ()


def _pins(text: str) -> Iterator[str]:
    """Yield `name==version` of a lock's packages; one that has two versions, by markers, is left to the installer."""
    try:
        listed = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    packages = listed.get("package", listed.get("packages"))
    versions: dict[str, set[str]] = {}
    for one in packages if isinstance(packages, list) else ():
        name, version = (one.get("name"), one.get("version")) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and isinstance(version, str) and not _is_the_project(one):
            versions.setdefault(name, set()).add(version)
    for name, found in versions.items():
        if len(found) == 1 and _PIN.fullmatch(name) and _VERSION.fullmatch(next(iter(found))):
            yield f"{name}=={next(iter(found))}"


def _is_the_project(package: Mapping[str, object]) -> bool:
    source = package.get("source")
    return isinstance(source, dict) and bool({"editable", "virtual", "directory"} & source.keys())


def _declared_in(found: Manifest, root: Path) -> Iterator[str]:
    if found.pyproject:
        yield "pyproject.toml"
    if found.setup_cfg.get("options", {}).get("install_requires"):
        yield "setup.cfg"
    if (root / "setup.py").is_file():
        yield "setup.py"


def _text(path: Path) -> str:
    """Return a file's lines without comments; their order is kept, since an installer reads it."""
    return "\n".join(_lines(text_of(path) or ""))
