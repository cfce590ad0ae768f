"""`reports/review-SESSION.json` and `.md`: what reviews found in a session, what became of it, and the checklist."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.model import Finding
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.markdown_text import code, plain
from orchestrator.policy.presubmit import WHOLE_BRANCH, Item
from orchestrator.policy.review import Answered

REVIEW_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRound:
    """One review.

    Attributes:
        base, head: commits whose difference was read.
        verdict: `approve` or `needs-attention`, as the reviewer gave it.
        answered: its findings, each with its answer.
        undone: numbers of the experiments that it undid.
        refused: numbers of those that could not be undone.
    """

    base: str
    head: str
    verdict: str
    answered: tuple[Answered, ...]
    undone: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReport:
    """All reviews of a session, and the checklist at its end.

    Attributes:
        session: its id.
        rounds: in order.
        items: of the checklist; none before the end.
        version: of this format.
    """

    session: str
    rounds: tuple[ReviewRound, ...] = ()
    items: tuple[Item, ...] = ()
    version: int = REVIEW_VERSION

    def with_round(self, added: ReviewRound) -> "ReviewReport":
        """Return the report with a review; one of the same base, which a killed session began, is replaced."""
        others = tuple(one for one in self.rounds if one.base != added.base)
        return replace(self, rounds=(*others, added))

    def of_experiment(self, number: int) -> tuple[Finding, ...]:
        """Return the findings about an experiment."""
        return tuple(each.finding for one in self.rounds for each in one.answered if each.experiment == number)

    def unanswered(self, number: int) -> tuple[Finding, ...]:
        """Return the findings that an experiment should have been undone for, and could not be."""
        refused = [one for one in self.rounds if number in one.refused]
        return tuple(
            each.finding for one in refused for each in one.answered if each.experiment == number and each.fate.undoes
        )


def path_of(reports: Path, session: str) -> Path:
    """Return where the report of a session is, as JSON; the same name with `.md` is for people."""
    return reports / f"review-{session}.json"


def load(reports: Path, session: str) -> ReviewReport:
    """Read the report of a session; an empty one where there is none that can be read: it is written anew."""
    try:
        found = _adapter().validate_json(path_of(reports, session).read_bytes())
    except (OSError, ValidationError):
        return ReviewReport(session=session)
    return found if found.version == REVIEW_VERSION else ReviewReport(session=session)


def save(report: ReviewReport, reports: Path, records: Sequence[ExperimentRecord]) -> None:
    """Write the report, for programs and for people.

    Raises:
        NotWritable: the folder refuses.
    """
    path = path_of(reports, report.session)
    write_text(path, _adapter().dump_json(report, indent=1).decode() + "\n")
    write_text(path.with_suffix(".md"), markdown(report, records))


def markdown(report: ReviewReport, records: Sequence[ExperimentRecord]) -> str:
    """Return the report as a person reads it.

    Args:
        report: of a session.
        records: of the repository's experiments: of those made anew, what became of them is told.
    """
    parts = [f"# Review of session {report.session}"]
    if report.items:
        parts += ["## Checklist", "\n".join(_table(report.items))]
    for number, one in enumerate(report.rounds, start=1):
        title = f"## Review {number}: {plain(one.verdict)}"
        parts += [title, f"{code(one.base[:12])} to {code(one.head[:12])}", "\n".join(_findings(one))]
    again = list(_made_anew(report, records))
    if again:
        parts += ["## Undone, and made anew", "\n".join(again)]
    return "\n\n".join(parts) + "\n"


def _table(items: Iterable[Item]) -> Iterator[str]:
    yield "| what | of | verdict | evidence |"
    yield "|---|---|---|---|"
    for one in items:
        whole = one.experiment == WHOLE_BRANCH
        about = "the branch" if whole else f"experiment {one.experiment}"
        yield f"| {one.name.value} | {about} | {'holds' if one.passed else '**fails**'} | {plain(one.detail)} |"


def _findings(one: ReviewRound) -> Iterator[str]:
    if not one.answered:
        yield "No finding."
    for each in one.answered:
        found = each.finding
        about = f" (experiment {each.experiment})" if each.experiment else ""
        yield (
            f"- {plain(found.severity)}, {found.confidence:.0%} sure, {code(f'{found.file}:{found.lines[0]}')}{about}:"
            f" {plain(found.claim)}. **{each.fate.value}**: {plain(each.why)}"
        )


def _made_anew(report: ReviewReport, records: Sequence[ExperimentRecord]) -> Iterator[str]:
    undone = [number for one in report.rounds for number in one.undone]
    for number in undone:
        tried = [one for one in records if one.repairs == number]
        if not tried:
            yield f"- experiment {number}: undone"
        for one in tried:
            yield (
                f"- experiment {number}: undone, made anew as experiment {one.number}:"
                f" {one.verdict.status.value}, {plain(one.verdict.explanation)}"
            )


@cache
def _adapter() -> TypeAdapter[ReviewReport]:
    return TypeAdapter(ReviewReport)
