"""What an answer makes of what was asked about. An edit is held to the same rules as what it takes the place of."""

import ast
from collections.abc import Callable, Container
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.approvals.edited_diff import BadEdit, patch_of
from orchestrator.approvals.question import Answer, Decision
from orchestrator.draft import Draft
from orchestrator.policy.scope import violation
from orchestrator.policy.verdict import Reason, Status
from orchestrator.state import Assignment
from orchestrator.workspace.repository import EXPERIMENT_TRAILER
from profiling.context.commands import BadCommand, parse
from profiling.model import Command

_PERSON = "person:"
_LONGEST_SUBJECT = 200


class _Assigned(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    targets: list[str]
    avoid: list[str]
    notes: list[str]


def answered_experiment(
    draft: Draft, answer: Answer, read: Callable[[str], str], *, source_paths: tuple[str, ...], tried: Container[str]
) -> Draft:
    """Return the draft as it is to be tried, or with its rejection.

    Args:
        draft: as asked about.
        answer: of the person.
        read: returns a file's text on the draft's base; raises OSError, SyntaxError or UnicodeDecodeError.
        source_paths: files and folders that count as source.
        tried: keys of fixes that were.

    Raises:
        BadEdit: the edited diff does not apply, leaves the source, is no Python, or was tried already.
    """
    if answer.decision is Decision.REJECT:
        return replace(draft, failed=Reason.REJECTED, failure=rejection(answer))
    if answer.decision is Decision.APPROVE:
        return draft
    try:
        patch = patch_of(answer.text, read)
        refused = violation(patch.files, source_paths)
        sources = {file: read(file) for file in patch.files}
        for file, text in patch.apply(sources).items():
            ast.parse(text, file)
    except (OSError, SyntaxError, ValueError) as error:
        raise BadEdit(f"the edited fix can't be taken: {error}") from error
    if refused is not None:
        raise BadEdit(f"the edited fix can't be taken: {refused}")
    source = f"{_PERSON}{draft.proposal.source.removeprefix(_PERSON)}"
    proposal = replace(draft.proposal, patch=patch, source=source)
    key = proposal.content_key(draft.base_tree)
    if key in tried:
        raise BadEdit("the edited fix was tried already on this base")
    return replace(draft, proposal=proposal, diff=patch.diff(sources), key=key)


def answered_commit(draft: Draft, answer: Answer) -> Draft:
    """Return the draft as it is to be recorded: with the person's message, or discarded with the person's reason.

    Raises:
        BadEdit: the message has no subject, or one that is too long.
    """
    if answer.decision is Decision.APPROVE or draft.verdict is None:
        return draft
    if answer.decision is Decision.REJECT:
        verdict = replace(draft.verdict, status=Status.DISCARD, reason=Reason.REJECTED, explanation=rejection(answer))
        return replace(draft, verdict=verdict)
    lines = [line for line in answer.text.splitlines() if not line.startswith(f"{EXPERIMENT_TRAILER}:")]
    message = "\n".join(lines).strip()
    subject = message.partition("\n")[0]
    if not subject:
        raise BadEdit("the message is empty: reject it instead")
    if len(subject) > _LONGEST_SUBJECT:
        raise BadEdit(f"the message's first line has {len(subject)} characters, more than {_LONGEST_SUBJECT}")
    return replace(draft, message=message)


def answered_command(command: Command, answer: Answer) -> Command | None:
    """Return the command that is to be run, None when none is.

    Raises:
        BadEdit: what was edited is no command.
    """
    if answer.decision is Decision.REJECT:
        return None
    if answer.decision is Decision.APPROVE:
        return command
    try:
        return parse(answer.text.strip(), timeout_s=command.timeout_s)
    except BadCommand as error:
        raise BadEdit(str(error)) from error


def answered_worker(assignment: Assignment, answer: Answer) -> Assignment | None:
    """Return what a worker is sent out with, None when it stays.

    Raises:
        BadEdit: what was edited is not of the shape that was shown, or names other targets.
    """
    if answer.decision is Decision.REJECT:
        return None
    if answer.decision is Decision.APPROVE:
        return assignment
    try:
        given = _Assigned.model_validate_json(answer.text)
    except ValidationError as error:
        raise BadEdit(f"the assignment is not of the shape that was shown: {error.errors()[0]['msg']}") from error
    known = {one["qualname"] for one in assignment["targets"]}
    unknown = [name for name in given.targets if name not in known]
    if unknown or not given.targets:
        raise BadEdit(f"targets can be left out, not added, and one must stay: {', '.join(unknown) or 'none is left'}")
    return {
        **assignment,
        "targets": [one for one in assignment["targets"] if one["qualname"] in given.targets],
        "avoid": given.avoid,
        "notes": given.notes,
    }


def rejection(answer: Answer) -> str:
    """Return how a rejection is recorded."""
    return f"rejected by a person: {' '.join(answer.reason.split())}"
