"""Takes in what a person says while a session runs: letters of other processes, and keys at the terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from orchestrator.approvals.desk import ELSEWHERE, Desk
from orchestrator.approvals.mailbox import Delivered, Mailbox, Reply
from orchestrator.approvals.person import Person
from orchestrator.errors import NotWritable
from orchestrator.policy.steering import Word
from orchestrator.steering import NotNow, Steering

_LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Routes what comes in to the desk or to the steering.

    Attributes:
        desk: takes answers; steering: takes words.
        mailbox: letters of other processes.
        person: at the terminal; None where nobody is.
    """

    desk: Desk
    steering: Steering
    mailbox: Mailbox
    person: Person | None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Take in what comes until it is left."""
        self.mailbox.empty()
        reading = asyncio.create_task(self._read())
        if self.person is not None:
            self.person.attend(self.say)
        try:
            yield
        finally:
            if self.person is not None:
                self.person.leave()
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            self.mailbox.empty()

    def say(self, word: Word, where: str) -> str:
        """Heed a word; return why it has no effect, nothing where it has."""
        reply = self._said(word, where)
        return "" if reply.is_taken else reply.text

    def _said(self, word: Word, where: str) -> Reply:
        if word is Word.SKIP and not where and self.desk.waiting:
            first = self.desk.waiting[0]
            how = f"reject it: optimize reject {first.short} --reason …"
            return Reply(is_taken=False, text=f"{first.question.title} waits for your answer: {how}")
        try:
            return Reply(is_taken=True, text=self.steering.say(word, where))
        except NotNow as error:
            return Reply(is_taken=False, text=str(error))

    async def _read(self) -> None:
        while True:
            for delivered in self.mailbox.take():
                reply = self._replied(delivered)
                # Whoever wrote it waits in vain then, and is told so there; the session goes on.
                with suppress(NotWritable):
                    self.mailbox.reply(delivered.name, reply)
            await asyncio.sleep(_LOOK_EVERY_S)

    def _replied(self, delivered: Delivered) -> Reply:
        letter = delivered.letter
        if letter is None:
            return Reply(is_taken=False, text=delivered.complaint)
        if letter.answer is not None:
            return self.desk.answer(letter.about, letter.answer, ELSEWHERE)
        if letter.word is not None:
            return self._said(letter.word, letter.about)
        return Reply(is_taken=False, text="it says nothing")
