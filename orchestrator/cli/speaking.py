"""How a command speaks with the session that runs in a repository, from another process."""

from pathlib import Path

from orchestrator.approvals import mailbox
from orchestrator.approvals.mailbox import Letter
from orchestrator.approvals.question import Answer, Pending
from orchestrator.errors import TargetError, UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import one_line
from orchestrator.policy.steering import Word
from orchestrator.workspace import lock

_WAIT_S = 15.0


def waiting(root: Path) -> tuple[Pending, ...]:
    """Return the questions of the session that runs here.

    Raises:
        UsageError: none runs.
    """
    run, layout = _run(root), Layout(root=root)
    shown = mailbox.shown(layout.inbox)
    return shown.waiting if shown is not None and shown.run == run else ()


def answer(root: Path, about: str, given: Answer) -> str:
    """Hand an answer in; return what the session says to it.

    Raises:
        UsageError: no session runs here, or it refuses: the question is gone, or was answered already.
        TargetError: it says nothing in time.
    """
    return _posted(root, Letter(run=_run(root), about=about, answer=given))


def steer(root: Path, word: Word, where: str) -> str:
    """Say a word to the session; return its effect.

    Raises:
        UsageError: no session runs here, or the word has no effect just now.
        TargetError: it says nothing in time.
    """
    return _posted(root, Letter(run=_run(root), about=where, word=word))


def _posted(root: Path, letter: Letter) -> str:
    reply = mailbox.post(Layout(root=root).inbox, letter, _WAIT_S)
    if reply is None:
        raise TargetError(
            f"the session said nothing within {_WAIT_S:g} s; what you said was taken back",
            hint="see how it stands: optimize status",
        )
    if not reply.is_taken:
        raise UsageError(one_line(reply.text), hint="see what waits: optimize approvals")
    return one_line(reply.text)


def _run(root: Path) -> str:
    """Return the run of the session, as its lock names it."""
    holder = lock.holder(Layout(root=root).lock)
    if holder is None or holder.is_command:
        raise UsageError(
            f"no session runs in {root}",
            hint="what was asked before it ended is asked again by the next: optimize",
        )
    return holder.session
