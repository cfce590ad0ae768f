"""One audit of one tree: everything that its files are written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from profiling.audit.contamination import StrayException
from profiling.audit.findings.model import Finding
from profiling.audit.findings.records import Site
from profiling.audit.harness_run import MeasuredCost
from profiling.audit.microbench import MicroResult
from profiling.audit.model import ActionProfile, ExpensiveOp, FileProblem, FunctionNode, StateMutation, Unresolved

AS_SHIPPED = "weights as shipped, not fitted to this machine: optimize audit --calibrate fits them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found in a tree.

    Attributes:
        day: of the audit, in UTC; it names the folder.
        tree: what was audited, for a person: a path or a commit.
        nodes: every function, by name.
        problems: files that could not be read.
        unresolved: calls whose targets are unknown.
        expensive_ops, state_mutations: by function.
        actions: traced ones, in the order they were asked for.
        findings: in what the actions reach, first things first.
        sites: `Any`-typed ones and dictionaries used as records.
        shapes: how the computation of a function is built, by its name; action_shapes: that of an action.
        notes: what else was seen: declarations that can't be used, what was left out; one sentence each.
        calibration: where the weights of the cost model come from, one sentence.
        measured: functions as a profile of the action saw them, by action; empty where none was made.
        stray: exceptions that ended a thread or a task while an action was measured: what it measured was not used.
        micro_benchmarks: declared ones, timed; empty where nothing was run.
    """

    day: date
    tree: str
    nodes: Mapping[str, FunctionNode]
    problems: Sequence[FileProblem] = ()
    unresolved: Sequence[Unresolved] = ()
    expensive_ops: Mapping[str, tuple[ExpensiveOp, ...]] = field(default_factory=dict)
    state_mutations: Mapping[str, tuple[StateMutation, ...]] = field(default_factory=dict)
    actions: Sequence[ActionProfile] = ()
    findings: Sequence[Finding] = ()
    sites: Sequence[Site] = ()
    shapes: Mapping[str, str] = field(default_factory=dict)
    action_shapes: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    calibration: str = AS_SHIPPED
    measured: Mapping[str, Sequence[MeasuredCost]] = field(default_factory=dict)
    stray: Sequence[StrayException] = ()
    micro_benchmarks: Sequence[MicroResult] = ()

    def findings_of(self, profile: ActionProfile) -> tuple[Finding, ...]:
        """Return the findings in what an action reaches."""
        names = {node.name for node in profile.functions}
        return tuple(one for one in self.findings if one.function in names)
