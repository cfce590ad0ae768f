"""Turns a chosen target into one written fix, with its record begun."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from agents.model import Attempt, Bench, Brief, Proposal
from agents.specialists._base import Backend
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.keep_or_discard import choose_level
from orchestrator.policy.own_calls import place_of
from orchestrator.policy.verdict import Reason
from orchestrator.services import Checkouts, Clock, Recorder
from orchestrator.sources import read_source
from orchestrator.state import Chosen, SessionState
from orchestrator.survey import Survey
from profiling.context import layout as source_layout
from profiling.model import Domain, FunctionKey, Tree

Begin = Callable[[Proposal], Draft]


class MakeBench(Protocol):
    """Makes a bench for one brief."""

    def __call__(self, *, setup: Setup, tree: Tree, begin: Begin) -> Bench:
        """Return a bench on a base tree; `begin` makes a draft of a proposal."""
        ...


_TELLING = frozenset({Reason.BEHAVIOUR_CHANGED, Reason.GAMING_SUSPECTED})
"""Reasons whose explanation names inputs that a proposer is not to see: the next fix would be fitted to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendProposer:
    """Asks the backend's specialist of the chosen domain.

    Attributes:
        backend: who proposes.
        checkouts: the base worktree holds what is looked at.
        recorder: knows what was tried.
        clock: stamps the draft.
        bench: gives where a fix is tried before it is proposed; without one nothing is tried.
    """

    backend: Backend
    checkouts: Checkouts
    recorder: Recorder
    clock: Clock
    bench: MakeBench | None = None

    def draft(self, setup: Setup, state: SessionState, survey: Survey, chosen: Chosen) -> Draft | None:
        """Return the first proposal for the chosen place that was not tried on this base, or None."""
        records = self.recorder.records()
        key = FunctionKey(file=chosen["file"], first_line=chosen["first_line"], qualname=chosen["qualname"])
        target = next((target for target in survey.targets if target.key == key), None)
        if target is None:
            return None
        tree = source_layout.at(setup.tree, self.checkouts.base_at(state["head_commit"]))
        paths = survey.paths.get(key)
        brief = Brief(
            target=target,
            tree=tree,
            profile=survey.profile,
            facts=survey.facts,
            history=tuple(attempt_of(record) for record in records),
            callers=paths.callers if paths else (),
            callees=paths.callees if paths else (),
            interactions=survey.interactions,
            table=survey.targets,
            paths=survey.paths,
        )
        begin = partial(self._begin, state, survey, brief)
        brief = replace(
            brief, bench=self.bench(setup=setup, tree=tree, begin=begin) if self.bench is not None else None
        )
        tried = {record.key for record in records}
        for proposal in self.backend.specialist(Domain(chosen["domain"])).propose(brief):
            content_key = proposal.content_key(state["head_tree"])
            if _is_chosen(proposal, chosen) and content_key not in tried:
                return begin(proposal)
        return None

    def _begin(self, state: SessionState, survey: Survey, brief: Brief, proposal: Proposal) -> Draft:
        target = brief.target
        sources = {file: read_source(brief.tree.root / file).text for file in proposal.patch.files}
        place = place_of(target.key, survey.profile, brief.tree.source_paths)
        expected = max(proposal.expected.get(proposal.dimension, 0.0), 0.0)
        hypotheses = [one.kind.value for one in survey.interactions if one.key == target.key]
        return Draft(
            number=state["first_number"] + state["recorded"],
            key=proposal.content_key(state["head_tree"]),
            base_commit=state["head_commit"],
            base_tree=state["head_tree"],
            proposal=proposal,
            diff=proposal.patch.diff(sources),
            domains=tuple(domain.value for domain in target.domains) or (proposal.domain.value,),
            interactions=tuple(dict.fromkeys(hypotheses)),
            cpu_share=target.cpu_share,
            total_share=place.total_share,
            outside_share=place.outside_share,
            level=choose_level(1.0, expected),
            place_digest=proposal.place_digest,
            started_at=self.clock.now().isoformat(timespec="seconds"),
        )


def _is_chosen(proposal: Proposal, chosen: Chosen) -> bool:
    return (proposal.source, proposal.place_digest) == (chosen["source"], chosen["place_digest"])


def attempt_of(record: ExperimentRecord) -> Attempt:
    """Return an experiment as a proposer needs to know it."""
    return Attempt(
        source=record.proposal.source,
        key=record.proposal.key,
        summary=record.proposal.summary,
        status=record.verdict.status.value,
        reason=record.verdict.reason.value,
        place_digest=record.place_digest,
        explanation="" if record.verdict.reason in _TELLING else record.verdict.explanation,
    )
