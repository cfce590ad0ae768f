"""What can happen in a session, typed. Every view is a rendering of these and of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

LEAD_STREAM = "Tier 1 (Lead)"


class EventKind(StrEnum):
    """The kinds; the value is also the tag of the status line where it has one."""

    SESSION = "session"
    NODE_STARTED = "node_started"
    NODE_FINISHED = "node_finished"
    DISCOVERY = "discovery"
    PREFLIGHT = "preflight"
    BASELINE = "baseline"
    UNIFIED_PROFILE = "unified profile"
    UNIFIED_TARGETS = "unified targets"
    EXPERIMENT = "experiment"
    MEASURING = "measuring"
    APPROVAL = "approval"
    STEER = "steer"
    DISPATCH = "dispatch"
    MESSAGE = "message"
    MERGE = "merge"
    STRATEGY = "strategy"
    PROGRESS = "progress"
    MILESTONE = "milestone"
    PLATEAU = "plateau"
    STUCK = "stuck"
    REVIEW = "adversarial-review"
    COMPLETE = "complete"
    WARNING = "warning"
    FAILED = "failed"
    WORKER_ENDED = "worker_ended"
    VIEW_DROPPED = "view_dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: what.
        text: one line (or a table) as a person reads it, without the tag.
        data: the same, for machines; JSON values only.
        experiment: number of the experiment it belongs to, or None.
        stream: who speaks: `Tier 1 (Lead)`, `Tier 2 (Cpu specialist)`, `Tier 3 (Worker): <ticket>`.
        number: position in the session's log, from 1; 0 before it is published.
        stream_number: position in its stream, from 1; 0 before it is published.
        time_s: seconds since the epoch, set by the bus's clock.
    """

    kind: EventKind
    text: str = ""
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    experiment: int | None = None
    stream: str = LEAD_STREAM
    number: int = 0
    stream_number: int = 0
    time_s: float = 0.0
