"""Scans a whole tree: every rule and every recipe's matcher over every file of the source."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import assert_never

from agents.recipes._base import Recipe, Site
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.once import once
from agents.recipes.project import Module, Project, forget, load, sources
from agents.scan.advice import scan
from agents.scan.aside import aside
from agents.scan.catalogue import RULES
from agents.scan.fan_in import with_fan_in
from agents.scan.finding import LONGEST_TEXT, CodeFinding, Effort, Heat, Level
from agents.scan.growths import with_growth
from agents.scan.hearing import DOES, UNFELT, UNPROVEN, Where, payoff, rule_of, where
from agents.scan.heat import HOT_SHARE, Temperature
from agents.scan.model import Remark
from agents.scan.queries import with_queries
from agents.scan.repeated import QUERY_IN_LOOP
from agents.scan.standing import Standing, standing_at, standing_of
from agents.scan.weighing import Expected
from agents.scan.wording import Amount
from profiling.collector import collector_paused
from profiling.model import Tree

_DESIGNS = frozenset(
    {"constant-chain", "kind-branches", "large-file", "long-function", "many-branches", "uniform-rows"}
)
"""Rules whose findings are not acted on in a few lines."""
_IGNORE = re.compile(r"#\s*optimize:\s*ignore(?:\[(?P<rules>[\w\s,-]*)\])?")
_ALONE_BYTES = 2_000_000
"""Of source, some 60,000 lines: one process scans them in less time than others save."""
_FEW = 20
"""Rules named, beyond which every file will be asked for its tree: then nothing need be told from its text."""
_LOUD_SHARE = 0.05
"""Share of the workload from which on a finding is loud: what is expected to be saved, else what its function takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is scanned for.

    Attributes:
        rules: ids; empty for those that are heard unasked.
        paths: files and folders relative to the root; empty for all of the source.
        unproven: rules that were not found precise without a profile are heard too.
    """

    rules: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    unproven: bool = False

    def hears(self, finding: CodeFinding) -> bool:
        """Say whether a finding is heard: named, proved, worth it by the facts, or where its rule is precise."""
        if self.rules:
            return finding.rule in self.rules
        if finding.confirmed or finding.refuted:
            return bool(finding.confirmed)
        if finding.expected is not None:
            return finding.expected.is_worth_it and (self.unproven or finding.rule not in UNFELT)
        is_hot = finding.heat is Heat.HOT
        if is_hot and self.unproven:
            return True
        if finding.standing.is_seldom or (finding.rule in UNPROVEN and not self.unproven and not is_hot):
            return False
        return _is_heard(finding.standing, where(finding.rule))

    def looks_for(self, recipe: str, file: str, temperature: Temperature) -> bool:
        """Say whether a recipe may be heard in a file: most wait for code that ran, and matching costs time."""
        if self.rules:
            return recipe in self.rules
        speaks = where(recipe) is not Where.ASKED or (self.unproven and rule_of(recipe) is not None)
        return speaks or (temperature.is_known and temperature.may_weigh(file))

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
    tree: Tree,
    wanted: Wanted,
    temperature: Temperature,
    *,
    processes: int = 1,
    on_file: Callable[[int, int], None] = lambda _done, _all: None,
) -> Scanned:
    """Scan the source of a tree.

    Args:
        tree: the checkout.
        wanted: what for.
        temperature: what a profile says.
        processes: at most: of large trees others scan files too.
        on_file: told how many files of how many are done: none before they are read.
    """
    files = [file for file in sources(tree) if wanted.holds(file)]
    sizes = {file: _size(tree.root / file) for file in files}
    is_large = sum(sizes.values()) > _ALONE_BYTES
    scanner = _Scanner(tree, wanted, temperature)
    looks: dict[str, _Look] = {}
    with collector_paused(), aside(scanner, files, processes if is_large else 1, sizes.__getitem__) as others:
        on_file(0, len(files))
        for found in others.results(scanner):
            looks |= found
            on_file(len(looks), len(files))
        on_file(len(files), len(files))
    seen = [(file, looks[file]) for file in files if file in looks]
    unparsed = tuple((file, look.problem) for file, look in seen if look.problem)
    parsed = [look for _, look in seen if not look.problem]
    return Scanned(
        findings=tuple(sorted((finding for look in parsed for finding in look.findings), key=rank)),
        files=len(parsed),
        lines=sum(look.lines for look in parsed),
        ignored=sum(look.ignored for look in parsed),
        waiting=sum(look.waiting for look in parsed),
        unreadable=tuple((file, why) for file, why in scanner.project.unreadable if wanted.holds(file)) + unparsed,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is told of a file.

    Attributes:
        problem: why it does not parse, empty where it does.
    """

    lines: int
    findings: tuple[CodeFinding, ...] = ()
    ignored: int = 0
    waiting: int = 0
    problem: str = ""


class _Scanner:
    """Scans files of a tree, each alone; every process that does reads the tree when it is first asked."""

    def __init__(self, tree: Tree, wanted: Wanted, temperature: Temperature) -> None:
        self._tree = tree
        self._wanted = wanted
        self._temperature = temperature

    @cached_property
    def project(self) -> Project:
        """Return the tree's modules: recipes ask what others do, and few of them need be parsed for that."""
        project = load(self._tree, parses=False)
        for module in project.everything if len(self._wanted.rules) > _FEW else ():
            module.syntax  # noqa: B018  it is parsed when it is asked for
        return project

    def __call__(self, files: Sequence[str]) -> dict[str, _Look]:
        """Return what is told of each file that can be read."""
        modules = self.project.modules
        return {file: self._look(modules[file]) for file in files if file in modules}

    def _look(self, module: Module) -> _Look:
        """Look at a file. It stays in memory only where recipes had it parsed, which may ask for it again."""
        project, wanted, temperature = self.project, self._wanted, self._temperature
        matched = _matched(module, project, wanted, temperature)
        read = module if module.is_parsed else Module(file=module.file, name=module.name, text=module.text)
        every = tuple(_numbered((*_ruled(read, temperature), *matched), read, temperature))
        spoken = _spoken_by_recipes([one for one in every if wanted.hears(one)], every)
        heard = [one for one in spoken if one.expected is None or wanted.hears(one)]
        kept = [one for one in heard if not _is_ignored(one, read)]
        look = _Look(
            lines=read.text.count("\n"),
            findings=tuple(with_fan_in(one, read, project) for one in kept),
            ignored=len(heard) - len(kept),
            waiting=0 if wanted.rules else len(every) - len(heard),
            problem=read.problem,
        )
        if read is not module:
            forget(read)
        return look


def _is_heard(standing: Standing, place: Where) -> bool:
    match place:
        case Where.ANYWHERE:
            return True
        case Where.LOOPS:
            return standing.depth > 0
        case Where.STEPS:
            return standing.is_every_step and standing.amount is not Amount.WRITTEN
        case Where.DATA:
            return standing.is_every_step and standing.amount is Amount.DATA
        case Where.LIGHT:
            return standing.is_every_step and standing.amount is Amount.DATA and standing.is_light
        case Where.ASKED:
            return False
        case _:
            assert_never(place)


def _spoken_by_recipes(heard: Sequence[CodeFinding], every: Sequence[CodeFinding]) -> list[CodeFinding]:
    """Return findings, each of a rule replaced by that of a recipe on its line that does what the rule advises."""
    kept: dict[tuple[int, str, int], CodeFinding] = {}
    for one in heard:
        does = DOES.get(one.rule, frozenset())
        spoken = next((other for other in every if other.line == one.line and other.rule in does), one)
        kept[spoken.line, spoken.rule, spoken.ordinal] = spoken
    advice = [other for other in every if other.rule in DOES]
    return [replace(one, instead_of=_advice_done_by(one, advice)) for one in kept.values()]


def _advice_done_by(one: CodeFinding, advice: Sequence[CodeFinding]) -> frozenset[str]:
    return frozenset(other.fingerprint for other in advice if other.line == one.line and one.rule in DOES[other.rule])


def _numbered(found: Iterable[CodeFinding], module: Module, temperature: Temperature) -> Iterator[CodeFinding]:
    """Yield what is found in a file with what was measured there, numbered where alike."""
    seen: Counter[str] = Counter()
    for finding in with_growth(with_queries(found, QUERY_IN_LOOP, module, temperature), temperature):
        ordinal = seen[finding.fingerprint]
        seen[finding.fingerprint] += 1
        yield replace(finding, ordinal=ordinal)


def _ruled(module: Module, temperature: Temperature) -> tuple[CodeFinding, ...]:
    lines = module.text.splitlines()
    return tuple(
        _of_remark(remark, temperature, _line(lines, remark.line), standing_of(remark.place, module))
        for remark in scan(module)
    )


def _matched(module: Module, project: Project, wanted: Wanted, temperature: Temperature) -> tuple[CodeFinding, ...]:
    """Return what recipes find in a file."""
    lines = module.text.splitlines()
    return tuple(
        _of_site(recipe, site, temperature, _line(lines, site.line), standing_at(site.line, module))
        for recipe in CATALOGUE + ASKED_FOR
        if wanted.looks_for(recipe.card.id, module.file, temperature)
        for site in _sites(recipe, module, project)
    )


def _sites(recipe: Recipe, module: Module, project: Project) -> tuple[Site, ...]:
    try:
        return tuple(recipe.sites(module, project))
    except RecursionError:
        return ()


def _of_remark(remark: Remark, temperature: Temperature, text: str, standing: Standing) -> CodeFinding:
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
        effort=Effort.DESIGN if remark.rule.id in _DESIGNS else Effort.LINES,
        heat=heat,
        share=share,
        standing=standing,
        level=_level(heat, share, standing.depth),
    )


def _of_site(recipe: Recipe, site: Site, temperature: Temperature, text: str, standing: Standing) -> CodeFinding:
    heat, share = temperature.of(site.key)
    card = recipe.card
    expected = temperature.scales.of_site(recipe, site) if temperature.scales is not None else None
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
        standing=standing,
        level=_level(heat, share, standing.depth) if expected is None else _level_of_gain(expected),
        expected=expected,
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


def _level_of_gain(expected: Expected) -> Level:
    """Return how loud a finding is whose gain was estimated."""
    if expected.share >= _LOUD_SHARE:
        return Level.ERROR
    return Level.WARNING if expected.share >= HOT_SHARE else Level.NOTE


def rank(one: CodeFinding) -> tuple[bool, float, float, int, int, int, str, int, str]:
    """Return what is smaller the more telling: proof, expected gain, heat, kind of gain, loops, a recipe, the place."""
    gain = one.expected.share if one.expected is not None else 0.0
    told = (not one.confirmed, -gain, -(one.share or 0.0), -payoff(one.rule), -one.depth, -one.is_fixable)
    return (*told, one.key.file, one.line, one.rule)


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
    return lines[number - 1].strip()[:LONGEST_TEXT] if 0 < number <= len(lines) else ""


def _sentence(text: str) -> str:
    return text.rstrip(".")
