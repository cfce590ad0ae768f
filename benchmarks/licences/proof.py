"""One package: its suite twice as it is, and once with every licensed rewrite."""

import io
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from agents.recipes._base import Recipe
from agents.recipes.project import Project, load
from benchmarks.licences.everywhere import Rewritten, rewritten_everywhere
from benchmarks.licences.packages import Package
from benchmarks.licences.suites import Outcomes, Suite
from profiling.model import Tree

_GONE = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What one package's suite says of the licences.

    Attributes:
        package, version: which.
        files, lines: that the recipes might change.
        applied: rewrites by recipe.
        changed_files: how many differ.
        passed_before: tests that passed in both unmodified runs.
        passed_after: of these, those that passed after the rewrites.
        failing: tests that did not pass in either unmodified run (failed, skipped).
        unstable: tests whose outcome was not the same in both unmodified runs; they are not compared.
        differing: by test, the outcome before and after.
        texts: what was reported of the differing ones.
    """

    package: str
    version: str
    files: int
    lines: int
    applied: Mapping[str, int]
    changed_files: int
    passed_before: int
    passed_after: int
    failing: int
    unstable: int
    differing: Mapping[str, str]
    texts: Mapping[str, str]

    def as_row(self) -> dict[str, object]:
        """Return it as JSON can write it."""
        return asdict(self)


def prove(package: Package, recipes: Sequence[Recipe], suite: Suite) -> Proof:
    """Run a prepared package's suite before and after the rewrites.

    Raises:
        SuiteError: the suite did not run to its end.
        Endless: a recipe does not come to an end.
    """
    befores = []
    for _ in range(2):
        suite.restore()
        befores.append(suite.run())
    suite.restore()
    project = load(tree_of(package, suite.tree))
    rewritten = rewritten_everywhere(recipes, project)
    write(rewritten)
    return _compared(package, project, rewritten, befores, suite.run())


def tree_of(package: Package, root: Path) -> Tree:
    """Return the checkout as a session would see it."""
    return Tree(root=root, import_roots=package.import_roots, packages=(package.module,), source_paths=package.sources)


def write(rewritten: Rewritten) -> None:
    """Write the changed files in their own encodings."""
    for file in rewritten.changed:
        path = rewritten.project.tree.root / file
        encoding, _ = tokenize.detect_encoding(io.BytesIO(path.read_bytes()).readline)
        path.write_bytes(rewritten.project.modules[file].text.encode(encoding))


def _compared(
    package: Package, project: Project, rewritten: Rewritten, befores: Sequence[Outcomes], after: Outcomes
) -> Proof:
    first, second = befores
    tests = first.by_test.keys() | second.by_test.keys()
    unstable = {test for test in tests if first.by_test.get(test) != second.by_test.get(test)}
    compared = sorted((tests | after.by_test.keys()) - unstable)
    outcomes = {test: (first.by_test.get(test, _GONE), after.by_test.get(test, _GONE)) for test in compared}
    differing = {test: f"{was} -> {now}" for test, (was, now) in outcomes.items() if was != now}
    passed = first.passed & second.passed
    return Proof(
        package=package.name,
        version=package.version,
        files=len(project.modules),
        lines=sum(module.text.count("\n") for module in project.modules.values()),
        applied=rewritten.applied,
        changed_files=len(rewritten.changed),
        passed_before=len(passed),
        passed_after=len(passed & after.passed),
        failing=len(tests) - len(passed) - len(unstable),
        unstable=len(unstable),
        differing=differing,
        texts={test: after.texts[test] for test in differing if test in after.texts},
    )
