"""Scans a whole tree: every rule and every recipe's matcher over every file of the source, each file parsed once."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from agents.recipes._base import Recipe, Site
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.once import once
from agents.recipes.project import Module, Project, collecting_nothing, load
from agents.scan.advice import scan
from agents.scan.catalogue import RULES
from agents.scan.depth import depth_at
from agents.scan.finding import CodeFinding, Effort, Heat, Level
from agents.scan.heat import Temperature
from agents.scan.model import Remark
from agents.scan.queries import with_queries
from agents.scan.repeated import QUERY_IN_LOOP
from profiling.model import Tree

QUIET = frozenset({"long-function", "many-branches", "constant-chain", "print-in-loop"})
"""Rules that say little of speed by themselves: heard only when they are named, or where a profile shows heat."""

_IGNORE = re.compile(r"#\s*optimize:\s*ignore(?:\[(?P<rules>[\w\s,-]*)\])?")
_LONGEST_TEXT = 160
_LOUD_SHARE = 0.05
"""Share of the workload's CPU time from which on a hot finding is loud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is scanned for.

    Attributes:
        rules: ids; empty for all but the quiet ones.
        paths: files and folders relative to the root; empty for all of the source.
    """

    rules: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()

    def hears(self, finding: CodeFinding) -> bool:
        """Say whether a finding is heard: what a recipe does outside of loops is worth it only where it is hot."""
        if self.rules:
            return finding.rule in self.rules
        if finding.heat is Heat.HOT:
            return True
        return finding.rule not in QUIET and (finding.depth > 0 or not finding.is_fixable)

    def holds(self, file: str) -> bool:
        """Say whether a file is scanned."""
        return not self.paths or any(
            path in {".", file} or file.startswith(f"{path.rstrip('/')}/") for path in self.paths
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan found.

    Attributes:
        findings: the most telling first.
        files, lines: scanned.
        ignored: findings that comments in the source silence.
        waiting: findings that are not heard because nothing shows that they are hot.
        unreadable: file and reason.
    """

    findings: tuple[CodeFinding, ...]
    files: int
    lines: int
    ignored: int
    waiting: int
    unreadable: tuple[tuple[str, str], ...]


def rule_ids() -> tuple[str, ...]:
    """Return the ids of all rules and recipes, sorted."""
    return tuple(sorted({rule.id for rule in RULES} | {recipe.card.id for recipe in CATALOGUE + ASKED_FOR}))


def scan_tree(
    tree: Tree, wanted: Wanted, temperature: Temperature, on_file: Callable[[int, int], None] = lambda _done, _all: None
) -> Scanned:
    """Scan the source of a tree.

    Args:
        tree: the checkout.
        wanted: what for.
        temperature: what a profile says.
        on_file: told how many files of how many are done.
    """
    project = load(tree)
    files = [file for file in project.modules if wanted.holds(file)]
    found: list[CodeFinding] = []
    ignored = waiting = 0
    with collecting_nothing():
        for number, file in enumerate(files):
            module = project.modules[file]
            for finding in _of_file(module, project, temperature):
                if not wanted.hears(finding):
                    waiting += not wanted.rules
                elif _is_ignored(finding, module):
                    ignored += 1
                else:
                    found.append(finding)
            on_file(number + 1, len(files))
    lines = sum(project.modules[file].text.count("\n") for file in files)
    unreadable = tuple((file, why) for file, why in project.unreadable if wanted.holds(file))
    return Scanned(
        findings=tuple(sorted(found, key=_order)),
        files=len(files),
        lines=lines,
        ignored=ignored,
        waiting=waiting,
        unreadable=unreadable,
    )


def _of_file(module: Module, project: Project, temperature: Temperature) -> Iterator[CodeFinding]:
    """Yield what is found in a file, numbered where alike."""
    seen: Counter[str] = Counter()
    lines = module.text.splitlines()
    unnumbered = _unnumbered(module, project, temperature, lines)
    for finding in with_queries(unnumbered, QUERY_IN_LOOP, module, temperature):
        ordinal = seen[finding.fingerprint]
        seen[finding.fingerprint] += 1
        yield replace(finding, ordinal=ordinal)


def _unnumbered(module: Module, project: Project, temperature: Temperature, lines: list[str]) -> Iterator[CodeFinding]:
    for remark in scan(module):
        yield _of_remark(remark, temperature, _line(lines, remark.line), depth_at(remark.line, module))
    for recipe in CATALOGUE + ASKED_FOR:
        for site in _sites(recipe, module, project):
            yield _of_site(recipe, site, temperature, _line(lines, site.line), module)


def _sites(recipe: Recipe, module: Module, project: Project) -> tuple[Site, ...]:
    try:
        return tuple(recipe.sites(module, project))
    except RecursionError:
        return ()


def _of_remark(remark: Remark, temperature: Temperature, text: str, depth: int) -> CodeFinding:
    heat, share = temperature.of(remark.key)
    return CodeFinding(
        rule=remark.rule.id,
        title=remark.rule.title,
        key=remark.key,
        line=remark.line,
        text=text,
        seen=remark.seen,
        action=_sentence(remark.rule.action),
        confirm=remark.rule.confirm,
        effort=Effort.DESIGN if remark.rule.id in QUIET else Effort.LINES,
        heat=heat,
        share=share,
        depth=depth,
        level=_level(heat, share, depth),
    )


def _of_site(recipe: Recipe, site: Site, temperature: Temperature, text: str, module: Module) -> CodeFinding:
    heat, share = temperature.of(site.key)
    card = recipe.card
    depth = depth_at(site.line, module)
    return CodeFinding(
        rule=card.id,
        title=card.title,
        key=site.key,
        line=site.line,
        text=text,
        seen=f"`{text[:60]}`" if text else site.key.qualname,
        action=_sentence(card.mechanism),
        confirm="a session: optimize tries it, tests it and measures it",
        effort=Effort.AGREED if card.needs_approval else Effort.RECIPE,
        heat=heat,
        share=share,
        depth=depth,
        level=_level(heat, share, depth),
    )


def _level(heat: Heat, share: float | None, depth: int) -> Level:
    """Return how loud a finding is: by what a profile says, else by the loops around it."""
    match heat:
        case Heat.HOT:
            return Level.ERROR if share is not None and share >= _LOUD_SHARE else Level.WARNING
        case Heat.COLD:
            return Level.NOTE
        case Heat.UNKNOWN:
            return Level.WARNING if depth > 0 else Level.NOTE
        case _:
            assert_never(heat)


def _order(one: CodeFinding) -> tuple[bool, float, int, int, str, int, str]:
    """Return what is smaller the more telling: proof, heat, loops, what a recipe can do, then the place."""
    return (
        not one.confirmed,
        -(one.share or 0.0),
        -one.depth,
        0 if one.is_fixable else 1,
        one.key.file,
        one.line,
        one.rule,
    )


def _is_ignored(one: CodeFinding, module: Module) -> bool:
    """Say whether a comment on the line silences it: all of it, or its rule."""
    rules = _comments(module).get(one.line)
    return rules is not None and (not rules or one.rule in rules)


@once
def _comments(module: Module) -> dict[int, frozenset[str]]:
    """Return the rules that a line's comment names; none of them means all."""
    found = {}
    if "optimize:" in module.text:
        for number, line in enumerate(module.text.splitlines(), start=1):
            match = _IGNORE.search(line)
            if match is not None:
                named = (match["rules"] or "").split(",")
                found[number] = frozenset(word.strip() for word in named if word.strip())
    return found


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1].strip()[:_LONGEST_TEXT] if 0 < number <= len(lines) else ""


def _sentence(text: str) -> str:
    return text.rstrip(".")
