"""An audit as plain values, for programs."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.findings.model import Finding
from profiling.audit.model import ActionProfile
from profiling.audit.render.markdown import render_markdown
from profiling.audit.render.mermaid import render_action
from profiling.audit.report import Audit

Plain: TypeAlias = str | int | float | bool | Sequence["Plain"] | Mapping[str, "Plain"] | None


def as_document(audit: Audit) -> dict[str, Plain]:
    """Return an audit with its actions; functions that no action reaches are in the files alone."""
    return {
        "day": audit.day.isoformat(),
        "tree": audit.tree,
        "functions": len(audit.nodes),
        "unresolved": len(audit.unresolved),
        "calibration": audit.calibration,
        "actions": [action_document(audit, profile) for profile in audit.actions],
        "problems": [{"file": one.file, "problem": one.problem} for one in audit.problems],
        "notes": list(audit.notes),
    }


def action_document(audit: Audit, profile: ActionProfile) -> dict[str, Plain]:
    """Return one action's profile."""
    findings = audit.findings_of(profile)
    return {
        "action": profile.action.name,
        "description": profile.action.description,
        "entry_points": list(profile.action.entry_points),
        "shape": audit.action_shapes.get(profile.action.name),
        "total_load_estimate": profile.total_load,
        "functions": [_function(audit, profile, name, depth) for name, depth in profile.depth.items()],
        "expensive_ops": [
            {
                "function": name,
                "callee": op.callee,
                "class": op.cost_class.value,
                "size": op.size,
                "line": op.line,
                "weight": op.weight,
                "expensive": op.weight > EXPENSIVE_THRESHOLD,
            }
            for name, ops in profile.expensive_ops.items()
            for op in ops
            if op.weight > 0
        ],
        "state_mutations": [
            {"function": name, "target": change.target, "kind": change.kind.value, "line": change.line}
            for name, changes in profile.state_mutations.items()
            for change in changes
        ],
        "redundancy": [
            {"callee": one.callee, "source": one.source, "count": one.count, "places": list(one.places)}
            for one in profile.redundancy
        ],
        "pipelining_candidates": [list(group) for group in profile.pipelining],
        "unresolved_calls": [
            {"caller": one.caller, "call": one.text, "line": one.line, "reason": one.reason}
            for one in profile.unresolved
        ],
        "candidates": [_finding(one) for one in findings],
        "mermaid": render_action(profile),
        "markdown": "\n".join(render_markdown(profile, findings, audit.measured.get(profile.action.name, ()))),
    }


def _function(audit: Audit, profile: ActionProfile, name: str, depth: int) -> dict[str, Plain]:
    node = audit.nodes[name]
    load = profile.load.get(name, 0.0)
    return {
        "name": name,
        "file": node.file,
        "line": node.line,
        "depth": depth,
        "load": load,
        "shape": audit.shapes.get(name),
    }


def _finding(one: Finding) -> dict[str, Plain]:
    return {
        "kind": one.kind.value,
        "function": one.function,
        "file": one.file,
        "line": one.line,
        "what": one.what,
        "why": one.why,
        "action": one.action,
        "cost_now": one.cost_now,
        "reduction": one.reduction,
        "effort": one.effort.value,
        "priority": one.priority.value,
        "heat": one.heat.value,
    }
