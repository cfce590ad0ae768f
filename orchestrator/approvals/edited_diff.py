"""Reads a unified diff that a person edited by hand back into a fix."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agents.model import Edit, Patch

_HUNK = re.compile(r"^@@ -(?P<start>\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_FILE = re.compile(r"^\+\+\+ (?:b/)?(?P<file>[^\t\n]+)")
_NO_NEWLINE = "\\ No newline at end of file"


class BadEdit(ValueError):
    """What was edited can't be taken; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hunk:
    """One hunk: where it says it begins (from 1), and its lines with their ends."""

    file: str
    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def patch_of(diff: str, read: Callable[[str], str]) -> Patch:
    """Return the fix that a diff describes. The counts in its hunks' heads need not be right.

    Args:
        diff: unified, as `Patch.diff` writes it.
        read: returns a file's text on the base.

    Raises:
        BadEdit: it is no diff, changes nothing, or its old lines do not stand in the file.
    """
    edits = [_edit(hunk, read(hunk.file)) for hunk in _hunks(diff) if hunk.old != hunk.new]
    if not edits:
        raise BadEdit("the diff changes nothing: reject it instead")
    for first, second in zip(_in_order(edits), _in_order(edits)[1:], strict=False):
        if first.file == second.file and first.start + len(first.old) > second.start:
            raise BadEdit(f"two hunks of {first.file} change the same lines")
    return Patch(edits=tuple(edits))


def _in_order(edits: list[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.file, edit.start))


def _hunks(diff: str) -> Iterator[_Hunk]:
    file, lines = "", diff.split("\n")
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if (named := _FILE.match(line)) is not None:
            file = named["file"]
        elif (head := _HUNK.match(line)) is not None:
            if not file:
                raise BadEdit("a hunk comes before the name of its file (+++ b/…)")
            end = _end_of(lines, place)
            yield _hunk(file, int(head["start"]), lines[place:end])
            place = end


def _end_of(lines: list[str], place: int) -> int:
    """Return where the body of a hunk ends: at the next head, or the name of another file."""
    while place < len(lines):
        is_file = lines[place].startswith("--- ") and place + 1 < len(lines) and lines[place + 1].startswith("+++ ")
        if lines[place].startswith("@@ ") or is_file:
            break
        place += 1
    return place


def _hunk(file: str, start: int, body: list[str]) -> _Hunk:
    while body and not body[-1]:
        # The file's own end, or blank lines below it.
        body = body[:-1]
    old: list[str] = []
    new: list[str] = []
    touched: tuple[list[str], ...] = ()
    for line in body:
        if line == _NO_NEWLINE:
            for side in touched:
                side[-1] = side[-1].removesuffix("\n")
            continue
        mark, text = line[:1] or " ", f"{line[1:]}\n"
        if mark not in " +-":
            raise BadEdit(f"a line of the diff begins with {mark!r}, not with a blank, + or -: {line[:60]!r}")
        touched = {" ": (old, new), "-": (old,), "+": (new,)}[mark]
        for side in touched:
            side.append(text)
    return _Hunk(file=file, start=start, old=tuple(old), new=tuple(new))


def _edit(hunk: _Hunk, text: str) -> Edit:
    lines = text.splitlines(keepends=True)
    length, wanted = len(hunk.old), list(hunk.old)
    # An addition to an empty stretch is said to begin at the line before it.
    said = hunk.start - 1 if length else hunk.start
    places = [place for place in range(len(lines) - length + 1) if lines[place : place + length] == wanted]
    place = said if said in places else places[0] if len(places) == 1 else None
    if place is None:
        shown = hunk.old[0].rstrip() if hunk.old else "nothing"
        where = "in several places" if places else "nowhere"
        raise BadEdit(
            f"{hunk.file}: the old lines of the hunk at line {hunk.start} stand {where} (first: {shown!r:.80})"
        )
    start = sum(map(len, lines[:place]))
    return Edit(file=hunk.file, start=start, old="".join(hunk.old), new="".join(hunk.new))
