"""Where questions wait and answers arrive: the session's own state says what is open, so no view can disagree."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from orchestrator.approvals.mailbox import Mailbox, Reply
from orchestrator.approvals.person import Person
from orchestrator.approvals.question import Answer, Decision, Pending, PendingList, one_of
from orchestrator.live import asks
from orchestrator.services import Publisher

TERMINAL, ELSEWHERE = "at the terminal", "from another process"
_TAKEN = {Decision.APPROVE: "approved", Decision.EDIT: "taken as edited", Decision.REJECT: "rejected"}


class Desk:
    """Takes one answer to each question. It lives in the session's event loop."""

    def __init__(self, bus: Publisher, mailbox: Mailbox) -> None:
        """Begin with nothing asked.

        Args:
            bus: told what is asked and answered.
            mailbox: shows what waits to other processes.
        """
        self._bus = bus
        self._mailbox = mailbox
        self._waiting: dict[str, Pending] = {}
        self._answers: dict[str, Answer] = {}
        self._closed: dict[str, str] = {}
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> tuple[Pending, ...]:
        """Return the questions without an answer, in the order asked."""
        return tuple(one for id_, one in self._waiting.items() if id_ not in self._answers)

    def open(self, pending: Sequence[Pending]) -> None:
        """Let exactly these be open; tell those that are new."""
        known = set(self._waiting)
        self._waiting = {one.id: one for one in pending}
        self._answers = {id_: one for id_, one in self._answers.items() if id_ in self._waiting}
        self._show()
        for one in pending:
            if one.id not in known:
                self._bus.publish(asks.asked(one))

    def answer(self, words: str, answer: Answer, by: str) -> Reply:
        """Take an answer to the question whose id begins so, or say why it can't be taken."""
        pending = one_of({one.id: one for one in self.waiting}, words)
        if pending is None:
            return Reply(is_taken=False, text=self._refusal(words))
        if answer.decision is Decision.EDIT and not pending.question.body:
            return Reply(is_taken=False, text=f"{pending.short} has nothing to be edited: approve or reject it")
        self._answers[pending.id] = answer
        said = f"{_TAKEN[answer.decision]} {by}"
        self._closed[pending.id] = said
        self._bus.publish(asks.answered(pending, answer, by))
        self._show()
        self._arrived.set()
        return Reply(is_taken=True, text=f"{pending.short} {said}: {pending.question.title}")

    async def answered(self, person: Person | None) -> dict[str, Answer]:
        """Wait until one question or more has its answer, and return those; the person is asked one after the other.

        Args:
            person: at the terminal; None where answers come from other processes alone.
        """
        while not self._answers:
            with self._hearing() as heard:
                prompts = [] if person is None else [asyncio.create_task(self._prompt(person, self.waiting[0]))]
                try:
                    await asyncio.wait([heard, *prompts], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await _ended(prompts)
        taken, self._answers = self._answers, {}
        for id_ in taken:
            del self._waiting[id_]
        return taken

    async def _prompt(self, person: Person, pending: Pending) -> None:
        # Answered from elsewhere in the same moment: that one came first, and was told.
        self.answer(pending.id, await person.ask(pending), TERMINAL)

    @contextmanager
    def _hearing(self) -> Iterator["asyncio.Task[None]"]:
        self._arrived.clear()
        heard = asyncio.create_task(_until(self._arrived))
        try:
            yield heard
        finally:
            heard.cancel()

    def _refusal(self, words: str) -> str:
        closed = [f"{id_[:8]} was {said} already" for id_, said in self._closed.items() if id_.startswith(words)]
        if words and len(closed) == 1:
            return closed[0]
        open_now = ", ".join(one.short for one in self.waiting) or "none"
        return f"no question {words or 'without an id'} waits for an answer; waiting: {open_now}"

    def _show(self) -> None:
        self._mailbox.show(PendingList(run=self._mailbox.run, waiting=self.waiting))


async def _until(arrived: asyncio.Event) -> None:
    await arrived.wait()


async def _ended(prompts: "list[asyncio.Task[None]]") -> None:
    """Take prompts back that nobody needs any more; what one raised is raised here."""
    for prompt in prompts:
        prompt.cancel()
        with suppress(asyncio.CancelledError):
            await prompt
