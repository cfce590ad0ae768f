"""The terminal view: status lines scroll by above one live line that says what is going on now."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from orchestrator.live.events import Event, EventKind, JsonValue
from orchestrator.live.lines import render, worker_name
from orchestrator.live.plain_text import one_line
from profiling.measure.forecast import seconds

_REFRESHES_PER_S = 8
_SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is going on.

    Attributes:
        node: where the session stands, or what it says of itself.
        experiment: number of the one under way, 0 when there is none.
        target: what it is about.
        pairs, max_pairs: measured so far, and at most; 0 when nothing is measured.
        eta_s: seconds that the measurement is likely to take still; None where nobody can tell.
        began_s: time of the first event, seconds since the epoch; 0 before it.
    """

    node: str = ""
    experiment: int = 0
    target: str = ""
    pairs: int = 0
    max_pairs: int = 0
    eta_s: float | None = None
    began_s: float = 0.0

    def line(self, time_s: float) -> str:
        """Return it as one line, for a moment in seconds since the epoch."""
        parts = [self.node or "starting"]
        if self.experiment:
            parts.append(f"experiment {self.experiment}{f': {self.target}' if self.target else ''}")
        if self.pairs or self.max_pairs:
            parts.append(f"pairs {self.pairs}{f'/≤{self.max_pairs}' if self.max_pairs else ''}")
        if self.eta_s:
            parts.append(f"about {seconds(self.eta_s)} left")
        elapsed = max(0, int(time_s - self.began_s)) if self.began_s else 0
        parts.append(f"{elapsed // 60}:{elapsed % 60:02d}")
        return " · ".join(parts)


def advance(now: Now, event: Event) -> Now:
    """Return what is going on after an event.

    Read from `data`: `node` of NODE_STARTED; `pairs`, `max_pairs` and `eta_s` of MEASURING; `target` and `status` of
    EXPERIMENT.
    A MEASURING event without pairs says what takes a while: its text stands in the node's place.
    """
    now = now if now.began_s else replace(now, began_s=event.time_s)
    match event.kind:
        case EventKind.NODE_STARTED:
            node = _word(event.data.get("node")) or one_line(event.text)
            return replace(now, node=node, pairs=0, max_pairs=0, eta_s=None)
        case EventKind.MEASURING:
            pairs, most = _count(event.data.get("pairs")), _count(event.data.get("max_pairs"))
            return replace(
                now,
                node=now.node if pairs else one_line(event.text) or now.node,
                pairs=pairs,
                max_pairs=most,
                eta_s=_seconds(event.data.get("eta_s")),
            )
        case EventKind.EXPERIMENT:
            return _in_experiment(now, event)
        case _:
            return now


class ProgressView:
    """Shows events in a terminal, as a context manager; call it with each one.

    On a stream that is no terminal it prints the status lines alone.
    """

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        """Begin with nothing going on.

        Args:
            console: where to show.
            clock: seconds since the epoch.
        """
        self._console = console
        self._clock = clock
        self._now = Now(began_s=clock())
        self._held: list[Event] | None = None
        self._spinner = Spinner("dots" if console.encoding.lower().startswith("utf") else "line")
        self._live = Live(
            console=console,
            get_renderable=self._renderable,
            refresh_per_second=_REFRESHES_PER_S,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if self._held is not None:
            self._held.append(event)
            return
        self._now = advance(self._now, event)
        text = render(event)
        if text is not None:
            self._console.print(Text(_in_charset(text, self._console.encoding)), soft_wrap=True, highlight=False)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Leave the terminal to somebody else until it is left; what happens meanwhile is shown after that."""
        self._live.stop()
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            if self._console.is_terminal:
                self._live.start()
            for event in held or ():
                self(event)

    def abandon(self) -> None:
        """Give the cursor back at once, without waiting for anything: for a process that is about to be gone."""
        if self._console.is_terminal:
            with suppress(OSError, ValueError):
                os.write(self._console.file.fileno(), _SHOW_CURSOR)

    def _renderable(self) -> Table:
        line = Text(
            _in_charset(self._now.line(self._clock()), self._console.encoding), no_wrap=True, overflow="ellipsis"
        )
        row = Table.grid(padding=(0, 1))
        row.add_row(self._spinner, line)
        return row


def _in_experiment(now: Now, event: Event) -> Now:
    """The verdict ends it; work on the next one begins with its target."""
    if "status" in event.data:
        return replace(now, experiment=0, target="", pairs=0, max_pairs=0)
    who = worker_name(event.stream)
    target = _word(event.data.get("target")) or (now.target if event.experiment == now.experiment else "")
    shown = f"{who}: {target}" if who and target and not target.startswith(who) else target
    return replace(now, experiment=event.experiment or 0, target=shown)


def _word(value: JsonValue) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _count(value: JsonValue) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _seconds(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value > 0 else None


def _in_charset(text: str, encoding: str) -> str:
    return text.encode(encoding, errors="replace").decode(encoding)
