"""The person at the terminal: answers with single keys, steers with single keys, edits in their own editor."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from orchestrator.approvals.person import Say
from orchestrator.approvals.question import Answer, Decision, Pending
from orchestrator.cli.keyboard import END, Keyboard
from orchestrator.live.plain_text import one_line
from orchestrator.live.question_view import KEYS, rendered
from orchestrator.policy.asking import Kind
from orchestrator.policy.steering import Word

STEERING_KEYS = "s skip · p pause or go on · f focus · d end in order · q stop, saved · ? keys"
_SUFFIXES = {Kind.EXPERIMENT: ".diff", Kind.SPAWN: ".json"}


class Held(Protocol):
    """A view that can be kept still."""

    def hold(self) -> AbstractContextManager[None]:
        """Show nothing until it is left."""
        ...


class TerminalPerson:
    """Asks and listens at one terminal."""

    def __init__(self, keyboard: Keyboard, console: Console, view: Held, stop: Callable[[], None]) -> None:
        """Begin without listening.

        Args:
            keyboard: of the terminal.
            console: writes to it.
            view: shows events there meanwhile.
            stop: ends the session with its state saved.
        """
        self._keyboard, self._console, self._view, self._stop = keyboard, console, view, stop
        self._say: Say | None = None
        self._asked: asyncio.Queue[str] | None = None
        self._typing: asyncio.Task[None] | None = None

    def attend(self, say: Say) -> None:
        """Listen to keys from now on, and say which there are."""
        self._say = say
        self._print(f"keys: {STEERING_KEYS}")
        self._keyboard.listen(self._on_key)

    def leave(self) -> None:
        """Give the terminal back."""
        if self._typing is not None:
            self._typing.cancel()
        self._keyboard.close()

    async def ask(self, pending: Pending) -> Answer:
        """Show one question whole and return its answer; whoever stops instead is asked again by the next session."""
        self._asked = asyncio.Queue()
        try:
            with self._view.hold():
                self._console.print(rendered(pending), soft_wrap=True, highlight=False)
                return await self._answer(pending)
        finally:
            self._asked = None

    async def _answer(self, pending: Pending) -> Answer:
        assert self._asked is not None
        while True:
            match (await self._asked.get()).lower():
                case "y":
                    return Answer(decision=Decision.APPROVE)
                case "n":
                    reason = await self._typed("why not? ")
                    if reason:
                        return Answer(decision=Decision.REJECT, reason=reason)
                case "e":
                    text = await self._edited(pending)
                    if text is not None:
                        return Answer(decision=Decision.EDIT, text=text)
                case "q" | "\x04":
                    self._stop()
                case _:
                    self._print(KEYS)

    async def _typed(self, prompt: str) -> str:
        """Return a line, empty where the person thought better of it."""
        self._console.print(Text(prompt), end="")
        typed = await self._keyboard.line()
        if not typed:
            self._print(KEYS)
        return typed or ""

    async def _edited(self, pending: Pending) -> str | None:
        """Return the body as the person leaves it in their editor, None where nothing was changed."""
        body = pending.question.body
        with self._keyboard.released(), tempfile.TemporaryDirectory(prefix="optimize-") as folder:
            path = Path(folder) / f"{pending.short}{_SUFFIXES.get(pending.question.kind, '.txt')}"
            path.write_text(body, encoding="utf-8", newline="")
            try:
                said = await _edit(path)
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                said, text = str(error), body
        if said or text == body:
            self._print(f"{said or 'nothing was changed'}\n{KEYS}")
            return None
        return text

    def _on_key(self, key: str) -> None:
        if self._asked is not None:
            self._asked.put_nowait(key)
        elif key in {"q", END}:
            self._stop()
        elif key == "f" and (self._typing is None or self._typing.done()):
            self._typing = asyncio.get_running_loop().create_task(self._focus())
        elif key in {"s", "p", "d"}:
            self._steer(key)
        elif key.isprintable():
            self._print(STEERING_KEYS)

    def _steer(self, key: str) -> None:
        if self._say is None:
            return
        if key == "p":
            # Whoever is not paused can't go on.
            refused = self._say(Word.CONTINUE, "") and self._say(Word.PAUSE, "")
        else:
            refused = self._say(Word.SKIP if key == "s" else Word.FINISH, "")
        self._print(refused)

    async def _focus(self) -> None:
        with self._view.hold():
            where = await self._typed("focus on (function, file or domain; empty: none): ")
        if self._say is not None:
            self._print(self._say(Word.FOCUS, where))

    def _print(self, text: str) -> None:
        for line in text.splitlines():
            self._console.print(Text(one_line(line)), soft_wrap=True, highlight=False)


async def _edit(path: Path) -> str:
    """Run the person's editor on a file; return what is wrong, nothing when all is well."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        running = await asyncio.create_subprocess_exec(*shlex.split(editor), str(path))
    except (OSError, ValueError, TypeError) as error:
        return f"the editor {editor!r} can't be started: {error}; set EDITOR, or use optimize approve --edited FILE"
    try:
        code = await running.wait()
    except asyncio.CancelledError:
        # Answered from elsewhere, or stopped: nobody needs the edit any more.
        running.terminate()
        await running.wait()
        raise
    return f"the editor {editor!r} ended with {code}: nothing was taken" if code else ""
