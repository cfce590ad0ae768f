"""Which files a probe names: `pyproject.toml`, `**/*.py`, `.github/workflows/*.yml`; matched by an index."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One glob from the root.

    Attributes:
        text: as normalised.
        is_literal: it names one path.
        name: of the file, where the glob says it whole: `**/conftest.py`.
        suffix: of the file, where the glob ends so: `**/*.py`.
        regex: what a whole path must match, None where name or suffix say all.
    """

    text: str
    is_literal: bool
    name: str | None
    suffix: str | None
    regex: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIndex:
    """Paths by their names and suffixes, so that a glob need not be held against every one of 50,000."""

    files: tuple[str, ...]
    by_name: Mapping[str, list[str]]
    by_suffix: Mapping[str, list[str]]

    def matching(self, pattern: Pattern) -> Iterable[str]:
        """Return the paths that a glob names."""
        among: Iterable[str] = self.files
        if pattern.name is not None:
            among = self.by_name.get(pattern.name, ())
        elif pattern.suffix is not None:
            among = self.by_suffix.get(pattern.suffix, ())
        if pattern.regex is None:
            return among
        fits = pattern.regex.fullmatch
        return [path for path in among if fits(path)]


def index_of(files: Iterable[str]) -> FileIndex:
    """Return the index of some paths with POSIX separators."""
    kept = tuple(files)
    by_name: dict[str, list[str]] = defaultdict(list)
    by_suffix: dict[str, list[str]] = defaultdict(list)
    for path in kept:
        name = path.rpartition("/")[2]
        by_name[name].append(path)
        stem, dot, suffix = name.rpartition(".")
        if dot and stem:
            by_suffix[suffix].append(path)
    return FileIndex(files=kept, by_name=by_name, by_suffix=by_suffix)


@cache
def pattern_of(glob: str) -> Pattern:
    """Return a normalised glob.

    Raises:
        ValueError: it is empty, absolute, or leaves the root.
    """
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    if not parts or glob.startswith("/") or ".." in parts:
        raise ValueError(f"{glob!r} names nothing under the root")
    text, last = "/".join(parts), parts[-1]
    anywhere = parts[0] == "**" and len(parts) == 2
    name = last if not _WILD.search(last) else None
    suffix = last[2:] if last.startswith("*.") and not _WILD.search(last[2:]) and "." not in last[2:] else None
    says_all = anywhere and (name is not None or suffix is not None)
    return Pattern(
        text=text,
        is_literal=not _WILD.search(text),
        name=name,
        suffix=suffix,
        regex=None if says_all else re.compile("".join(_regex_of(parts))),
    )


def _regex_of(parts: list[str]) -> Iterable[str]:
    for number, part in enumerate(parts, 1):
        if part == "**":
            yield "(?:[^/]+/)*" if number < len(parts) else ".*"
            continue
        yield re.sub(r"\\\*", "[^/]*", re.escape(part)).replace(r"\?", "[^/]")
        if number < len(parts):
            yield "/"
