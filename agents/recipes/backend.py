"""The embedded backend: serves every specialist from the catalogue, without a model and without a key."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agents.model import Attempt, Brief, Candidate, Proposal
from agents.recipes._base import Choice, Recipe, Site, Veto
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.exposure import executed_keys
from agents.recipes.once import once
from agents.recipes.place import place_digest
from agents.recipes.project import Project, fingerprint, load
from agents.recipes.splice import NotSpliceable
from agents.recipes.writing import write
from agents.specialists._base import Specialist
from agents.specialists.repairing import repairs
from profiling.collector import collector_paused
from profiling.facts import FactRequest, Facts
from profiling.model import Domain, FunctionKey, Tree
from profiling.profile import Profile

MAX_REQUESTS = 200
"""Heavy facts slow the recorded run by a constant at each place; beyond this the coldest are left out."""
_KEPT_TREES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Licensed:
    """A site in exercised code, with what is needed to go on with it."""

    recipe: Recipe
    site: Site
    digest: str

    @property
    def source(self) -> str:
        return f"recipe:{self.recipe.card.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """A licensed site that the facts speak for."""

    licensed: _Licensed
    choice: Choice

    @property
    def rank(self) -> tuple[float, int]:
        """Return what is smaller the better: the expected gain, then the catalogue's order."""
        card = self.licensed.recipe.card
        return -self.choice.expected_share * card.confidence, card.rank


class RecipesBackend:
    """Nominates, ranks and writes fixes by rule. One lock: analyses are shared between the threads that ask.

    Args:
        catalogue: recipes whose fixes are proposed.
        asked_for: recipes whose fixes are named as candidates that await approval, and not proposed.
    """

    def __init__(self, catalogue: tuple[Recipe, ...] = CATALOGUE, asked_for: tuple[Recipe, ...] = ASKED_FOR) -> None:
        self._catalogue = catalogue
        self._asked_for = asked_for
        self._lock = threading.RLock()
        self._projects: OrderedDict[str, Project] = OrderedDict()

    @property
    def name(self) -> str:
        """Return `recipes`."""
        return "recipes"

    def nominate(self, tree: Tree, profile: Profile) -> tuple[FactRequest, ...]:
        """Return the facts wanted at licensed places of exercised code, the hottest first, at most 200."""
        with self._lock, collector_paused():
            licensed = list(_licensed(self._catalogue + self._asked_for, self._project(tree), profile))
        heat = _heat(profile)
        requests: dict[str, FactRequest] = {}
        for one in sorted(licensed, key=lambda one: -heat.get(one.site.key, 0.0)):
            wanted = {request.id: request for request in one.site.requests}
            if len(requests.keys() | wanted.keys()) <= MAX_REQUESTS:
                requests.update(wanted)
        return tuple(requests.values())

    def candidates(self, tree: Tree, profile: Profile, facts: Facts) -> tuple[Candidate, ...]:
        """Return every place where a fix is licensed and chosen, by file, line and rank."""
        with self._lock, collector_paused():
            chosen = list(_chosen(self._catalogue + self._asked_for, self._project(tree), profile, facts))
        return tuple(
            replace(_candidate(one), awaits_approval=one.licensed.recipe in self._asked_for)
            for one in sorted(chosen, key=_position)
        )

    def specialist(self, domain: Domain) -> Specialist:
        """Return who proposes in a domain."""
        recipes = tuple(recipe for recipe in self._catalogue if recipe.card.domain is domain)
        return _RecipeSpecialist(self, domain, recipes)

    def chosen_at(self, brief: Brief, recipes: tuple[Recipe, ...]) -> list[_Chosen]:
        """Return what the facts choose at a brief's target, best first, what was tried left out."""
        with self._lock, collector_paused():
            found = list(_chosen(recipes, self._project(brief.tree), brief.profile, brief.facts, brief.target.key))
        return sorted((one for one in found if not _is_tried(one.licensed, brief)), key=lambda one: one.rank)

    def write(self, brief: Brief, one: _Chosen) -> Proposal | None:
        """Return the proposal for a chosen site, None when its text does not allow the edit."""
        licensed = one.licensed
        with self._lock:
            project = self._project(brief.tree)
            module = project.modules[licensed.site.module]
            try:
                patch = licensed.recipe.rewrite(licensed.site, one.choice, module, project)
            except (NotSpliceable, RecursionError):
                return None
        return write(brief, licensed.recipe.card, licensed.site, one.choice, patch, licensed.digest)

    def _project(self, tree: Tree) -> Project:
        """Return the parsed tree, parsed once for each content, and of a new one only what has changed."""
        key = fingerprint(tree)
        if key not in self._projects:
            newest = next(reversed(self._projects.values()), None)
            self._projects[key] = load(tree, newest)
        self._projects.move_to_end(key)
        while len(self._projects) > _KEPT_TREES:
            self._projects.popitem(last=False)
        return self._projects[key]


class _RecipeSpecialist:
    """One domain's recipes."""

    def __init__(self, backend: RecipesBackend, domain: Domain, recipes: tuple[Recipe, ...]) -> None:
        self._backend = backend
        self._domain = domain
        self._recipes = recipes

    @property
    def domain(self) -> Domain:
        """Return the domain it answers for."""
        return self._domain

    def propose(self, brief: Brief) -> Iterator[Proposal]:
        """Yield proposals for one target, best first; each is written only when it is asked for."""
        if brief.undone is not None:
            yield from repairs(brief)
            return
        for one in self._backend.chosen_at(brief, self._recipes):
            proposal = self._backend.write(brief, one)
            if proposal is not None:
                yield proposal


def _licensed(catalogue: tuple[Recipe, ...], project: Project, profile: Profile) -> Iterator[_Licensed]:
    """Yield the licensed sites of functions that ran and modules that were imported, in a stable order."""
    executed = executed_keys(profile)
    imported = {module.file for module in profile.imports if module.file is not None}
    files = imported | {key.file for key in executed}
    for file in sorted(files & project.modules.keys()):
        for recipe in catalogue:
            for site, digest in _sites(recipe, file, project):
                if site.key in executed or (site.key.qualname == "<module>" and file in imported):
                    yield _Licensed(recipe=recipe, site=site, digest=digest)


def _sites(recipe: Recipe, file: str, project: Project) -> list[tuple[Site, str]]:
    """Return the sites of one file with their digests, looked for once in each project."""
    known = _sites_of(project)
    if (recipe.card.id, file) not in known:
        known[recipe.card.id, file] = _find(recipe, file, project)
    return known[recipe.card.id, file]


@once
def _sites_of(_project: Project) -> dict[tuple[str, str], list[tuple[Site, str]]]:
    return {}


def _find(recipe: Recipe, file: str, project: Project) -> list[tuple[Site, str]]:
    """Return the sites of one file; none when its syntax is nested too deeply to be walked."""
    module = project.modules[file]
    found: list[tuple[Site, str]] = []
    seen: dict[tuple[FunctionKey, int], int] = {}
    try:
        for site in recipe.sites(module, project):
            ordinal = seen.get((site.key, site.line), 0)
            seen[site.key, site.line] = ordinal + 1
            found.append((site, place_digest(site, module, ordinal)))
    except RecursionError:
        return []
    return found


def _chosen(
    catalogue: tuple[Recipe, ...], project: Project, profile: Profile, facts: Facts, key: FunctionKey | None = None
) -> Iterator[_Chosen]:
    for one in _licensed(catalogue, project, profile):
        if key is None or one.site.key == key:
            choice = one.recipe.choose(one.site, profile, facts)
            if not isinstance(choice, Veto) and choice.expected_share > 0:
                yield _Chosen(licensed=one, choice=choice)


def _candidate(one: _Chosen) -> Candidate:
    card = one.licensed.recipe.card
    return Candidate(
        source=one.licensed.source,
        key=one.licensed.site.key,
        domain=card.domain,
        dimension=card.dimension,
        expected_share=one.choice.expected_share,
        confidence=card.confidence,
        place_digest=one.licensed.digest,
        evidence=one.choice.evidence,
    )


def _position(one: _Chosen) -> tuple[str, int, int, str]:
    site = one.licensed.site
    return site.module, site.line, one.licensed.recipe.card.rank, one.licensed.digest


def _heat(profile: Profile) -> dict[FunctionKey, float]:
    """Return the seconds spent in each function, and those spent importing from each module's body."""
    heat = {function.key: function.cpu_total_s for function in profile.functions}
    for imported in profile.imports:
        if imported.importer_file is not None:
            key = FunctionKey(file=imported.importer_file, first_line=1, qualname="<module>")
            heat[key] = max(heat.get(key, 0.0), imported.total_s)
    return heat


def _is_tried(one: _Licensed, brief: Brief) -> bool:
    """Say whether this fix was tried while this text stood, or is to be avoided."""

    def is_same(attempt: Attempt) -> bool:
        return (attempt.source, attempt.place_digest) == (one.source, one.digest)

    avoided = {one.source, one.recipe.card.id, one.digest} & set(brief.avoid)
    return bool(avoided) or any(is_same(attempt) for attempt in brief.history)
