"""One finding in one package, the first of many by the scanner's rank, and the tables of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.scan.finding import CodeFinding
from agents.scan.tree import rank
from benchmarks.scan_precision.packages import Package
from benchmarks.scan_precision.verdicts import Looked, Name, Verdict

MOST_BAD = 0.10
_BEFORE, _AFTER = 14, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding in one package."""

    package: Package
    root: Path
    finding: CodeFinding

    @property
    def name(self) -> Name:
        """Return what its verdict is kept under."""
        return Name(package=self.package.name, version=self.package.version, fingerprint=self.finding.fingerprint)

    @property
    def unjudged(self) -> Looked:
        """Return the line for the file of verdicts of one that was not looked at."""
        return Looked(
            package=self.package.name,
            version=self.package.version,
            file=self.finding.key.file,
            line=self.finding.line,
            rule=self.finding.rule,
            function=self.finding.key.qualname,
            fingerprint=self.finding.fingerprint,
            verdict=Verdict.USELESS,
            reason="not looked at yet",
        )


def first(found: Iterable[Found], *, all_together: int, of_each: int | None = None) -> list[Found]:
    """Return the first by the scanner's rank, over all packages.

    Args:
        found: in any order.
        all_together: how many at most.
        of_each: how many of one package at most, so that none fills the list; None for no such limit.
    """
    taken: Counter[str] = Counter()
    shown: list[Found] = []
    for one in sorted(found, key=lambda one: (rank(one.finding)[:-3], one.package.name, rank(one.finding))):
        if of_each is None or taken[one.package.name] < of_each:
            taken[one.package.name] += 1
            shown.append(one)
    return shown[:all_together]


def table(shown: Sequence[Found], known: Mapping[Name, Looked]) -> Iterator[str]:
    """Yield the findings with their verdicts, as a table for the documentation."""
    yield "| | package | place | rule | verdict | why |"
    yield "|--:|---|---|---|---|---|"
    for number, one in enumerate(shown, start=1):
        looked = known.get(one.name)
        told = f"{looked.verdict} | {looked.told}" if looked else "not looked at | "
        place = f"`{one.finding.key.file}:{one.finding.line}`"
        package = f"{one.package.name} {one.package.version}"
        yield f"| {number} | {package} | {place} | {one.finding.rule} | {told} |"


def sources(shown: Sequence[Found]) -> Iterator[str]:
    """Yield each finding with the source around it."""
    for number, one in enumerate(shown, start=1):
        finding = one.finding
        yield f"### {number} {one.package.name} {finding.key.file}:{finding.line} [{finding.rule}] {finding.message}"
        lines = (one.root / finding.key.file).read_text(encoding="utf-8", errors="replace").splitlines()
        top = max(finding.key.first_line - 1, finding.line - _BEFORE, 0)
        for place in range(top, min(finding.line + _AFTER, len(lines))):
            mark = ">" if place + 1 == finding.line else " "
            yield f"{place + 1:6}{mark} {lines[place]}"


def moved(found: Iterable[Found], looked: Iterable[Looked], chosen: Sequence[Package]) -> Iterator[str]:
    """Say which verdicts no longer have a finding: the scanner, or the package, has changed since."""
    there = {one.name for one in found}
    versions = {one.name: one.version for one in chosen}
    for one in looked:
        if one.package not in versions:
            continue
        if one.version != versions[one.package]:
            yield f"of another version: {one.package} {one.version}, now {versions[one.package]}: {one.file}:{one.line}"
        elif one.name not in there:
            yield f"no longer heard: {one.package} {one.file}:{one.line} [{one.rule}] ({one.verdict})"


def by_rule(shown: Sequence[Found], known: Mapping[Name, Looked]) -> Iterator[str]:
    """Yield one line a rule: how many of its findings were right, useless and wrong."""
    verdicts = [(one.finding.rule, known[one.name].verdict) for one in shown if one.name in known]
    for rule in sorted({rule for rule, _ in verdicts}):
        counts = Counter(verdict for of, verdict in verdicts if of == rule)
        yield f"{rule}: {', '.join(f'{counts[verdict]} {verdict}' for verdict in Verdict if counts[verdict])}"


def bad_share(shown: Sequence[Found], known: Mapping[Name, Looked]) -> float:
    """Return the share of the findings looked at that are wrong or useless; 0 of none."""
    looked = [known[one.name] for one in shown if one.name in known]
    return sum(one.verdict is not Verdict.RIGHT for one in looked) / len(looked) if looked else 0.0
