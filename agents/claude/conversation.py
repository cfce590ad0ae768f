"""One conversation with a model, from its opening to an answer that holds, or to why there is none."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from agents.claude._client import Message, ModelError, ModelStopped, Reply, Request, StopReason, Text, ToolResult
from agents.claude.desk import Desk
from agents.claude.models import Role
from agents.claude.tools._base import ToolRefused
from agents.claude.tools.answering import AnyAnswer
from agents.claude.tools.toolbox import Toolbox
from agents.claude.transcript import Transcript
from prompts.inputs import SentBack
from prompts.rendering import Data, render

T = TypeVar("T")

MOST_SENT_BACK = 2
"""Times that an answer which breaks a rule is sent back; the next one ends the conversation."""

MOST_REPLIES = 40
_LENGTH = 16_000
_LONG = 64_000
_CHARACTERS_A_TOKEN = 2
"""Fewer than any text has: what is estimated so does not overflow the window."""
_NO_ANSWER = "text alone is no answer: use one of the tools {}"


class Why(StrEnum):
    """How a conversation ended."""

    ANSWERED = "answered"
    REFUSED = "the model refused"
    TOO_LONG = "it did not fit"
    TURNS = "it took too many turns"
    RULES_BROKEN = "its answers broke the rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[T]):
    """The end: the answer where there is one, else why not."""

    why: Why
    answer: T | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Generic[T]):
    """An agent at work.

    Attributes:
        desk: what it shares with others.
        agent, role: who it is, and whose model it asks.
        system: what holds for all agents, then its own role.
        toolbox: what it may use; answers: how it may end.
        transcript: what was said so far; an interrupted one goes on where it was.
    """

    desk: Desk
    agent: str
    role: Role
    system: tuple[str, ...]
    toolbox: Toolbox
    answers: tuple[AnyAnswer[T], ...]
    transcript: Transcript

    def run(self, opening: str) -> Ended[T]:
        """Talk until there is an answer, or none will come.

        Raises:
            BudgetSpent: it may not go on.
            ModelError: the model can't be asked.
        """
        self.transcript.begin(opening)
        while True:
            if self.transcript.ended:
                return Ended(why=Why(self.transcript.ended), detail=self.transcript.detail)
            if self.transcript.last.role == "user":
                self._ask()
            else:
                ended = self._respond(self.transcript.last)
                if ended is not None:
                    return ended

    def _ask(self) -> None:
        if self.transcript.replies >= MOST_REPLIES:
            self._end(Why.TURNS, f"{MOST_REPLIES} replies")
            return
        if not self._fits():
            self._end(Why.TOO_LONG, "nothing is left to drop")
            return
        self.desk.account.check(self.agent)
        request = self._request()
        try:
            reply = self.desk.client.reply(request, lambda text: self.desk.watcher.said(self.agent, text))
        except ModelError as error:
            self.desk.account.failed(self.agent, request.model, error)
            raise
        self.desk.account.replied(self.agent, request.model, reply)
        self.desk.watcher.spent(self.agent)
        self._take(reply)

    def _take(self, reply: Reply) -> None:
        """Take a reply into the transcript; of one that is not whole nothing is taken, least of all a tool's input."""
        if reply.stop_reason is StopReason.REFUSAL:
            self._end(Why.REFUSED, reply.detail or "no reason given")
        elif reply.stop_reason is StopReason.MAX_TOKENS:
            if self.transcript.may_be_long:
                self._end(Why.TOO_LONG, f"a reply was cut at {reply.usage.output_tokens:,} tokens")
            self.transcript.may_be_long = True
            self.transcript.save()
        elif reply.stop_reason is StopReason.WINDOW_EXCEEDED:
            if not self.transcript.make_room(self._window() // 4):
                self._end(Why.TOO_LONG, "the model's window is full and nothing is left to drop")
        else:
            blocks = reply.blocks or (Text(text="(nothing)"),)
            self.transcript.known_tokens = reply.usage.total_tokens
            self.transcript.known_messages = len(self.transcript.messages) + 1
            self.transcript.add(Message(role="assistant", blocks=blocks))

    def _respond(self, said: Message) -> Ended[T] | None:
        """Return the answer in a reply, or put the results of its tools."""
        results: list[ToolResult] = []
        reason = "" if said.uses else _NO_ANSWER.format(", ".join(one.name for one in self.answers))
        for use in said.uses:
            way = next((one for one in self.answers if one.name == use.name), None)
            if way is None:
                results.append(self.toolbox.use(use))
                continue
            try:
                return Ended(why=Why.ANSWERED, answer=way.take(use.input))
            except ToolRefused as refused:
                reason = str(refused)
                results.append(ToolResult(use_id=use.id, text=self._sent_back(reason), is_error=True))
        words = () if said.uses else (Text(text=self._sent_back(reason)),)
        if reason:
            self.transcript.sent_back += 1
        if self.transcript.sent_back > MOST_SENT_BACK:
            self._end(Why.RULES_BROKEN, reason)
            return None
        self.transcript.add(Message(role="user", blocks=(*results, *words)))
        return None

    def _sent_back(self, reason: str) -> str:
        left = MOST_SENT_BACK - self.transcript.sent_back
        return render(SentBack(reason=Data(reason), left=f"{left} attempt{'s' if left != 1 else ''}"))

    def _end(self, why: Why, detail: str) -> None:
        self.transcript.ended, self.transcript.detail = why.value, detail
        self.transcript.save()

    def _request(self) -> Request:
        model = self.desk.models.named(self.role)
        length = _LONG if self.transcript.may_be_long else _LENGTH
        return Request(
            model=model,
            system=self.system,
            tools=(*self.toolbox.specs, *(one.spec() for one in self.answers)),
            messages=self.transcript.messages,
            max_tokens=min(length, self.desk.models.card(model).max_output_tokens),
        )

    def _window(self) -> int:
        return self.desk.models.card(self.desk.models.named(self.role)).window_tokens

    def _fits(self) -> bool:
        """Make the conversation fit the window; say whether it does. Only what looks too long is counted exactly."""
        request = self._request()
        most = self._window() - request.max_tokens
        fixed = 0 if self.transcript.known_messages else len(repr((request.system, request.tools)))
        characters = fixed + self.transcript.unread_characters()
        if self.transcript.known_tokens + characters // _CHARACTERS_A_TOKEN <= most:
            return True
        excess = self._counted(request) - most
        if excess <= 0:
            return True
        # A quarter of the window more: the prefix that changes is cached anew, so it is not to change at every turn.
        self.transcript.make_room(excess + most // 4)
        return self._counted(self._request()) <= most

    def _counted(self, request: Request) -> int:
        """Return the tokens of a request as the API counts them; an estimate where it does not (Bedrock)."""
        try:
            return self.desk.client.count(request)
        except ModelStopped:
            raise
        except ModelError:
            return len(repr(request)) // _CHARACTERS_A_TOKEN
