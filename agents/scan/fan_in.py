"""How many files depend on one: what is wrong in it is felt, or waited for at start-up, by all of them."""

from collections import Counter
from dataclasses import replace

from agents.recipes.deferral import eager_names
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.scan.finding import CodeFinding

RULES = frozenset({"large-file"})
"""Rules about whole files."""


def fan_in(module: Module, project: Project) -> int:
    """Return how many other files of the project import a module when they are imported themselves."""
    return _importers(project)[module.name] - (module.name in eager_names(module))


def with_fan_in(finding: CodeFinding, module: Module, project: Project) -> CodeFinding:
    """Return a finding about a whole file with the number of files that import it; another as it is."""
    if finding.rule not in RULES:
        return finding
    return replace(finding, seen=f"{finding.seen}, imported by {fan_in(module, project)} files of the project")


@once
def _importers(project: Project) -> Counter[str]:
    return Counter(name for module in project.modules.values() for name in eager_names(module))
