"""`python -m benchmarks.licences results.jsonl`: prove every package that the file does not show to be proved."""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.recipes._base import Recipe
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from benchmarks.licences.everywhere import Endless
from benchmarks.licences.packages import PACKAGES, Package
from benchmarks.licences.proof import prove
from benchmarks.licences.suites import Suite, SuiteError

Row = Mapping[str, Any]


def main() -> int:
    """Return 1 when a test differs or a suite did not run."""
    arguments = _arguments()
    recipes = [recipe for recipe in (*CATALOGUE, *ASKED_FOR) if recipe.card.id in (arguments.recipe or recipe.card.id)]
    wanted = [package for package in PACKAGES if not arguments.only or package.name in arguments.only]
    asked = sorted(recipe.card.id for recipe in recipes)
    proved = (row for row in _rows(arguments.results) if not row["error"] and not row["differing"])
    known = {(row["package"], row["version"]) for row in proved if row["recipes"] == asked}
    for package in wanted:
        if (package.name, package.version) not in known:
            row = {**_proved(package, recipes, arguments), "recipes": asked}
            with arguments.results.open("a") as results:
                results.write(json.dumps(row) + "\n")
    rows = [row for row in _latest(arguments.results, asked) if row["package"] in {one.name for one in wanted}]
    print("\n".join(_table(rows)))
    return int(any(row["differing"] or row["error"] for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.licences", description=__doc__)
    parser.add_argument("results", type=Path, help="JSON lines; what is proved there is not run again")
    parser.add_argument("--only", action="append", metavar="PACKAGE", help="one package; may be repeated")
    parser.add_argument("--recipe", action="append", metavar="ID", help="one recipe; may be repeated")
    parser.add_argument("--timeout", type=float, default=300, metavar="S", help="seconds for one run of one suite")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave sources and environments in this folder")
    return parser.parse_args()


def _proved(package: Package, recipes: Sequence[Recipe], arguments: argparse.Namespace) -> dict[str, object]:
    """Return the result as a row, and say on the way how it went."""
    began = time.monotonic()
    print(f"{package.name} {package.version} ...", end=" ", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="licences-", ignore_cleanup_errors=True) as scratch:
        folder = arguments.keep / package.name if arguments.keep else Path(scratch)
        suite = Suite(package, folder.resolve(), limit_s=arguments.timeout)
        try:
            suite.prepare()
            row = {**prove(package, recipes, suite).as_row(), "error": None}
        except (SuiteError, Endless) as error:
            row = {"package": package.name, "version": package.version, "differing": {}, "error": str(error)}
    print(row["error"] or f"{len(row['differing'])} differ, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return row


def _rows(results: Path) -> Iterator[Row]:
    if results.exists():
        yield from map(json.loads, results.read_text().splitlines())


def _latest(results: Path, asked: Sequence[str]) -> list[Row]:
    return list({row["package"]: row for row in _rows(results) if row["recipes"] == asked}.values())


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| package | version | files | lines | rewrites | by recipe | before | after | not compared | differing |"
    yield "|---|---|--:|--:|--:|---|--:|--:|---|--:|"
    whole: Counter[str] = Counter()
    for row in rows:
        if row["error"]:
            yield f"| {row['package']} | {row['version']} | {row['error'].splitlines()[0]} |"
            continue
        whole.update(row["applied"])
        left_out = f"{row['failing']} failed or skipped, {row['unstable']} unstable"
        yield (
            f"| {row['package']} | {row['version']} | {row['files']} | {row['lines']} | {sum(row['applied'].values())} "
            f"| {_counts(row['applied'])} | {row['passed_before']} | {row['passed_after']} | {left_out} "
            f"| {len(row['differing'])} |"
        )
    yield f"\nAll: {sum(whole.values())} rewrites, {_counts(whole)}."


def _counts(applied: Mapping[str, int]) -> str:
    return ", ".join(f"{recipe} {count}" for recipe, count in sorted(applied.items(), key=lambda one: -one[1]))


if __name__ == "__main__":
    sys.exit(main())
