"""Makes a fix anew that a review undid, where a rule knows how: a cache that has no bound gets one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from agents.model import Brief, Finding, Patch, Proposal
from agents.specialists.reviewer import INVESTIGATE, ChangedFile, review
from agents.specialists.sharing import UNBOUNDED

CACHE_SIZE = 1024
"""Entries that a cache keeps which had no bound: what `functools` keeps at most by default, times eight."""

_BOUNDED = f"lru_cache(maxsize={CACHE_SIZE})"
_FORMS = (
    (re.compile(r"\blru_cache\(\s*(maxsize\s*=\s*)?None\s*\)"), _BOUNDED),
    (re.compile(r"(?<=@)functools\.cache\b(?!\()"), f"functools.{_BOUNDED}"),
    (re.compile(r"(?<=@)cache\b(?!\()"), _BOUNDED),
    (re.compile(r"(?<=from functools import )cache\b"), "lru_cache"),
)


def repairs(brief: Brief) -> Iterator[Proposal]:
    """Yield the undone fix of a brief in a form that gives its findings no reason; nothing where no rule has one."""
    undone = brief.undone
    if undone is None or {one.check for one in undone.findings} != {UNBOUNDED}:
        return
    patch = Patch(edits=tuple(replace(edit, new=_bounded(edit.new)) for edit in undone.proposal.patch.edits))
    if patch != undone.proposal.patch and not _is_doubtful(patch, brief.tree.root):
        proposal = undone.proposal
        yield replace(
            proposal,
            patch=patch,
            mechanism=f"{proposal.mechanism} At most {CACHE_SIZE} values are kept.",
            risk=f"undone by a review, {found_text(undone.findings)}: it has a bound now",
        )


def found_text(findings: tuple[Finding, ...]) -> str:
    """Return what was found in a fix, in a line."""
    return "; ".join(f"{one.claim} ({one.file}:{one.lines[0]})" for one in findings)


def _bounded(text: str) -> str:
    for form, bounded in _FORMS:
        text = form.sub(bounded, text)
    return text


def _is_doubtful(patch: Patch, root: Path) -> bool:
    """Say whether the new form gives reason for anything that has to be answered."""
    try:
        before = {file: _text(root / file) for file in patch.files}
        after = patch.apply(before)
        found = review(tuple(ChangedFile(file=file, before=before[file], after=after[file]) for file in patch.files))
    except (OSError, SyntaxError, ValueError):
        return True
    return any(one.confidence >= INVESTIGATE for one in found.findings)


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()
