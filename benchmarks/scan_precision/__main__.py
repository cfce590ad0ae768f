"""`python -m benchmarks.scan_precision FOLDER`: scan twenty packages, and hold the first findings against verdicts.

python -m benchmarks.scan_precision wheels                 the table, and what was not looked at
python -m benchmarks.scan_precision wheels --unproven      with the rules that are heard in a plan alone
python -m benchmarks.scan_precision wheels --source        with the source around each finding
python -m benchmarks.scan_precision wheels --held-out      the five packages that nothing was tuned on
python -m benchmarks.scan_precision wheels --rule list-as-queue --source
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.scan.finding import CodeFinding
from agents.scan.heat import Temperature
from agents.scan.tree import Wanted, rank, scan_tree
from benchmarks.scan_precision.packages import Package, Unfetched, fetched, packages
from benchmarks.scan_precision.verdicts import Looked, Verdict, read, render
from profiling.model import Tree

_TOP, _TOP_HELD_OUT = 50, 20
_MOST_BAD = 0.10
_BEFORE, _AFTER = 14, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding in one package."""

    package: Package
    root: Path
    finding: CodeFinding

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what its verdict is kept under."""
        return self.package.name, self.package.version, self.finding.fingerprint


def main() -> int:
    """Return 1 when too many of the first findings are wrong or useless, or one was not looked at."""
    asked = _arguments()
    chosen = [one for one in packages() if one.is_held_out == asked.held_out and one.name in (asked.only or one.name)]
    try:
        found = [one for package in chosen for one in _found(package, asked)]
    except Unfetched as error:
        print(error, file=sys.stderr)
        return 2
    shown = _first(found, asked)
    known = {(one.package, one.version, one.fingerprint): one for one in read()}
    unknown = [one for one in shown if one.name not in known]
    if asked.unknown:
        print(render(_unjudged(one) for one in unknown), end="")
        return int(bool(unknown))
    print("\n".join(_source(shown) if asked.source else _table(shown, known)))
    print("\n".join(_moved(found, known.values(), chosen) if asked.unproven else ()))
    return _summary(shown, known)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scan_precision",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the packages are kept here")
    parser.add_argument("--held-out", action="store_true", help="those that nothing was tuned on, the first 20 of each")
    parser.add_argument("--only", action="append", metavar="PACKAGE", help="one package; may be repeated")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="ID", help="all findings of a rule, heard or not"
    )
    parser.add_argument("--unproven", action="store_true", help="rules too that only a plan, or a profile, lets speak")
    parser.add_argument("--source", action="store_true", help="show the source around each finding")
    parser.add_argument(
        "--unknown", action="store_true", help="print what was not looked at, as lines for verdicts.tsv"
    )
    parser.add_argument("--top", type=int, metavar="N", help="findings; 50, or 20 of each package held out")
    return parser.parse_args()


def _found(package: Package, asked: argparse.Namespace) -> list[Found]:
    root = fetched(package, asked.folder)
    began = time.process_time()
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
    scanned = scan_tree(tree, Wanted(rules=frozenset(asked.rule), unproven=asked.unproven), Temperature())
    cpu_s = time.process_time() - began
    print(
        f"{package.name} {package.version}: {len(scanned.findings)} findings in {scanned.lines} lines, "
        f"{scanned.lines / cpu_s:.0f} lines a second of CPU time",
        file=sys.stderr,
    )
    return [Found(package=package, root=root, finding=one) for one in scanned.findings]


def _first(found: Sequence[Found], asked: argparse.Namespace) -> list[Found]:
    """Return the first by the scanner's rank, of all packages together or, held out, of each."""
    ranked = sorted(found, key=lambda one: (rank(one.finding)[:5], one.package.name, rank(one.finding)))
    if not asked.held_out:
        return ranked[: asked.top or _TOP]
    shown: list[Found] = []
    for package in {one.package.name: one.package for one in ranked}.values():
        shown += [one for one in ranked if one.package is package][: asked.top or _TOP_HELD_OUT]
    return shown


def _table(shown: Sequence[Found], known: dict[tuple[str, str, str], Looked]) -> Iterator[str]:
    yield "| | package | place | rule | verdict | why |"
    yield "|--:|---|---|---|---|---|"
    for number, one in enumerate(shown, start=1):
        looked = known.get(one.name)
        told = f"{looked.verdict} | {looked.reason}" if looked else "not looked at | "
        place = f"`{one.finding.key.file}:{one.finding.line}`"
        package = f"{one.package.name} {one.package.version}"
        yield f"| {number} | {package} | {place} | {one.finding.rule} | {told} |"


def _source(shown: Sequence[Found]) -> Iterator[str]:
    for number, one in enumerate(shown, start=1):
        finding = one.finding
        yield f"### {number} {one.package.name} {finding.key.file}:{finding.line} [{finding.rule}] {finding.seen}"
        lines = (one.root / finding.key.file).read_text(encoding="utf-8", errors="replace").splitlines()
        first = max(finding.key.first_line - 1, finding.line - _BEFORE, 0)
        for place in range(first, min(finding.line + _AFTER, len(lines))):
            mark = ">" if place + 1 == finding.line else " "
            yield f"{place + 1:6}{mark} {lines[place]}"


def _moved(found: Iterable[Found], looked: Iterable[Looked], chosen: Sequence[Package]) -> Iterator[str]:
    """Say which verdicts no longer have a finding: the scanner, or the package, has changed since."""
    there = {one.name for one in found}
    versions = {one.name: one.version for one in chosen}
    for one in looked:
        if one.package not in versions:
            continue
        if one.version != versions[one.package]:
            yield f"of another version: {one.package} {one.version}, now {versions[one.package]}: {one.file}:{one.line}"
        elif (one.package, one.version, one.fingerprint) not in there:
            yield f"no longer heard: {one.package} {one.file}:{one.line} [{one.rule}] ({one.verdict})"


def _summary(shown: Sequence[Found], known: dict[tuple[str, str, str], Looked]) -> int:
    verdicts = [(one.finding.rule, known[one.name].verdict) for one in shown if one.name in known]
    for rule in sorted({rule for rule, _ in verdicts}):
        counts = Counter(verdict for of, verdict in verdicts if of == rule)
        print(f"{rule}: {', '.join(f'{counts[verdict]} {verdict}' for verdict in Verdict if counts[verdict])}")
    bad = sum(verdict is not Verdict.RIGHT for _, verdict in verdicts)
    unknown = len(shown) - len(verdicts)
    share = bad / len(verdicts) if verdicts else 0.0
    print(f"{bad} of {len(verdicts)} are wrong or useless ({share:.0%}, bar below {_MOST_BAD:.0%})", end="")
    print(f"; {unknown} not looked at" if unknown else "")
    return int(share >= _MOST_BAD or unknown > 0)


def _unjudged(one: Found) -> Looked:
    finding = one.finding
    return Looked(
        package=one.package.name,
        version=one.package.version,
        file=finding.key.file,
        line=finding.line,
        rule=finding.rule,
        function=finding.key.qualname,
        fingerprint=finding.fingerprint,
        verdict=Verdict.USELESS,
        reason="not looked at yet",
    )


if __name__ == "__main__":
    sys.exit(main())
