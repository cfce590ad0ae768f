"""What the lead graph remembers between nodes: small and JSON-plain. Everything large is a file under `.codeflash/`."""

from typing import Annotated, NotRequired, TypedDict

from orchestrator.live.events import JsonValue


class Repair(TypedDict):
    """A kept change that a review undid, to be made anew: its number, and the findings, as `agents.model.Finding`."""

    number: int
    findings: list[dict[str, JsonValue]]


class Chosen(TypedDict):
    """The target and the fix that `choose` decided on.

    `place_digest` names the text to be replaced; `expected_share` is a share of the workload (0 to 1) in `dimension`;
    `again` is the number of the experiment whose fix is to be applied once more, on the present base; `repair` is a
    fix that a review undid and that is to be made anew.
    """

    source: str
    domain: str
    dimension: str
    file: str
    first_line: int
    qualname: str
    place_digest: str
    expected_share: float
    again: NotRequired[int]
    repair: NotRequired[Repair]


class Finding(TypedDict):
    """What was read ahead of one target; the words are those of `agents.model.Insight`."""

    antipattern: str
    evidence: str
    callers: str
    interaction: str


class Assignment(TypedDict):
    """What one worker is sent out with.

    Attributes:
        worker: its name, also of its worktrees: `cpu-1`; agent: its domain.
        dispatch: number of the dispatch, from 1.
        stream: in which its events are told.
        targets: in the order to be tried, each on the base of the dispatch.
        avoid: what it must not touch and why, notes: what else it should know, one sentence each.
        findings: what the researcher read ahead, by place digest.
        known: number of the newest experiment when it was sent out: what others record meanwhile is not told to it,
            so that what it is told stays the same when it is taken up again.
    """

    worker: str
    agent: str
    dispatch: int
    stream: str
    targets: list[Chosen]
    avoid: list[str]
    notes: list[str]
    findings: dict[str, Finding]
    known: NotRequired[int]


class Report(TypedDict):
    """What a worker comes back with.

    Attributes:
        worker, agent, dispatch: as it was sent out.
        kept, dropped: numbers of its experiments.
        exhausted: place digests at which its specialist had nothing to propose.
        left: place digests that it did not come to.
        failure: what ended it before its time, empty when nothing did.
    """

    worker: str
    agent: str
    dispatch: int
    kept: list[int]
    dropped: list[int]
    exhausted: list[str]
    left: list[str]
    failure: str


def gathered(before: list[Report], added: list[Report]) -> list[Report]:
    """Return the reports of the newest dispatch, one a worker, by name: told twice, a report counts once."""
    reports = {(one["dispatch"], one["worker"]): one for one in (*before, *added)}
    newest = max((dispatch for dispatch, _ in reports), default=0)
    return [one for (dispatch, _), one in sorted(reports.items()) if dispatch == newest]


class SessionState(TypedDict, total=False):
    """The lead graph's state. Lists are replaced as a whole; `reports` alone come from several workers at once.

    Attributes:
        session_id: names the session in records and tags.
        setup: `agents.specialists.setup.Setup` as JSON.
        continues: id of the session that this one goes on with, because its checkpoint is not here; empty for none.
        continued: number of that one's experiments.
        look_first: file and qualified name of functions that an earlier session found under a library's ceiling.
        base_commit: where the session began: its headline compares with this.
        head_commit, head_tree: where the session branch stands: what every experiment is compared with.
        profiled_tree: tree hash whose unified profile, facts and target table exist. The profiling gate compares it
            with head_tree.
        output_repeatable: the workload prints the same in every run, so its output is held against a proposal.
        chosen: set by `choose`, None when there is nothing to try.
        finish_reason: why the session ends, empty while it goes on.
        has_draft: the specialist proposed something for the chosen target.
        failed_gate: reason of the gate that failed, empty while all passed.
        exhausted: place digests for which the specialist had nothing left to propose.
        first_number: number of this session's first experiment.
        recorded: experiments of this session.
        summed_up: experiments there were when the strategy was last looked at.
        last_was_kept: the experiment just ended.
        keeps_since_milestone, milestones: counts.
        recovery_steps: steps tried since the session was last stuck.
        spent_s: wall seconds before the last interruption.
        bounded: a bound (experiments, wall time) ended the session with work left.
        dispatches: so far; dispatched: workers sent out so far.
        assignments: of the workers that are out; none while the lead works itself.
        reports: of the last dispatch.
        lead_only: place digests that no worker is sent to any more: one failed there, or its change did not fit.
        refused: why the session ends before anything was run, empty while it goes on.
        again: numbers of experiments whose fixes the lead is to apply once more.
        reviewed: numbers of experiments that were reviewed; reviewed_commit: head that the last review ended with.
        repairs: kept changes that a review undid, to be made anew; review_rounds: times the end went back to that.
        worker: name of the worker whose state this is; the lead's has none.
    """

    session_id: str
    continues: str
    continued: int
    look_first: list[list[str]]
    setup: dict[str, JsonValue]
    base_commit: str
    head_commit: str
    head_tree: str
    profiled_tree: str
    output_repeatable: bool
    chosen: Chosen | None
    finish_reason: str
    has_draft: bool
    failed_gate: str
    exhausted: list[str]
    first_number: int
    recorded: int
    summed_up: int
    last_was_kept: bool
    keeps_since_milestone: int
    milestones: int
    recovery_steps: int
    spent_s: float
    bounded: bool
    dispatches: int
    dispatched: int
    assignments: list[Assignment]
    reports: Annotated[list[Report], gathered]
    lead_only: list[str]
    refused: str
    again: list[int]
    reviewed: list[int]
    reviewed_commit: str
    repairs: list[Repair]
    review_rounds: int
    worker: str


class WorkerState(SessionState, total=False):
    """A worker's state: the lead's at the dispatch, with its own assignment as the only one, and where it is with it.

    Attributes:
        taken: targets of the assignment that were begun.
        base_head, base_tree: of the dispatch: what each of its experiments is compared with.
    """

    taken: int
    base_head: str
    base_tree: str
