"""Turns a chosen target into one written fix, with its record begun."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from agents.model import Bench, Brief, Insight, Proposal, Undone
from agents.specialists._base import Backend
from agents.specialists.researcher import Researcher
from agents.specialists.setup import Setup
from orchestrator import brief_context
from orchestrator.draft import Draft
from orchestrator.ledger.conventions import Conventions
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.plain import finding_from_json
from orchestrator.policy.keep_or_discard import choose_level
from orchestrator.policy.own_calls import place_of
from orchestrator.policy.tried import Trial
from orchestrator.recording import Recorder
from orchestrator.services import Checkouts, Clock
from orchestrator.sources import read_source
from orchestrator.state import Assignment, Chosen, SessionState
from orchestrator.survey import Survey
from profiling.context import layout as source_layout
from profiling.model import Domain, FunctionKey, Tree

Begin = Callable[[Proposal], Draft]


class MakeBench(Protocol):
    """Makes a bench for one brief."""

    def __call__(self, *, setup: Setup, tree: Tree, begin: Begin) -> Bench:
        """Return a bench on a base tree; `begin` makes a draft of a proposal."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendProposer:
    """Asks the backend's specialist of the chosen domain.

    Attributes:
        backend: who proposes.
        checkouts: the base worktree holds what is looked at.
        recorder: knows what was tried.
        clock: stamps the draft.
        conventions: what the maintainers want.
        bench: gives where a fix is tried before it is proposed; without one nothing is tried.
        researcher: reads what was not read ahead; without one nothing is.
    """

    backend: Backend
    checkouts: Checkouts
    recorder: Recorder
    clock: Clock
    conventions: Conventions = field(default_factory=Conventions)
    bench: MakeBench | None = None
    researcher: Researcher | None = None

    def draft(self, setup: Setup, state: SessionState, survey: Survey, chosen: Chosen) -> Draft | None:
        """Return the first proposal for the chosen place that was not tried on this base, or None."""
        records = self.recorder.records()
        brief = self.brief(setup, state, survey, chosen)
        if brief is None:
            return None
        begin = partial(self._begin, state, survey, brief)
        if self.bench is not None:
            brief = replace(brief, bench=self.bench(setup=setup, tree=brief.tree, begin=begin))
        tried = self.recorder.tried(state)
        for proposal in self._proposals(brief, chosen, records):
            if not tried.has(proposal, state["head_tree"]):
                return replace(begin(proposal), repairs=chosen["repair"]["number"] if "repair" in chosen else 0)
        return None

    def brief(self, setup: Setup, state: SessionState, survey: Survey, chosen: Chosen) -> Brief | None:
        """Return all that a specialist is told of the chosen place; None when the table has no such target."""
        records = self.recorder.records()
        key = FunctionKey(file=chosen["file"], first_line=chosen["first_line"], qualname=chosen["qualname"])
        target = next((target for target in survey.targets if target.key == key), None)
        if target is None:
            return None
        paths, assignment = survey.paths.get(key), own_assignment(state)
        # A keep on this very base is a worker's beside: it is not in the profile.
        earlier = [one for one in records if one.base_commit != state["head_commit"]]
        mine = [one for one in earlier if one.session == state["session_id"]]
        brief = Brief(
            target=target,
            tree=source_layout.at(setup.tree, self.checkouts.base_at(state["head_commit"])),
            profile=survey.profile,
            facts=survey.facts,
            history=tuple(one.attempt for one in told_of(self.recorder.tried(state).counting, assignment)),
            callers=paths.callers if paths else (),
            callees=paths.callees if paths else (),
            interactions=survey.interactions,
            table=survey.targets,
            paths=survey.paths,
            avoid=brief_context.avoid(self.conventions, assignment),
            notes=(
                *brief_context.notes(target, survey, mine, setup),
                *(assignment["notes"] if assignment is not None else ()),
            ),
            stream=assignment["stream"] if assignment is not None else "",
        )
        return replace(brief, insights=self._insights(brief, assignment, chosen))

    def _insights(self, brief: Brief, assignment: Assignment | None, chosen: Chosen) -> tuple[Insight, ...]:
        """Return what was read ahead of the target; where nobody did, it is read now."""
        if assignment is not None:
            finding = assignment["findings"].get(chosen["place_digest"])
            return (Insight(key=brief.target.key, **finding),) if finding is not None else ()
        found = self.researcher(brief) if self.researcher is not None else None
        return (found,) if found is not None else ()

    def _proposals(self, brief: Brief, chosen: Chosen, records: Sequence[ExperimentRecord]) -> Iterator[Proposal]:
        """Yield the fixes for the chosen place; where one is to be applied again, that one, moved to where it fits."""
        if "repair" in chosen:
            yield from self._made_anew(brief, chosen, records)
            return
        again = next((record for record in records if record.number == chosen.get("again")), None)
        if again is not None:
            moved = _moved(again.proposal, brief)
            if moved is not None:
                yield moved
            return
        for proposal in self.backend.specialist(Domain(chosen["domain"])).propose(brief):
            if _is_chosen(proposal, chosen):
                yield proposal

    def _made_anew(self, brief: Brief, chosen: Chosen, records: Sequence[ExperimentRecord]) -> Iterator[Proposal]:
        """Yield new forms of a fix that a review undid; none where its text does not stand any more."""
        repair = chosen["repair"]
        undone = next((record for record in records if record.number == repair["number"]), None)
        moved = _moved(undone.proposal, brief) if undone is not None else None
        if moved is not None:
            findings = tuple(map(finding_from_json, repair["findings"]))
            specialist = self.backend.specialist(moved.domain)
            yield from specialist.propose(replace(brief, undone=Undone(proposal=moved, findings=findings)))

    def _begin(self, state: SessionState, survey: Survey, brief: Brief, proposal: Proposal) -> Draft:
        target = brief.target
        sources = {file: read_source(brief.tree.root / file).text for file in proposal.patch.files}
        place = place_of(target.key, survey.profile, brief.tree.source_paths)
        expected = max(proposal.expected.get(proposal.dimension, 0.0), 0.0)
        hypotheses = [one.kind.value for one in survey.interactions if one.key == target.key]
        return Draft(
            number=self.recorder.number(state["first_number"]),
            key=self.recorder.tried(state).key_for(proposal, state["head_tree"], state["session_id"]),
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


def _moved(proposal: Proposal, brief: Brief) -> Proposal | None:
    """Return a fix made on another base as it reads on this one; None where its text does not stand any more."""
    try:
        sources = {file: read_source(brief.tree.root / file).text for file in proposal.patch.files}
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    patch = proposal.patch.moved(sources)
    return replace(proposal, patch=patch, key=brief.target.key) if patch is not None else None


def own_assignment(state: SessionState) -> Assignment | None:
    """Return what the worker whose state it is was sent out with; None for the lead's."""
    return state["assignments"][0] if state.get("worker") else None


def told_of(tried: Sequence[Trial], assignment: Assignment | None) -> Sequence[Trial]:
    """Return the experiments that a proposer is told of: a worker those before its dispatch, and its own."""
    if assignment is None or "known" not in assignment:
        return tried
    places = {one["place_digest"] for one in assignment["targets"]}
    return [one for one in tried if one.number <= assignment["known"] or one.place_digest in places]


def _is_chosen(proposal: Proposal, chosen: Chosen) -> bool:
    return (proposal.source, proposal.place_digest) == (chosen["source"], chosen["place_digest"])
