"""All that was tried in a repository: by its records, by HANDOFF.md, and by the rows of results.tsv."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orchestrator.errors import OptimizeError
from orchestrator.ledger import handoff, results_tsv, trials
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.methodology import workload_of
from orchestrator.plain import setup_from_json
from orchestrator.policy.code_changes import code_changes
from orchestrator.policy.tried import Present, Trial, Tried, sort_out
from orchestrator.sources import decoded
from orchestrator.state import SessionState
from orchestrator.workspace.repository import Repository
from profiling.model import FunctionKey

_INSIDE = ".<locals>"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBook:
    """What was tried here, and what was tried elsewhere, whose whole records are not here.

    Attributes:
        repository, layout: of the user's checkout.
    """

    repository: Repository
    layout: Layout
    _elsewhere: list[tuple[Trial, ...]] = field(default_factory=list)
    _grounds: dict[str, "HistoryOfHead"] = field(default_factory=dict)

    def tried(self, state: SessionState, records: Iterable[ExperimentRecord]) -> Tried:
        """Return the earlier experiments, sorted out by whether they count for a session as it stands.

        Raises:
            RecordsDamaged: HANDOFF.md or results.tsv can't be read.
        """
        here = tuple(map(trials.of_record, records))
        known = {one.key for one in here}
        elsewhere = tuple(one for one in self._told() if one.key not in known)
        present = Present(
            session=state["session_id"],
            continues=state.get("continues", ""),
            workload=workload_of(setup_from_json(state["setup"])).text,
        )
        return sort_out((*elsewhere, *here), self._ground(state["head_commit"]), present)

    def _ground(self, head: str) -> "HistoryOfHead":
        return self._grounds.setdefault(head, HistoryOfHead(repository=self.repository, head=head))

    def _told(self) -> tuple[Trial, ...]:
        """Return what HANDOFF.md and the table tell of, read once: what this process adds has records."""
        if not self._elsewhere:
            self._elsewhere.append(told(self.layout))
        return self._elsewhere[0]


def told(layout: Layout) -> tuple[Trial, ...]:
    """Return the experiments that HANDOFF.md tells of, then those that only a row tells of.

    Raises:
        RecordsDamaged: one of the two can't be read.
    """
    written = handoff.load(layout.handoff)
    marked = written.trials if written is not None else ()
    known = {one.key for one in marked}
    rows = (trials.of_row(row) for row in results_tsv.read(layout.results))
    return (*marked, *(one for one in rows if one is not None and one.key not in known))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOfHead:
    """The ground of a session: what git says of its head; each thing is asked once.

    Attributes:
        repository: the user's; head: full hash.
    """

    repository: Repository
    head: str
    _contained: dict[str, bool] = field(default_factory=dict)
    _changed: dict[tuple[str, str], frozenset[str] | None] = field(default_factory=dict)

    def contains(self, commit: str) -> bool:
        """Say whether a commit is in the history of the head; what names none in the repository is not."""
        if commit not in self._contained:
            try:
                self._contained[commit] = self.repository.is_ancestor(commit, self.head)
            except (OptimizeError, ValueError):
                self._contained[commit] = False
        return self._contained[commit]

    def reads_as_in(self, target: FunctionKey, commits: Sequence[str]) -> bool | None:
        """Say whether a function reads as in one of these commits; None where none of them can be read."""
        name = target.qualname.partition(_INSIDE)[0]
        read = False
        for changed in self._changes(target.file, commits):
            if name not in changed:
                return True
            read = True
        return False if read else None

    def _changes(self, file: str, commits: Sequence[str]) -> Iterator[frozenset[str]]:
        for commit in commits:
            if (commit, file) not in self._changed:
                self._changed[commit, file] = self._changes_since(commit, file)
            found = self._changed[commit, file]
            if found is not None:
                yield found

    def _changes_since(self, commit: str, file: str) -> frozenset[str] | None:
        """Return the names of what differs in a file, None where one of its states can't be read."""
        try:
            before, now = (self._text(one, file) for one in (commit, self.head))
            if before == now:
                return frozenset()
            return frozenset(one.qualname for one in code_changes({file: before}, {file: now}))
        except (OptimizeError, SyntaxError, ValueError, RecursionError):
            return None

    def _text(self, commit: str, file: str) -> str:
        return decoded(self.repository.file_at(commit, file) or b"").text
