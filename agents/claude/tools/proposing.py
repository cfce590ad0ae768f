"""How a specialist answers: a fix with its reasons, or that there is none; and the bench where it tries one first."""

from dataclasses import dataclass, field

from pydantic import Field

from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.edits import MOST_EDITS, EditInput, patch_of
from agents.model import Answer, Brief, Checklist, Patch, Proposal
from profiling.model import Dimension, Domain, FunctionKey

MOST_SUMMARY = 60
_MOST_WORDS = 1000
_MOST_TRIALS = 8


class AnswerInput(Arguments):
    """One answer, with a pointer to its evidence."""

    text: str = Field(min_length=1, max_length=_MOST_WORDS)
    evidence: str = Field(min_length=1, max_length=_MOST_WORDS)


class ChecklistInput(Arguments):
    """The ten answers of the joint reasoning."""

    domains: AnswerInput
    interaction: AnswerInput
    root_cause: AnswerInput
    mechanism: AnswerInput
    other_domains: AnswerInput
    measurement: AnswerInput
    data_size: AnswerInput
    exercised: AnswerInput
    correctness: AnswerInput
    production: AnswerInput


class FixInput(Arguments):
    """A fix to be tried."""

    edits: tuple[EditInput, ...] = Field(min_length=1, max_length=MOST_EDITS)


class TestsInput(FixInput):
    """A fix to be tested; names: parts of test names, none for all."""

    __test__ = False

    names: tuple[str, ...] = Field(default=(), max_length=20)


class ProposalInput(FixInput):
    """A whole proposal."""

    summary: str = Field(
        min_length=3, max_length=MOST_SUMMARY, description="imperative, continues the commit subject `perf: `"
    )
    mechanism: str = Field(min_length=10, max_length=_MOST_WORDS, description="why it is faster or smaller")
    dimension: Dimension
    expected_share: float = Field(gt=0, le=1, description="of the workload's cost in that dimension, to be saved")
    risk: str = Field(min_length=3, max_length=_MOST_WORDS, description="what could go wrong, and what you checked")
    checklist: ChecklistInput


class GivenUpInput(Arguments):
    """Why there is no fix."""

    reason: str = Field(min_length=3, max_length=_MOST_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """The specialist sees no fix that holds."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a specialist answers for.

    Attributes:
        brief: the target.
        checkout: its tree.
        source, domain, dimension, place_digest: of the candidate that was chosen.
        reachable_share: most that can be saved (0 to 1), by the profile.
    """

    brief: Brief
    checkout: Checkout
    source: str
    domain: Domain
    dimension: Dimension
    place_digest: str
    reachable_share: float

    @property
    def key(self) -> FunctionKey:
        """Return the function."""
        return self.brief.target.key

    def patch(self, edits: tuple[EditInput, ...]) -> Patch:
        """Return the patch of a fix.

        Raises:
            ToolRefused: it does not apply.
        """
        return patch_of(edits, self.checkout, self.brief.tree)

    def proposal(self, given: ProposalInput) -> Proposal:
        """Return what was proposed, checked by every rule that needs no run.

        Raises:
            ToolRefused: a rule is broken; the message says which.
        """
        proposal = self._written(given, self.patch(given.edits))
        if given.expected_share > self.reachable_share:
            reach = f"the profile leaves {self.reachable_share:.3f} within reach"
            raise ToolRefused(f"expected_share {given.expected_share:.3f} is too much: {reach}")
        if given.dimension is not self.dimension:
            raise ToolRefused(
                f"dimension is {given.dimension.value}: this target's fix is measured in {self.dimension}"
            )
        objection = self.brief.bench.objection(proposal) if self.brief.bench is not None else ""
        if objection:
            raise ToolRefused(f"the rules refuse it: {objection}")
        return proposal

    def trial(self, edits: tuple[EditInput, ...]) -> Proposal:
        """Return a fix as a proposal whose reasons are still to come."""
        open_ = Answer(text="being tried", evidence="none yet")
        return Proposal(
            source=self.source,
            domain=self.domain,
            dimension=self.dimension,
            key=self.key,
            summary="a trial",
            mechanism="being tried",
            patch=self.patch(edits),
            expected={self.dimension: self.reachable_share},
            risk="being tried",
            checklist=Checklist(**dict.fromkeys(Checklist.__dataclass_fields__, open_)),
            place_digest=self.place_digest,
        )

    def _written(self, given: ProposalInput, patch: Patch) -> Proposal:
        inputs = {name: getattr(given.checklist, name) for name in Checklist.__dataclass_fields__}
        answers = {name: _answer(one) for name, one in inputs.items()}
        return Proposal(
            source=self.source,
            domain=self.domain,
            dimension=self.dimension,
            key=self.key,
            summary=_one_line(given.summary),
            mechanism=_one_line(given.mechanism),
            patch=patch,
            expected={self.dimension: given.expected_share},
            risk=_one_line(given.risk),
            checklist=Checklist(**answers),
            place_digest=self.place_digest,
        )


@dataclass(kw_only=True)
class _Trials:
    """Counts tries: the bench is the machine's, and time."""

    assignment: Assignment
    left: int = field(default=_MOST_TRIALS)

    def take(self) -> None:
        if self.left == 0:
            raise ToolRefused(f"{_MOST_TRIALS} fixes were tried: propose the best one, or give up")
        self.left -= 1


def trial_tools(assignment: Assignment) -> tuple[AnyTool, ...]:
    """Return the tools that try a fix; none where there is no bench."""
    bench = assignment.brief.bench
    if bench is None:
        return ()
    trials = _Trials(assignment=assignment)

    def prescreen(asked: FixInput) -> str:
        trial = assignment.trial(asked.edits)
        trials.take()
        return bench.prescreen(trial)

    def run_tests(asked: TestsInput) -> str:
        trial = assignment.trial(asked.edits)
        trials.take()
        return bench.run_tests(trial, asked.names)

    return (
        Tool(
            name="prescreen",
            description="Time a fix against the original on recorded calls of the target. Nothing of it stays.",
            arguments=FixInput,
            use=prescreen,
        ),
        Tool(
            name="run_tests",
            description="Run tests with a fix applied: those whose names hold one of `names`, or all.",
            arguments=TestsInput,
            use=run_tests,
        ),
    )


def answers(assignment: Assignment) -> tuple[AnyAnswer[Proposal | GivenUp], ...]:
    """Return the two ways to answer."""
    return (
        Answering(
            name="propose_edit",
            description=(
                "Propose the one fix: your answer. Each edit replaces `old` (exact, occurring once) by `new`, or the "
                "whole `function`. We apply, test and measure it."
            ),
            arguments=ProposalInput,
            judge=assignment.proposal,
        ),
        Answering(
            name="give_up",
            description="Say that there is no fix that holds, and why: your answer.",
            arguments=GivenUpInput,
            judge=lambda given: GivenUp(reason=_one_line(given.reason)),
        ),
    )


def _answer(given: AnswerInput) -> Answer:
    return Answer(text=_one_line(given.text), evidence=_one_line(given.evidence))


def _one_line(text: str) -> str:
    return " ".join(text.split())
