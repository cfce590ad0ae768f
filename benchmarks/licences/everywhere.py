"""Every licensed rewrite at once, as if the facts spoke for all of them: what the licence alone must make safe."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.model import Patch
from agents.recipes._base import Choice, Recipe, Site
from agents.recipes.project import Module, Project, parse
from agents.recipes.splice import NotSpliceable

_ALL_TYPES = 0b11111
"""In a recipe's guard: exact str, bytes, int, bool and None, all of them seen."""
_FIRST_TYPES = {"file-memo": 0b11}
"""Of the first name of recipes whose facts veto some of them there: an integer is no path but an open file."""
_BY_NAME = frozenset({"count-scan", "set-membership", "unique-list"})
_NAMED_TYPES = ("NoneType", "bool", "bytes", "complex", "float", "int", "str")
"""Recipes whose guard names the types seen, any of these."""


class Endless(AssertionError):
    """A recipe is licensed in its own results again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A project after the rewrites.

    Attributes:
        project: its text now.
        applied: rewrites by recipe, those that were applied at all.
        changed: files that differ.
    """

    project: Project
    applied: Mapping[str, int]
    changed: tuple[str, ...]


def favourable(site: Site) -> Choice:
    """Return what facts could say at best: the parameters that any recipe takes of a choice."""
    if site.recipe in _BY_NAME:
        return Choice(expected_share=0.1, evidence="assumed", parameters=tuple((name, 1) for name in _NAMED_TYPES))
    first, *others = site.node_path.split(",")
    named = ((first, _FIRST_TYPES.get(site.recipe, _ALL_TYPES)), *((name, _ALL_TYPES) for name in others))
    return Choice(expected_share=0.1, evidence="assumed", parameters=(*named, (".size", 128)))


def rewritten_everywhere(recipes: Sequence[Recipe], project: Project) -> Rewritten:
    """Apply recipes one after the other, each until it finds nothing more; in every file one rewrite a round.

    Raises:
        Endless: a recipe does not come to an end.
    """
    applied: Counter[str] = Counter()
    now = project
    for recipe in recipes:
        now, count = _applied(recipe, now)
        applied[recipe.card.id] += count
    changed = tuple(file for file, module in now.modules.items() if module.text != project.modules[file].text)
    return Rewritten(project=now, applied=dict(+applied), changed=changed)


def _applied(recipe: Recipe, project: Project) -> tuple[Project, int]:
    """Return the project after every rewrite of one recipe, and how many there were."""
    sites = {file: list(_sites(recipe, module, project)) for file, module in project.modules.items()}
    allowed = {file: 2 * len(found) + 3 for file, found in sites.items() if found}
    patches = {file: _first_patch(recipe, sites[file], project.modules[file], project) for file in allowed}
    count = 0
    while done := {file: patch for file, patch in patches.items() if patch is not None}:
        project, count = _patched(project, done.values()), count + len(done)
        for file in done:
            allowed[file] -= 1
            if not allowed[file]:
                raise Endless(f"{recipe.card.id} is not done in {file}; it is now\n{project.modules[file].text}")
        modules = {file: project.modules[file] for file in done}
        patches = {
            file: _first_patch(recipe, _sites(recipe, module, project), module, project)
            for file, module in modules.items()
        }
    return project, count


def _first_patch(recipe: Recipe, sites: Iterable[Site], module: Module, project: Project) -> Patch | None:
    for site in sites:
        try:
            return recipe.rewrite(site, favourable(site), module, project)
        except NotSpliceable:
            continue
    return None


def _sites(recipe: Recipe, module: Module, project: Project) -> Iterator[Site]:
    """Yield the licensed sites; none behind a place that is nested too deeply to be walked."""
    with contextlib.suppress(RecursionError):
        yield from recipe.sites(module, project)


def _patched(project: Project, patches: Iterable[Patch]) -> Project:
    texts = {file: module.text for file, module in project.modules.items()}
    modules = dict(project.modules)
    for patch in patches:
        for file, text in patch.apply(texts).items():
            modules[file] = parse(text, file, modules[file].name)
    return replace(project, modules=modules, analyses={})
