"""How a long measurement shows that it goes on: one line that is rewritten in a terminal, few plain ones elsewhere."""

import sys
from contextlib import suppress
from typing import Self

from orchestrator.cli.patience import Patience
from orchestrator.live.plain_text import one_line
from profiling.measure.engine import Progress
from profiling.measure.forecast import Forecast, seconds


class ProgressLine:
    """Writes to standard error; standard output is for the result."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()
        self._patience = Patience()
        self._doing = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """Leave the line empty."""
        self._patience.__exit__(*raised)
        if self._is_terminal:
            self._rewrite("")

    def say(self, what: str) -> None:
        """Tell what begins; outside a terminal only when it takes longer than two seconds."""
        self._doing = what
        if self._is_terminal:
            self._rewrite(f"{one_line(what)} …")
        else:
            self._patience(what)

    def forecast(self, found: Forecast) -> None:
        """Tell how long the measurement will take."""
        self.say(f"{self._doing}: {found.text}")

    def pair(self, progress: Progress) -> None:
        """Tell how it stands, where somebody looks."""
        if not self._is_terminal:
            return
        stands = f"{progress.target.value} {progress.ratio:.2f}x [{progress.low:.2f}, {progress.high:.2f}]"
        left = f", about {seconds(progress.eta_s)} left" if progress.eta_s else ""
        self._rewrite(f"{one_line(self._doing.partition(': about ')[0])}: {stands}, {progress.pairs} pairs{left}")

    def _rewrite(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
