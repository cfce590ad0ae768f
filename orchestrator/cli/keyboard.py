"""Single keys and whole lines of a terminal, for an event loop; the terminal is given back as it was."""

import asyncio
import os
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

END = "\x04"
"""What a person types to end the input (Ctrl-D)."""

_Modes = list[int | list[bytes | int]]


class Keyboard:
    """The keys of one terminal. Ctrl-C and Ctrl-Z work as ever: they are the terminal's own.

    A process in the background of its shell leaves the terminal alone.
    """

    def __init__(self, descriptor: int) -> None:
        """Prepare, without touching the terminal.

        Args:
            descriptor: of the terminal, open for reading.
        """
        self._descriptor = descriptor
        self._before: _Modes | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_key: Callable[[str], None] | None = None

    def listen(self, on_key: Callable[[str], None]) -> None:
        """Call back with every key from now on, in the running loop. The keys are not shown."""
        self._on_key, self._loop = on_key, asyncio.get_running_loop()
        self._to_keys()

    def close(self) -> None:
        """Give the terminal back."""
        self._on_key = None
        self._to_lines()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Give the terminal back for a while: to a line that is typed, or to another program."""
        self._to_lines()
        try:
            yield
        finally:
            if self._on_key is not None:
                self._to_keys()

    async def line(self) -> str | None:
        """Return the next line as the terminal lets a person type it, without its end; None at the end of the input."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[bytes] = loop.create_future()

        def read() -> None:
            if not arrived.done():
                arrived.set_result(self._read())

        with self.released():
            loop.add_reader(self._descriptor, read)
            try:
                typed = await arrived
            finally:
                loop.remove_reader(self._descriptor)
        return typed.decode(errors="replace").rstrip("\r\n") if typed else None

    def _to_keys(self) -> None:
        """Take keys as they are pressed; left alone where the terminal is another program's just now."""
        if self._before is not None or self._loop is None or not self._is_ours():
            return
        with suppress(termios.error, OSError):
            self._before = termios.tcgetattr(self._descriptor)
            modes = termios.tcgetattr(self._descriptor)
            modes[3] &= ~(termios.ICANON | termios.ECHO)
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, modes)
            self._loop.add_reader(self._descriptor, self._pressed)

    def _to_lines(self) -> None:
        if self._before is None or self._loop is None:
            return
        self._loop.remove_reader(self._descriptor)
        with suppress(termios.error, OSError):
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
        self._before = None

    def _pressed(self) -> None:
        typed = self._read().decode(errors="replace")
        if not typed:
            # The terminal is gone: nothing more will come.
            self._to_lines()
        # An arrow or a function key is no word of ours.
        for key in "" if typed.startswith("\x1b") else typed or END:
            if self._on_key is not None:
                self._on_key(key)

    def _read(self) -> bytes:
        with suppress(OSError):
            return os.read(self._descriptor, 4096)
        return b""

    def _is_ours(self) -> bool:
        with suppress(OSError):
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        return False
