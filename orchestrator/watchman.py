"""Looks for gaming: gathers what a fix says and does beside the base, and asks the policy."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.draft import Draft
from orchestrator.observer import RepositoryObserver
from orchestrator.policy import gaming
from orchestrator.policy.gaming import Suspicion
from orchestrator.policy.patch_reading import new_tells
from orchestrator.policy.scope import is_judge, violation
from orchestrator.sources import read_source
from profiling.measure.integrity import Snapshot, changes, snapshot
from profiling.measure.processes import Processes
from profiling.measure.watched import WatchedRun, watch
from profiling.model import Command, Tree

_MOST_JUDGES = 400
_MOST_JUDGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _BaseView:
    """What is known of one base: its judges as they were, their texts, and a watched run of its workload."""

    judges: Snapshot
    texts: tuple[str, ...]
    run: WatchedRun


@dataclass(kw_only=True)
class Watchman:
    """Holds a fix against its base.

    Attributes:
        observer: brings the base tree.
        processes: starts the watched runs.
        agreed: the person agreed to fixes that need it; what a proposal says of itself is no agreement.
    """

    observer: RepositoryObserver
    processes: Processes
    agreed: bool = False
    _bases: dict[str, _BaseView] = field(default_factory=dict)

    def patch(self, setup: Setup, draft: Draft, tree: Tree) -> Suspicion | None:
        """Read the fix: what it begins to use, and answers that it holds."""
        view = self._base(setup, draft)
        base = self.observer.base(setup, draft.base_commit)
        files = draft.proposal.patch.files
        before, after = ({file: _text(one.root / file) for file in files} for one in (base, tree))
        tells = new_tells(before, after, (*view.texts, view.run.finished.stdout))
        return gaming.suspect_patch(tells, agreed=self._is_agreed(draft))

    def conduct(self, setup: Setup, draft: Draft, tree: Tree) -> Suspicion | None:
        """Run the workload under watch and hold its conduct against the base's; a run that fails is not judged here."""
        view = self._base(setup, draft)
        run = self._watched(setup, tree, secluded=view.run.secluded)
        if any(each.finished.usage.exit_code != 0 for each in (view.run, run)):
            return None
        return gaming.suspect_run(view.run.conduct, run.conduct, agreed=self._is_agreed(draft))

    def frozen(self, setup: Setup, draft: Draft, tree: Tree) -> Suspicion | None:
        """Compare the files that judge a fix with those of its base, by content; links out of the tree everywhere."""
        view = self._base(setup, draft)
        return gaming.suspect_files(changes(view.judges, _judges(tree, methodology.workload_of(setup))))

    def _is_agreed(self, draft: Draft) -> bool:
        return self.agreed and draft.proposal.needs_approval

    def _base(self, setup: Setup, draft: Draft) -> _BaseView:
        key = f"{draft.base_tree}:{methodology.of(setup).digest}"
        if key not in self._bases:
            tree = self.observer.base(setup, draft.base_commit)
            judges = _judges(tree, methodology.workload_of(setup))
            texts = tuple(_judge_texts(tree, judges))
            run = self._watched(setup, tree, secluded=True)
            if run.finished.usage.exit_code != 0 or run.finished.timed_out:
                run = self._watched(setup, tree, secluded=False)
            self._bases[key] = _BaseView(judges=judges, texts=texts, run=run)
        return self._bases[key]

    def _watched(self, setup: Setup, tree: Tree, *, secluded: bool) -> WatchedRun:
        with self.observer.scratch() as scratch:
            return watch(
                methodology.workload_of(setup),
                tree,
                setup.interpreter,
                processes=self.processes,
                scratch=scratch,
                secluded=secluded,
            )


def _judges(tree: Tree, workload: Command) -> Snapshot:
    """Return the judging files of a tree with their digests, and every link that leads out of it."""
    is_frozen = _frozen_by(workload, tree)
    found = snapshot(tree.root, is_frozen)
    return Snapshot(
        root=tree.root,
        files={path: state for path, state in found.files.items() if state.leaves or is_frozen(path)},
    )


def _frozen_by(workload: Command, tree: Tree) -> Callable[[str], bool]:
    words = {word.removeprefix("./") for word in workload.argv}

    def is_frozen(file: str) -> bool:
        named = file in words and violation([file], tree.source_paths) is not None
        return named or is_judge(file)

    return is_frozen


def _judge_texts(tree: Tree, judges: Snapshot) -> Iterator[str]:
    for path, state in list(judges.files.items())[:_MOST_JUDGES]:
        if path.endswith(".py") and not state.leaves and state.identity[1] <= _MOST_JUDGE_BYTES:
            yield _text(tree.root / path)


def _text(path: Path) -> str:
    with suppress(OSError, SyntaxError, UnicodeDecodeError, LookupError):
        return read_source(path).text
    return ""
