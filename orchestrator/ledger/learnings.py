"""learnings.md: what holds beyond this session, a bullet a lesson, each said once."""

import re
from collections.abc import Iterable
from pathlib import Path

from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import read_record

_TITLE = "# Learnings\n"
_BULLET = re.compile(r"^[-*+]\s+(.*\S)\s*$")


def read(path: Path) -> tuple[str, ...]:
    """Return the lessons of every session, in the order written; none when there is no file.

    Raises:
        RecordsDamaged: it can't be read as text.
    """
    return parse(read_record(path) or "")


def parse(text: str) -> tuple[str, ...]:
    """Return the bullets of a text, without their marks; other lines are the reader's."""
    found = (_BULLET.match(line) for line in text.splitlines())
    return tuple(match.group(1) for match in found if match)


def append(path: Path, heading: str, lessons: Iterable[str]) -> tuple[str, ...]:
    """Add lessons that are not there yet under a session's heading, and return those that were added.

    Nothing that stands in the file is changed; a heading that is already there is used again.

    Raises:
        RecordsDamaged: the file can't be read as text; it is left as it is.
        NotWritable: the folder refuses.
    """
    text = read_record(path) or _TITLE
    known = {_comparable(lesson) for lesson in parse(text)}
    added = []
    for lesson in map(_one_line, lessons):
        if lesson and _comparable(lesson) not in known:
            known.add(_comparable(lesson))
            added.append(lesson)
    if added:
        write_text(path, _with_section(text, f"## {_one_line(heading)}", added))
    return tuple(added)


def _with_section(text: str, heading: str, lessons: list[str]) -> str:
    lines, bullets = text.rstrip("\n").split("\n"), [f"- {lesson}" for lesson in lessons]
    if heading not in lines:
        return "\n".join([*lines, "", heading, "", *bullets]) + "\n"
    start = lines.index(heading) + 1
    end = next((place for place in range(start, len(lines)) if lines[place].startswith("#")), len(lines))
    while end > start and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], *bullets, *lines[end:]]) + "\n"


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _comparable(lesson: str) -> str:
    return _one_line(lesson).casefold().rstrip(".")
