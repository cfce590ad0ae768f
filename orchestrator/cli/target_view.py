"""What `optimize targets` shows: a survey of the files as they are, for a person or a program."""

import json

from pydantic import TypeAdapter

from agents.recipes.backend import RecipesBackend
from orchestrator.cli.audit_tree import cache_of
from orchestrator.cli.observation import Observer, not_seen
from orchestrator.cli.observation import as_lines as profile_lines
from orchestrator.cli.recorded_facts import recorded
from orchestrator.cli.scaling import Scale, grown
from orchestrator.code_paths import code_paths
from orchestrator.live.plain_text import neutral, one_line
from orchestrator.live.says import fix_line
from orchestrator.policy.scope import violation
from orchestrator.survey import Survey
from profiling.boundary.audit import boundaries, told
from profiling.formats.table import unified_targets_lines
from profiling.interactions.detect import detect
from profiling.target import Interaction, Target
from profiling.targets import build

_TARGETS: TypeAdapter[tuple[Target, ...]] = TypeAdapter(tuple[Target, ...])
_INTERACTIONS: TypeAdapter[tuple[Interaction, ...]] = TypeAdapter(tuple[Interaction, ...])


def survey(observer: Observer, sized: Scale | None = None) -> Survey:
    """Profile, record facts where a fix may be possible, and rank.

    Args:
        observer: runs the command.
        sized: a scaling test to run as well.

    Raises:
        orchestrator.errors.WorkloadFailed: the command fails, or runs no line of the project.
    """
    tree, backend = observer.setup.tree, RecipesBackend()
    profile = observer.profile()
    facts = recorded(observer, profile, backend)
    found = backend.candidates(tree, profile, facts)
    candidates = tuple(one for one in found if not one.awaits_approval)
    growth = grown(observer, sized) if sized is not None else None
    detected = detect(profile, facts, growth, root=tree.root)
    audited = boundaries(detected, profile, tree)
    interactions = told(detected, audited)
    table = build(
        profile,
        interactions,
        frozenset(candidate.key for candidate in candidates),
        editable=lambda file: violation([file], tree.source_paths) is None,
    )
    observer.say("reading who calls whom")
    return Survey(
        profile=profile,
        facts=facts,
        interactions=interactions,
        candidates=candidates,
        waiting=tuple(one for one in found if one.awaits_approval),
        targets=table,
        paths=code_paths(tree, observer.command, cache=cache_of(tree.root)),
        boundaries=audited,
    )


def as_lines(found: Survey) -> tuple[str, ...]:
    """Return it for a person."""
    joined = [
        f"{one.kind.value.replace('_', ' ')} at {one.key.qualname} ({one.key.place}):"
        f" {' — and '.join(each.text for each in one.evidence)}. Root fix: {one.root_fix}"
        for one in found.interactions
    ]
    fixes, waiting = ([fix_line(one) for one in some] for some in (found.candidates, found.waiting))
    return (
        *profile_lines(found.profile),
        *not_seen(found.profile.notes),
        "[unified targets]",
        *(neutral(line).replace("\n", " ") for line in unified_targets_lines(found.targets)),
        *_section("what joins their costs:", joined),
        *_section("what the source says of them:", list(found.path_lines)),
        *_section("fixes to try, none of them proved yet:", fixes),
        *_section("fixes that wait for your agreement (optimize run --yes tries them too):", waiting),
        *_section("facts not seen:", list(found.facts.notes)),
    )


def as_json(found: Survey) -> str:
    """Return it for a program."""
    fixes = [
        {
            "source": one.source,
            "function": one.key.qualname,
            "place": one.key.place,
            "evidence": one.evidence,
            "awaits_approval": one.awaits_approval,
        }
        for one in (*found.candidates, *found.waiting)
    ]
    return json.dumps(
        {
            "command": found.profile.command.text,
            "targets": _TARGETS.dump_python(found.targets, mode="json"),
            "interactions": _INTERACTIONS.dump_python(found.interactions, mode="json"),
            "paths": list(found.path_lines),
            "fixes": fixes,
            "notes": [*found.profile.notes, *found.facts.notes],
        },
        indent=2,
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {one_line(line)}" for line in lines)] if lines else []
