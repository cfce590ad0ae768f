"""The project's own declarations: pyproject.toml, setup.cfg and requirement files, read once."""

import configparser
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_REQUIREMENT_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the project says of itself.

    Attributes:
        pyproject: parsed pyproject.toml, empty when there is none.
        setup_cfg: sections of setup.cfg.
        requirements: names of the dependencies declared anywhere, lower case, `-` for `_` and `.`.
        problems: files that could not be read, one sentence each.
    """

    pyproject: Mapping[str, object] = field(default_factory=dict)
    setup_cfg: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    requirements: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()

    def table(self, *path: str) -> Mapping[str, object]:
        """Return a table of pyproject.toml, empty when it is missing or is no table."""
        value: object = self.pyproject
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else {}


def read(root: Path) -> Manifest:
    """Read the declarations of the repository at `root`; what can't be read becomes a problem, not an error."""
    problems: list[str] = []
    pyproject = _toml(root / "pyproject.toml", problems)
    setup_cfg = _ini(root / "setup.cfg", problems)
    names = {*_declared(pyproject), *_listed(root), *_lines(setup_cfg.get("options", {}).get("install_requires", ""))}
    return Manifest(pyproject=pyproject, setup_cfg=setup_cfg, requirements=frozenset(names), problems=tuple(problems))


def text_of(path: Path) -> str | None:
    """Return a file's text, or None when it is missing, too large, not a regular file or not UTF-8."""
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def strings(value: object) -> tuple[str, ...]:
    """Return the strings of a list from a parsed file; of one string, itself; of anything else, nothing."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _toml(path: Path, problems: list[str]) -> Mapping[str, object]:
    text = text_of(path)
    if text is None:
        if path.exists():
            problems.append(f"{path.name} can't be read as UTF-8 text")
        return {}
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path.name}: {error}")
        return {}


def _ini(path: Path, problems: list[str]) -> dict[str, dict[str, str]]:
    text = text_of(path)
    if text is None:
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        problems.append(f"{path.name}: {error}".replace("\n", " "))
        return {}
    return {section: dict(parser[section]) for section in parser.sections()}


def _declared(pyproject: Mapping[str, object]) -> set[str]:
    manifest = Manifest(pyproject=pyproject)
    project = manifest.table("project")
    names = _lines("\n".join(strings(project.get("dependencies"))))
    for group in [
        *manifest.table("project", "optional-dependencies").values(),
        *manifest.table("dependency-groups").values(),
    ]:
        names |= _lines("\n".join(strings(group)))
    poetry = manifest.table("tool", "poetry", "dependencies")
    return names | {_normal(name) for name in poetry if name != "python"}


def _listed(root: Path) -> set[str]:
    names: set[str] = set()
    for path in sorted(root.glob("requirements*.txt"))[:10]:
        names |= _lines(text_of(path) or "")
    return names


def _lines(text: str) -> set[str]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(("#", "-")))
    return {_normal(match[1]) for line in lines if (match := _REQUIREMENT_NAME.match(line))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
