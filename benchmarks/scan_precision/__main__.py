"""`python -m benchmarks.scan_precision FOLDER`: scan popular packages, and hold the first findings against verdicts.

python -m benchmarks.scan_precision wheels                 the table, and what was not looked at
python -m benchmarks.scan_precision wheels --unproven      with the rules that are heard in a plan alone
python -m benchmarks.scan_precision wheels --source        with the source around each finding
python -m benchmarks.scan_precision wheels --held-out      packages that nothing was tuned on
python -m benchmarks.scan_precision wheels --rule list-as-queue --source
python -m benchmarks.scan_precision wheels --hot           with a profile and facts of each package's workload
python -m benchmarks.scan_precision wheels --by-heat       every rule where such a profile shows heat, nothing weighed
"""

import argparse
import sys
import time
from pathlib import Path

from agents.scan.heat import Temperature
from agents.scan.tree import Wanted, scan_tree
from benchmarks.scan_precision.found import MOST_BAD, Found, bad_share, by_rule, first, moved, sources, table
from benchmarks.scan_precision.hot import Unprofiled, environment, heard, profiled, repository
from benchmarks.scan_precision.packages import Package, Unfetched, fetched, packages, packages_that_run
from benchmarks.scan_precision.verdicts import HOT_VERDICTS, VERDICTS, read, render
from profiling.model import Tree

_TOP, _TOP_HELD_OUT, _TOP_HOT = 50, 20, 8


def main() -> int:
    """Return 1 when too many of the first findings are wrong or useless, or one was not looked at."""
    asked = _arguments()
    is_run = asked.hot or asked.by_heat
    every = packages_that_run() if is_run else packages()
    chosen = [one for one in every if one.is_held_out == asked.held_out and one.name in (asked.only or one.name)]
    try:
        python = environment(asked.folder, every) if is_run else None
        found = [one for package in chosen for one in _found(package, asked, python)]
    except (Unfetched, Unprofiled) as error:
        print(error, file=sys.stderr)
        return 2
    shown = first(found, all_together=asked.top or _TOP, of_each=_of_each(asked))
    known = {one.name: one for one in read(HOT_VERDICTS if is_run else VERDICTS)}
    unknown = [one for one in shown if one.name not in known]
    if asked.unknown:
        print(render(one.unjudged for one in unknown), end="")
        return int(bool(unknown))
    print("\n".join(sources(shown) if asked.source else table(shown, known)))
    print("\n".join(moved(found, known.values(), chosen) if asked.unproven or asked.by_heat else ()))
    print("\n".join(by_rule(shown, known)))
    share = bad_share(shown, known)
    print(f"{share:.0%} of {len(shown) - len(unknown)} are wrong or useless (bar below {MOST_BAD:.0%})", end="")
    print(f"; {len(unknown)} not looked at" if unknown else "")
    return int(share >= MOST_BAD or bool(unknown))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scan_precision",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the packages are kept here")
    parser.add_argument("--held-out", action="store_true", help="those that nothing was tuned on")
    parser.add_argument("--only", action="append", metavar="PACKAGE", help="one package; may be repeated")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="ID", help="all findings of a rule, heard or not"
    )
    parser.add_argument("--unproven", action="store_true", help="rules too that only a plan, or a profile, lets speak")
    parser.add_argument("--hot", action="store_true", help="run each package's workload, and scan with its profile")
    parser.add_argument("--by-heat", action="store_true", help="the same, and hear every rule that is hot")
    parser.add_argument("--source", action="store_true", help="show the source around each finding")
    parser.add_argument("--unknown", action="store_true", help="print what was not looked at, as lines of verdicts")
    parser.add_argument("--top", type=int, metavar="N", help="findings; 50 by default")
    return parser.parse_args()


def _of_each(asked: argparse.Namespace) -> int | None:
    if asked.hot or asked.by_heat:
        return _TOP_HOT
    return _TOP_HELD_OUT if asked.held_out else None


def _found(package: Package, asked: argparse.Namespace, python: Path | None) -> list[Found]:
    if python is not None:
        seen = profiled(package, asked.folder, python)
        found = heard(package, repository(package, asked.folder), seen, by_heat=asked.by_heat)
        print(f"{package.name} {package.version}: {len(found)} hot findings", file=sys.stderr)
        return found
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


if __name__ == "__main__":
    sys.exit(main())
