"""The project's own declarations: pyproject.toml, setup.cfg, setup.py and requirement files, read once, never run."""

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from profiling.context.setup_py import setup_arguments

_REQUIREMENT_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the project says of itself.

    Attributes:
        pyproject: parsed pyproject.toml, empty when there is none.
        setup_cfg: sections of setup.cfg.
        setup_py: what setup.py gives to setup() as plain literals.
        requirements: names of the dependencies declared anywhere, lower case, `-` for `_` and `.`.
        problems: files that could not be read, one sentence each.
    """

    pyproject: Mapping[str, object] = field(default_factory=dict)
    setup_cfg: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    setup_py: Mapping[str, object] = field(default_factory=dict)
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
    setup_py = setup_arguments(text_of(root / "setup.py") or "")
    pipfile = _toml(root / "Pipfile", problems)
    names = {
        *_declared(pyproject),
        *_listed(root),
        *_of_setup(setup_cfg, setup_py),
        *_keys(Manifest(pyproject=pipfile), ("packages",), ("dev-packages",)),
    }
    return Manifest(
        pyproject=pyproject,
        setup_cfg=setup_cfg,
        setup_py=setup_py,
        requirements=frozenset(names),
        problems=tuple(problems),
    )


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
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


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
    names = _lines("\n".join(strings(manifest.table("project").get("dependencies"))))
    for group in [
        *manifest.table("project", "optional-dependencies").values(),
        *manifest.table("dependency-groups").values(),
        *manifest.table("tool", "pdm", "dev-dependencies").values(),
        *(env.get("dependencies") for env in _tables(manifest.table("tool", "hatch", "envs"))),
        *(env.get("extra-dependencies") for env in _tables(manifest.table("tool", "hatch", "envs"))),
        manifest.table("tool", "uv").get("dev-dependencies"),
    ]:
        names |= _lines("\n".join(strings(group)))
    for group in _tables(manifest.table("tool", "poetry", "group")):
        names |= _keys(Manifest(pyproject=group), ("dependencies",))
    poetry = _keys(manifest, ("tool", "poetry", "dependencies"), ("tool", "poetry", "dev-dependencies"))
    return (names | poetry) - {"python"}


def _of_setup(setup_cfg: Mapping[str, Mapping[str, str]], setup_py: Mapping[str, object]) -> set[str]:
    options = setup_cfg.get("options", {})
    texts = [options.get("install_requires", ""), options.get("tests_require", "")]
    texts += setup_cfg.get("options.extras_require", {}).values()
    extras = setup_py.get("extras_require")
    groups = [setup_py.get("install_requires"), setup_py.get("tests_require")]
    groups += extras.values() if isinstance(extras, Mapping) else ()
    return _lines("\n".join([*texts, *("\n".join(strings(group)) for group in groups)]))


def _keys(manifest: Manifest, *paths: tuple[str, ...]) -> set[str]:
    return {_normal(name) for path in paths for name in manifest.table(*path)}


def _tables(of: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    return (value for value in of.values() if isinstance(value, Mapping))


def _listed(root: Path) -> set[str]:
    names: set[str] = set()
    for glob in ("*requirements*.txt", "requirements/*.txt"):
        for path in sorted(root.glob(glob))[:10]:
            names |= _lines(text_of(path) or "")
    return names


def _lines(text: str) -> set[str]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(("#", "-")))
    return {_normal(match[1]) for line in lines if (match := _REQUIREMENT_NAME.match(line))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
