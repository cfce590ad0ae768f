"""Count database statements by their shape and by the project line that asks, inside the target."""

from __future__ import annotations

import _thread
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Protocol

    from profiling.harness.ratchet_time_statements import shape

    Lines = tuple[tuple[int, int], ...]

    class Places(Protocol):
        """What is needed of `Codes`."""

        def lines_own(self, frame: FrameType | None, most: int) -> tuple[Lines, str | None]:
            """Read the calling thread's stack."""
            ...

        def line(self, number: int, instruction: int) -> int:
            """Find a line."""
            ...

        def column(self, number: int, instruction: int) -> int | None:
            """Find a place in it."""
            ...
else:
    from ratchet_time_statements import shape

_MOST_FRAMES = 6
_MOST_ROWS = 2000
_MOST_STACKS = 32
_MOST_KEPT = 4096
_MOST_GREENLETS = 4
_ALL_TIMED, _ENOUGH_ALIKE, _TIMED_EVERY, _LOOKED_AT_EVERY = 64, 256, 16, 16
_NOT_ALIKE = (None, 0)
_get_ident, _clock, _thread_clock = _thread.get_ident, time.perf_counter, time.thread_time
_getframe = sys._getframe


class Row:
    """One statement of one line.

    Attributes:
        driver: module it went to; library: the one that the project called.
        count: exact; timed: how many of these the wall seconds are of, cpu_timed: the CPU seconds.
        stacks: how often each way led there, of those looked at.
        until: while fewer are counted, the line is well known, and counting will do.
        code, at: of a line that asks the driver itself, where it stands.
    """

    __slots__ = ("at", "code", "count", "cpu_s", "cpu_timed", "driver", "library", "stacks", "timed", "until", "wall_s")

    def __init__(self, driver: str, library: str | None) -> None:
        self.driver = driver
        self.library = library
        self.count = self.timed = self.cpu_timed = self.until = 0
        self.code: CodeType | None = None
        self.at = -1
        self.wall_s = self.cpu_s = 0.0
        self.stacks: dict[Lines, int] = {}


class Queries:
    """Statements of this process. What lies above a driver counts only what no driver below it has counted.

    Attributes:
        recorded: statements by thread, so that a layer above sees whether one below was there.
        inside: threads in a driver's own method: what it calls of itself is the same statement.
        texts: by statement, what the line that asked it last has in common with others of its shape.
    """

    def __init__(self, codes: Places, failed: Callable[[], None]) -> None:
        self.codes = codes
        self.failed = failed
        self.texts: dict[str, Row] = {}
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.texts.clear()  # hooks hold it
        self.rows: dict[tuple[tuple[int, int], str], Row] = {}
        self.direct: dict[tuple[tuple[int, int], str], Row] = {}
        self.lines: dict[tuple[int, int], tuple[Row | None, int]] = {}
        self.shapes: dict[str, str] = {}
        self.recorded: dict[int, int] = {}
        self.inside: set[int] = set()

    def ask(self, driver: str, method: Callable[..., object], *call: object, **named: object) -> object:
        """Run a driver's method, whose second argument is the statement, for the frame that called our caller."""
        frame, statement = _asker(), call[1] if len(call) > 1 else None
        row = self._exactly(statement, frame)
        if row is not None and row.until and row.timed % _LOOKED_AT_EVERY:
            wall = _clock()
            try:
                return method(*call, **named)
            finally:
                _time(row, _clock() - wall)
        wall, cpu = _clock(), _thread_clock()
        try:
            return method(*call, **named)
        finally:
            self.note(driver, statement, frame, _clock() - wall, _thread_clock() - cpu)

    def is_known(self, statement: object, frame: FrameType | None) -> bool:
        """Count a statement of a frame that needs no further look; never raises.

        A line that asks a driver itself is well known after 64 times of one text, or 256 texts of one shape: from then
        on all are counted, and each 16th is timed: of one text on the clock alone, but for each 256th. Hooks spare
        themselves the call by `texts`.
        """
        if type(statement) is not str or frame is None:
            return False
        place = (id(frame.f_code), frame.f_lasti)
        row = self.direct.get((place, statement))
        if row is None:
            row, alike = self.lines.get(place, _NOT_ALIKE)
            if row is None or alike < _ENOUGH_ALIKE:
                return False
        if row.count >= row.until:
            return False
        row.count += 1
        return True

    def _exactly(self, statement: object, frame: FrameType | None) -> Row | None:
        """Return what a line has asked of this text."""
        if type(statement) is not str or frame is None:
            return None
        return self.direct.get(((id(frame.f_code), frame.f_lasti), statement))

    def ask_outermost(self, driver: str, method: Callable[..., object], *call: object, **named: object) -> object:
        """Run a method likewise that may call itself, or its like."""
        ident = _get_ident()
        if ident in self.inside:
            return method(*call, **named)
        self.inside.add(ident)
        frame, wall, cpu = _asker(), _clock(), _thread_clock()
        try:
            return method(*call, **named)
        finally:
            self.inside.discard(ident)
            self.note(driver, call[1] if len(call) > 1 else None, frame, _clock() - wall, _thread_clock() - cpu)

    def ask_unseen(self, driver: str, statement: object, method: Callable[..., object], *call: object) -> object:
        """Run a method of a layer above drivers; it counts where none of these did."""
        ident = _get_ident()
        before = self.recorded.get(ident, 0)
        frame, wall, cpu = _asker(), _clock(), _thread_clock()
        try:
            return method(*call)
        finally:
            if self.recorded.get(ident, 0) == before:
                self.note(driver, statement, frame, _clock() - wall, _thread_clock() - cpu)

    def note(self, driver: str, statement: object, frame: FrameType | None, wall_s: float, cpu_s: float) -> None:
        """Note one statement that has run; never raises."""
        try:
            lines, library = self.codes.lines_own(frame, _MOST_FRAMES)
            if not lines:
                cpu_s = 0.0  # of whatever ran on the loop meanwhile
                lines, library = self._of_greenlets(library)
            if not lines:
                return
            ident = _get_ident()
            self.recorded[ident] = self.recorded.get(ident, 0) + 1
            row = self._row(lines[0], self._shape(statement), driver, library)
            _time(row, wall_s)
            row.cpu_timed += 1
            row.cpu_s += cpu_s
            if lines in row.stacks or len(row.stacks) < _MOST_STACKS:
                row.stacks[lines] = row.stacks.get(lines, 0) + 1
            if frame is not None and library is None and type(statement) is str:
                self._learn(frame, statement, row)
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[object]]:
        """Return stack (function, line, column), statement, driver, library, count, timed, wall, CPU of each."""
        return [
            [self._lines(row), statement, row.driver, row.library, row.count, row.timed, row.wall_s, _cpu_s(row)]
            for (_, statement), row in list(self.rows.items())
        ]

    def _lines(self, row: Row) -> list[list[int | None]]:
        """Return the most frequent way to a statement, innermost first."""
        stacks = dict(row.stacks)
        way = max(stacks, key=lambda one: stacks[one])
        return [[number, self.codes.line(number, at), self.codes.column(number, at)] for number, at in way]

    def _row(self, place: tuple[int, int], statement: str, driver: str, library: str | None) -> Row:
        row = self.rows.get((place, statement))
        if row is None:
            row = Row(driver, library)
            if len(self.rows) < _MOST_ROWS:
                self.rows[place, statement] = row
        return row

    def _learn(self, frame: FrameType, statement: str, row: Row) -> None:
        """Note what a line of the project asked a driver itself."""
        row.code, row.at = frame.f_code, frame.f_lasti
        place = (id(row.code), row.at)
        if len(self.direct) < _MOST_KEPT:
            self.direct[place, statement] = self.texts[statement] = row
        before, alike = self.lines.get(place, _NOT_ALIKE)
        self.lines[place] = (row, alike + 1 if before is row else 0)

    def _shape(self, statement: object) -> str:
        if isinstance(statement, bytes):
            statement = statement.decode("latin-1")
        if type(statement) is not str:
            return f"({type(statement).__name__})"  # composed by the driver: reading it could run the target's code
        known = self.shapes.get(statement)
        if known is None:
            known = shape(statement)
            if len(self.shapes) < _MOST_KEPT:
                self.shapes[statement] = known
        return known

    def _of_greenlets(self, library: str | None) -> tuple[Lines, str | None]:
        """Read the stacks that this one's greenlets were switched from: asynchronous engines run theirs so."""
        module = sys.modules.get("greenlet")
        current = getattr(module, "getcurrent", lambda: None)()
        for _ in range(_MOST_GREENLETS):
            current = getattr(current, "parent", None)
            if current is None:
                break
            lines, above = self.codes.lines_own(getattr(current, "gr_frame", None), _MOST_FRAMES)
            library = above or library
            if lines:
                return lines, library
        return (), library


def _cpu_s(row: Row) -> float:
    """Return the CPU seconds of all that were timed."""
    return row.cpu_s * row.timed / row.cpu_timed if row.cpu_timed else 0.0


def _time(row: Row, wall_s: float) -> None:
    """Count one that was timed, and tell from when on counting will not do."""
    row.count += 1
    row.timed += 1
    row.until = row.count + _TIMED_EVERY - 1 if row.count >= _ALL_TIMED else 0
    row.wall_s += wall_s


def _asker() -> FrameType | None:
    """Return the frame that called the method which asks us; None where C code did, without any Python below it."""
    try:
        return _getframe(3)
    except ValueError:
        return None
