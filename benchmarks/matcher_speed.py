"""Time every recipe's matcher over 100,000 lines, and one proposal: `python -m benchmarks.matcher_speed [FOLDER …]`.

CPU seconds of this process. The files are copied into an empty folder in the order of their names until there are
enough lines; without folders they are those of the packages this interpreter has installed. What several recipes share
is charged to the first that asks for it. A proposal finds its site again, edits, and proves the edit.
"""

import argparse
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from agents.recipes._base import Choice, Recipe, Site
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.project import Project, load
from agents.recipes.splice import NotSpliceable
from benchmarks.source_lines import copied
from benchmarks.turn import turn
from profiling.collector import collector_paused
from profiling.model import Tree

_LINES = 100_000
_MATCHERS_S, _PROPOSAL_MS = 4.0, 20.0
_PROPOSALS = 30
_NAMING = frozenset({"memo-global", "file-memo"})
"""Recipes whose rewrite needs to know types of the arguments that their sites name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What one recipe found, and how long it looked."""

    recipe: Recipe
    sites: tuple[Site, ...]
    cpu_s: float


def main() -> int:
    """Print a table; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[Path(sysconfig.get_paths()["purelib"])])
    parser.add_argument("--lines", type=int, default=_LINES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = copied(asked.folders, Path(folder), asked.lines)
        began = time.process_time()
        project = load(Tree(root=Path(folder), import_roots=(".",), packages=(), source_paths=(".",)))
        read_s = _since(began)
        print(f"{len(project.everything)} files, {lines} lines; read and parsed in {read_s:.2f} s")
        with collector_paused():
            found = [_match(recipe, project) for recipe in (*CATALOGUE, *ASKED_FOR)]
            proposals = [cost for one in found for cost in _proposals(one, project)]
        print(f"all matchers take {sum(one.cpu_s for one in found) / read_s:.1f} x reading and parsing")
    return 0 if _report(found, proposals, lines) else 1


def _report(found: list[Matched], proposals: list[tuple[float, int]], lines: int) -> bool:
    for one in found:
        print(f"{one.recipe.card.id:24} {len(one.sites):6} sites {one.cpu_s:7.3f} s")
    whole_s = sum(one.cpu_s for one in found)
    per_bound_s = whole_s * _LINES / lines
    print(f"all matchers {whole_s:.2f} s, {per_bound_s:.2f} s per {_LINES} lines (bar {_MATCHERS_S})")
    if len(proposals) < 2:
        return per_bound_s <= _MATCHERS_S
    costs_ms = [cost_s * 1000 for cost_s, _ in proposals]
    slowest_s, its_lines = max(proposals)
    print(
        f"{len(proposals)} proposals: median {median(costs_ms):.1f} ms (bar {_PROPOSAL_MS}), "
        f"90th percentile {quantiles(costs_ms, n=10)[-1]:.1f} ms, slowest {slowest_s * 1000:.1f} ms "
        f"in a file of {its_lines} lines"
    )
    return per_bound_s <= _MATCHERS_S and median(costs_ms) <= _PROPOSAL_MS


def _match(recipe: Recipe, project: Project) -> Matched:
    began = time.process_time()
    sites: list[Site] = []
    for module in project.modules.values():
        try:
            sites.extend(recipe.sites(module, project))
        except RecursionError:
            continue
    return Matched(recipe=recipe, sites=tuple(sites), cpu_s=_since(began))


def _proposals(one: Matched, project: Project) -> Iterator[tuple[float, int]]:
    """Yield the CPU seconds of the first proposals, each with the lines of its file."""
    for site in one.sites[:_PROPOSALS]:
        named = site.node_path.split(",") if site.recipe in _NAMING else []
        parameters = (*((name, 1) for name in named), (".size", 128))
        choice = Choice(expected_share=0.1, evidence="", parameters=parameters)
        module = project.modules[site.module]
        began = time.process_time()
        try:
            one.recipe.rewrite(site, choice, module, project)
        except NotSpliceable:
            continue
        yield _since(began), module.text.count("\n")


def _since(began: float) -> float:
    return time.process_time() - began


if __name__ == "__main__":
    with turn():
        sys.exit(main())
