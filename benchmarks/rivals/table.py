"""Figures with their spread, and the tables they are shown in."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Values of several rounds, at least one."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Return the median."""
        return median(self.values)

    def text(self, unit: str = "", digits: int = 2) -> str:
        """Return the median with the range, `2.75x [2.61, 2.90]`; without a range for a single value."""
        shown = f"{self.middle:.{digits}f}{unit}"
        if len(self.values) == 1:
            return f"{shown} (one run)"
        return f"{shown} [{min(self.values):.{digits}f}, {max(self.values):.{digits}f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One bar: what was asked, what was measured, whether that meets it; None when there is no figure."""

    what: str
    bar: str
    measured: str
    is_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table.

    Attributes:
        method: how it was measured, in sentences.
        header, rows: the cells; every row is as long as the header.
        remarks: what a cell stands for that has no figure, one sentence each.
        findings: our bars.
    """

    title: str
    method: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def at_most(what: str, spread: Spread | None, limit: float, unit: str, digits: int = 2) -> Finding:
    """Return whether a median is at most a limit."""
    bar = f"at most {limit:g}{unit}"
    if spread is None:
        return Finding(what=what, bar=bar, measured="no figure", is_met=None)
    return Finding(what=what, bar=bar, measured=spread.text(unit, digits), is_met=spread.middle <= limit)


def at_least(what: str, spread: Spread | None, limit: float, unit: str, digits: int = 1) -> Finding:
    """Return whether a median is at least a limit."""
    bar = f"at least {limit:g}{unit}"
    if spread is None:
        return Finding(what=what, bar=bar, measured="no figure", is_met=None)
    return Finding(what=what, bar=bar, measured=spread.text(unit, digits), is_met=spread.middle >= limit)


def spread_of(values: Sequence[float]) -> Spread | None:
    """Return the spread of values, or None without any."""
    return Spread(values=tuple(values)) if values else None


def cell(spread: Spread | None, unit: str = "", digits: int = 2) -> str:
    """Return a spread as a cell, a dash without one."""
    return "-" if spread is None else spread.text(unit, digits)


def rendered(section: Section) -> str:
    """Return a section in Markdown."""
    parts = [f"### {section.title}", section.method, _table(section.header, section.rows)]
    if section.remarks:
        parts.append("\n".join(f"- {remark}" for remark in section.remarks))
    return "\n\n".join(parts) + "\n"


def summary(findings: Sequence[Finding]) -> str:
    """Return all bars in one table."""
    words = {True: "met", False: "MISSED", None: "not measured"}
    rows = [(each.what, each.bar, each.measured, words[each.is_met]) for each in findings]
    return _table(("what", "bar", "measured", ""), rows) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_escaped(each) for each in line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
