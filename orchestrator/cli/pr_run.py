"""What `optimize pr` does: choose the optimizations, make the branches, write the texts, open where asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli.claims import ClaimFlags, chosen, figure, setup_of, verifier_for
from orchestrator.cli.progress_line import ProgressLine
from orchestrator.cli.stopper import Stopper
from orchestrator.comparing.sides import reserved
from orchestrator.errors import Interrupted, UsageError
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import one_line
from orchestrator.policy.verdict import Level
from orchestrator.pull_requests.opening import Opened, Opener
from orchestrator.pull_requests.preparing import PREFIX, Prepared, Preparer
from orchestrator.workspace.repository import Repository

_FOLDER = "pr"


class PullRequestFlags(ClaimFlags):
    """What the command takes."""

    base: str | None
    no_measure: bool
    remote: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One optimization as it is shown.

    Attributes:
        prepared: branch and text.
        text: file with the body, relative to the root; empty where it was refused.
        opened: what became of opening it; None where nobody asked.
    """

    prepared: Prepared
    text: str = ""
    opened: Opened | None = None


def prepared(flags: PullRequestFlags) -> tuple[Shown, ...]:
    """Prepare what the flags name.

    Raises:
        OptimizeError: nothing can be prepared, or it was interrupted.
    """
    repository = Repository.open(Path(flags["repo"]).resolve())
    records = chosen(flags["numbers"], repository)
    base = repository.resolve(flags["base"] or records[0].base_commit)
    opener = _opener(flags, repository) if flags["opens"] else None
    setup = setup_of(repository, flags["python"])
    try:
        with Stopper(), ProgressLine() as progress, reserved(repository, "optimize pr") as layout:
            verifier = verifier_for(flags, repository, layout, setup, progress)
            preparer = Preparer(repository=repository, verifier=verifier, base=base, measures=not flags["no_measure"])
            try:
                return tuple(_shown(one, layout, opener) for one in preparer.prepare(records))
            finally:
                verifier.observer.processes.stop()
                verifier.own_calls.transcripts.forget()
    except KeyboardInterrupt as error:
        hint = "branches that were made stay: git branch --list 'deep/*'; to go on: run it again"
        raise Interrupted("interrupted; the worktrees are removed", hint=hint) from error


def as_lines(seen: Sequence[Shown]) -> tuple[str, ...]:
    """Return one paragraph for each, and what it comes to."""
    lines: list[str] = []
    for one in seen:
        record = one.prepared.record
        lines.append(f"{record.number}: {one_line(record.proposal.summary)}")
        if one.prepared.refused:
            lines.append(f"   no branch: {one_line(one.prepared.refused)}")
            continue
        own = record.verdict.level is Level.FUNCTION
        seen_alone = figure(one.prepared.found, own=own)
        rests = f", on top of {one.prepared.base}" if one.prepared.base else ""
        lines.append(f"   {one.prepared.branch} {one.prepared.commit[:10]}{rests}: {seen_alone}")
        lines.append(f"   {one_line(one.prepared.title)} ({one.text})")
        lines += [f"   {one_line(one.opened.text)}"] if one.opened else []
    made = sum(not one.prepared.refused for one in seen)
    pushed = sum(one.opened is not None and one.opened.is_pushed for one in seen)
    is_asked = any(one.opened is not None for one in seen)
    told = f"{pushed} pushed" if is_asked else "nothing is pushed without --open"
    return (*lines, f"{made} of {len(seen)} on branches of their own ({PREFIX}…); {told}")


def as_json(seen: Sequence[Shown]) -> str:
    """Return it for a program."""
    found = [
        {
            "number": one.prepared.record.number,
            "branch": one.prepared.branch,
            "commit": one.prepared.commit,
            "rests_on": one.prepared.base,
            "title": one.prepared.title,
            "body": one.text,
            "refused": one.prepared.refused,
            "opened": one.opened.text if one.opened else "",
        }
        for one in seen
    ]
    return json.dumps({"schema": "ratchet.pr/1", "pull_requests": found}, indent=2)


def exit_code(seen: Sequence[Shown]) -> int:
    """Return 1 when one could not be prepared, or not be pushed as was asked, else 0."""
    is_kept_back = any(one.opened is not None and not one.opened.is_pushed for one in seen)
    return int(is_kept_back or any(one.prepared.refused for one in seen))


def _shown(one: Prepared, layout: Layout, opener: Opener | None) -> Shown:
    if one.refused:
        return Shown(prepared=one)
    folder = layout.reports / _FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{one.branch.removeprefix(PREFIX)}.md"
    write_text(path, f"{one.title}\n\n{one.body}")
    opened = opener.open(one) if opener is not None else None
    return Shown(prepared=one, text=path.relative_to(layout.root).as_posix(), opened=opened)


def _opener(flags: PullRequestFlags, repository: Repository) -> Opener:
    remote = flags["remote"]
    if remote not in repository.git.run("remote").text.splitlines():
        raise UsageError(f"there is no remote {remote!r}", hint="git remote -v shows them; name one with --remote")
    said = repository.git.run("symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD", accept=(0, 1)).text
    named = flags["base"] or ""
    target = named.removeprefix(f"{remote}/") if named.startswith(f"{remote}/") else said.removeprefix(f"{remote}/")
    if not target:
        hint = f"name it: --base {remote}/main; or let git find it: git remote set-head {remote} --auto"
        raise UsageError(f"it is not known which branch of {remote} to merge into", hint=hint)
    return Opener(repository=repository, remote=remote, target=target)
