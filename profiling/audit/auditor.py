"""Puts one audit together: graph, actions, traces, findings, by the cost model in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from profiling.audit import actions
from profiling.audit.actions import UnknownEntry
from profiling.audit.calibration import Calibration
from profiling.audit.call_graph import CallGraph
from profiling.audit.cost_model import STANDARD, CostModel
from profiling.audit.costs import build_expensive_ops_index
from profiling.audit.findings.detect import detect
from profiling.audit.harness_run import measured_costs
from profiling.audit.model import Action, ActionProfile
from profiling.audit.mutations import build_state_mutations_index
from profiling.audit.report import AS_SHIPPED, Audit
from profiling.audit.sources import Sources
from profiling.audit.trace import MAX_DEPTH, trace_action
from profiling.context.manifest import Manifest
from profiling.context.scripts import Script
from profiling.profile import Profile

MOST_ACTIONS = 24
"""Traced when none is named. Declared ones and console scripts come first; a tree may have hundreds of modules with a
`__main__` part, and a second or more goes into each."""
_MOST_NAMES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be audited.

    Attributes:
        action: name of one, a pytest node id, or a function; None for all that are found.
        entry: a function by its dotted name, in place of an action.
        depth: calls followed from an entry point.
        may_be_missing: audit no action, rather than refuse, when the one named is not there.
    """

    action: str | None = None
    entry: str | None = None
    depth: int = MAX_DEPTH
    may_be_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A tree that was read.

    Attributes:
        name: of it, for a person.
        graph: its call graph; sources: its files; manifest: its declarations.
        scripts: the commands it installs; None: as its declarations say.
    """

    name: str
    graph: CallGraph
    sources: Sources
    manifest: Manifest
    scripts: tuple[Script, ...] | None = None


def audit(
    tree: Subject,
    wanted: Wanted,
    *,
    day: date,
    calibration: Calibration | None = None,
    measured: Profile | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Return the audit of a tree.

    Args:
        tree: that was read.
        wanted: which actions, how deep.
        day: of the audit.
        calibration: fitted weights; None for those shipped.
        measured: a profile of an action: to tell hot functions from cold ones, and to stand beside the estimates.
        say: told what begins.

    Raises:
        UnknownEntry: no action or function has the name given; the message says what may have been meant.
    """
    model = STANDARD if calibration is None else calibration.model()
    say("looking for actions")
    discovery = _discovered(tree)
    wished = _wished(tree.graph, wanted, discovery.actions)
    traced = [_traced(tree, action, wanted, model, say) for action in wished[:MOST_ACTIONS]]
    say("looking for findings")
    found = detect(tree.graph, traced, tree.sources, measured=measured, model=model)
    return Audit(
        day=day,
        tree=tree.name,
        nodes=tree.graph.nodes,
        problems=tree.graph.problems,
        unresolved=tuple(tree.graph.unresolved()),
        expensive_ops=build_expensive_ops_index(tree.graph, model=model, root=tree.sources.root),
        state_mutations=build_state_mutations_index(tree.graph),
        actions=traced,
        findings=found.findings,
        sites=found.sites,
        shapes={name: shape.value for name, shape in found.shapes.items()},
        action_shapes={name: shape.value for name, shape in found.action_shapes.items()},
        notes=(*tree.graph.notes, *tree.manifest.problems, *discovery.problems, *found.problems, *_left_out(wished)),
        calibration=fitted(calibration),
        measured={} if measured is None else {one.action.name: measured_costs(one, measured) for one in traced},
    )


def chosen(tree: Subject, wanted: Wanted) -> tuple[Action, ...]:
    """Return the actions that are wanted: all that are found when none is named.

    Raises:
        UnknownEntry: no action or function has the name given; the message says what may have been meant.
    """
    return _wished(tree.graph, wanted, _discovered(tree).actions)


def _discovered(tree: Subject) -> actions.Discovery:
    return actions.discover(tree.graph, tree.manifest, tree.sources, scripts=tree.scripts)


def fitted(calibration: Calibration | None) -> str:
    """Return where the weights come from, with what fitted ones leave unexplained."""
    if calibration is None:
        return AS_SHIPPED
    rank = calibration.rank_correlation
    ranked = "undefined" if rank is None else f"{rank:.2f}"
    return (
        f"weights fitted to `{calibration.command}` on Python {calibration.python}: {calibration.functions} functions,"
        f" spread of ln(estimated / measured) {calibration.spread:.2f}, rank correlation {ranked} over these functions"
    )


def _traced(
    tree: Subject, action: Action, wanted: Wanted, model: CostModel, say: Callable[[str], None]
) -> ActionProfile:
    say(f"tracing {action.name}")
    return trace_action(tree.graph, action, wanted.depth, model=model, sources=tree.sources)


def _wished(graph: CallGraph, wanted: Wanted, known: Sequence[Action]) -> tuple[Action, ...]:
    try:
        if wanted.entry is not None:
            return (actions.entry(graph, wanted.entry),)
        return tuple(known) if wanted.action is None else (actions.find(graph, wanted.action, known),)
    except UnknownEntry as error:
        if wanted.may_be_missing:
            return ()
        raise UnknownEntry(f"{error}{_known(wanted, known)}") from error


def _known(wanted: Wanted, known: Sequence[Action]) -> str:
    names = [action.name for action in known]
    near = get_close_matches(wanted.action or "", names, n=5, cutoff=0.5) or names[:5]
    return f"; actions here are {', '.join(near)}" if wanted.action and near else ""


def _left_out(wished: Sequence[Action]) -> tuple[str, ...]:
    if len(wished) <= MOST_ACTIONS:
        return ()
    names = [action.name for action in wished[MOST_ACTIONS:]]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    shown = ", ".join(names[:_MOST_NAMES])
    return (f"{len(names)} of {len(wished)} actions were not traced, name one with --action: {shown}{more}",)
