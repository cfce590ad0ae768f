"""What the lead graph remembers between nodes: small and JSON-plain. Everything large is a file under `.codeflash/`."""

from typing import TypedDict

from orchestrator.live.events import JsonValue


class Chosen(TypedDict):
    """The target and the fix that `choose` decided on.

    `place_digest` names the text to be replaced; `expected_share` is a share of the workload (0 to 1) in `dimension`.
    """

    source: str
    domain: str
    dimension: str
    file: str
    first_line: int
    qualname: str
    place_digest: str
    expected_share: float


class SessionState(TypedDict, total=False):
    """The lead graph's state. Lists are replaced as a whole, never added to by a reducer.

    Attributes:
        session_id: names the session in records and tags.
        setup: `agents.specialists.setup.Setup` as JSON.
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
        last_was_kept: the experiment just ended.
        keeps_since_milestone, milestones: counts.
        recovery_steps: steps tried since the session was last stuck.
        spent_s: wall seconds before the last interruption.
        bounded: a bound (experiments, wall time) ended the session with work left.
    """

    session_id: str
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
    last_was_kept: bool
    keeps_since_milestone: int
    milestones: int
    recovery_steps: int
    spent_s: float
    bounded: bool
