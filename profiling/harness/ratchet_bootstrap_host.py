"""Hold the harnesses of one process of the target: start them, keep them over forks, write down what they report."""

from __future__ import annotations

import _thread
import atexit
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from profiling.harness.ratchet_bootstrap_ends import Ends
    from profiling.harness.ratchet_bootstrap_forks import install
    from profiling.harness.ratchet_bootstrap_json import encode
    from profiling.harness.ratchet_bootstrap_places import Places
    from profiling.harness.ratchet_bootstrap_ticker import Ticker
else:
    from ratchet_bootstrap_ends import Ends
    from ratchet_bootstrap_forks import install
    from ratchet_bootstrap_json import encode
    from ratchet_bootstrap_places import Places
    from ratchet_bootstrap_ticker import Ticker

_FLUSH_PERIOD_S = 0.5
_WATCH_PERIOD_S = 0.02
_LOCK_TIMEOUT_S = 1.0
# kept, because the target may replace them: a frozen clock, a faked file system
_getpid, _open, _read, _write, _close = os.getpid, os.open, os.read, os.write, os.close
_replace, _remove = os.replace, os.remove
_stat, _clock, _process_time = os.stat, time.perf_counter, time.process_time


class Loaded:
    """One harness with the errors it made."""

    def __init__(self, name: str, options: Mapping[str, object]) -> None:
        self.name = name
        self.options = options
        self.module: ModuleType | None = None
        self.errors = 0

    def failed(self) -> None:
        """Count an error that was swallowed."""
        self.errors += 1

    def call(self, name: str, *arguments: object) -> object:
        """Call a function of the harness where it has one; never raises."""
        function = getattr(self.module, name, None)
        if function is None:
            return None
        try:
            return function(*arguments)
        except BaseException:
            self.failed()
            return None


class Host:
    """The harnesses of this process, their clocks and their reports."""

    def __init__(self, config: dict[str, object]) -> None:
        self.config = config
        self.reports = str(config["reports"])
        self.places = Places(str(config["root"]), list(config["source_paths"]))  # type: ignore[call-overload]  # JSON
        items: list[dict[str, object]] = config["harnesses"]  # type: ignore[assignment]  # JSON
        self.harnesses = [Loaded(str(item["name"]), item["options"]) for item in items]  # type: ignore[arg-type]
        self.tickers: list[Ticker] = []
        self.is_forking = False
        self.new_process()

    def new_process(self) -> None:
        """Take the identity of the process this runs in."""
        self.pid = _getpid()
        self.lock = _thread.allocate_lock()
        self.number = _claim(self.reports, self.pid)
        self.life_before_s = 0.0
        self.began = self.due = _clock()

    def begin(self) -> None:
        """Start every harness and arrange for the reports."""
        child = _exists(f"{self.reports}/.started.{os.getppid()}.0")
        dies = any(harness.options.get("periodic") for harness in self.harnesses)
        self.thrift = 10 if dies else 50
        self.life_before_s = _take_number(self._life(), 0.0)
        self.flusher = Ticker(_WATCH_PERIOD_S, self.flush_when_due)
        atexit.register(self.at_exit)
        Ends(self).install()
        install(self)
        os.register_at_fork(
            before=self.before_fork, after_in_parent=self.after_fork_in_parent, after_in_child=self.after_fork_in_child
        )
        for harness in self.harnesses:
            try:
                harness.module = __import__(harness.name)
            except BaseException:
                harness.failed()
            harness.call("start", self._context(harness))
        if child or dies:
            self._run_ticker(self.flusher)

    def _context(self, harness: Loaded) -> dict[str, object]:
        def report(content: dict[str, object]) -> None:
            self._write(harness, content)

        def every(period_s: float, action: Callable[[], None]) -> Ticker:
            def guarded() -> None:
                try:
                    action()
                except Exception:
                    harness.failed()

            ticker = Ticker(period_s, guarded)
            self._run_ticker(ticker)
            return ticker

        fixed = {key: self.config[key] for key in ("root", "source_paths", "packages")}
        return {
            **fixed,
            "options": harness.options,
            "report": report,
            "failed": harness.failed,
            "relative": self.places.relative,
            "every": every,
        }

    def _run_ticker(self, ticker: Ticker) -> None:
        self.tickers.append(ticker)
        ticker.start()

    def dump(self) -> None:
        """Write every harness's report of this process, replacing the one before; never raises."""
        if not self.lock.acquire(True, _LOCK_TIMEOUT_S):
            return
        try:
            for harness in self.harnesses:
                content = harness.call("snapshot")
                self._write(harness, content if isinstance(content, dict) else {})
        finally:
            self.lock.release()

    def dump_last(self) -> None:
        """Write the reports of a process that is about to end."""
        for harness in self.harnesses:
            harness.call("finish")
        self.dump()

    def flush_when_due(self) -> None:
        """Write reports when a killer asks for them or some time has passed.

        A young process writes more often: what is lost when it dies is a fifth of its life, and half a second at most;
        more only where writing would take over 2% of its time, 10% of one that is known to die.
        """
        asked = f"{self.reports}/.asked.{self.pid}"
        if _exists(asked):
            self.dump_last()
            _remove(asked)
        elif _clock() >= self.due:
            begun = _clock()
            self.dump()
            ended = _clock()
            self.due = ended + max(min((ended - self.began) / 4, _FLUSH_PERIOD_S), self.thrift * (ended - begun))

    def dump_for_exec(self) -> None:
        """Write the reports of a program that is about to be replaced, and what its successor must not count again."""
        self.dump_last()
        _quietly(lambda: _write_whole(self._life(), repr(_process_time())))

    def _life(self) -> str:
        return f"{self.reports}/.life.{self.pid}"

    def _write(self, harness: Loaded, content: dict[str, object]) -> None:
        try:
            errors = content.get("hook_errors", 0)
            process = {
                "pid": self.pid,
                "ppid": os.getppid(),
                "argv0": str((getattr(sys, "argv", None) or [""])[0]),
                "python": list(sys.version_info[:3]),
                "hook_errors": harness.errors + (errors if isinstance(errors, int) else 0),
            }
            cpu_s = content.get("cpu_s")
            if isinstance(cpu_s, float):
                process["cpu_s"] = max(0.0, cpu_s - self.life_before_s)  # the clock goes on over `exec`
            _write_whole(f"{self.reports}/{harness.name}.{self.pid}.{self.number}.json", encode({**content, **process}))
        except Exception:
            harness.failed()

    def at_exit(self) -> None:
        """Write the last report: registered first, this runs after the target's own exit functions."""
        for ticker in self.tickers:
            ticker.stop()
        if self.pid == _getpid():
            self.dump_last()
        for harness in self.harnesses:
            harness.call("stop")

    def before_fork(self) -> None:
        """Leave no thread of ours behind a fork."""
        for ticker in self.tickers:
            _quietly(ticker.stop)

    def after_fork_in_parent(self) -> None:
        """Go on in the parent."""
        if self.is_forking:
            return
        for ticker in self.tickers:
            _quietly(ticker.start)

    def after_fork_in_child(self) -> None:
        """Begin anew in the child, which writes reports all the time: a pool kills its workers."""
        self.new_process()
        for harness in self.harnesses:
            harness.errors = 0
            harness.call("after_fork")
        self.flusher.period_s = _WATCH_PERIOD_S
        if self.flusher not in self.tickers:
            self.tickers.append(self.flusher)
        for ticker in self.tickers:
            ticker.forget()
            _quietly(ticker.start)


def _exists(path: str) -> bool:
    try:
        _stat(path)
    except OSError:
        return False
    return True


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except Exception:
        pass


def _take_number(path: str, otherwise: float) -> float:
    """Return the number in a file that is removed, or another one where there is none."""
    try:
        descriptor = _open(path, os.O_RDONLY)
        try:
            text = _read(descriptor, 64)
        finally:
            _close(descriptor)
            _remove(path)
        return float(text)
    except (OSError, ValueError):
        return otherwise


def _claim(reports: str, pid: int) -> int:
    """Return the first number that no process of this pid has had: `exec` and reuse give a pid several lives."""
    for number in range(10_000):
        try:
            _close(_open(f"{reports}/.started.{pid}.{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        except OSError:
            break
        return number
    return 0


def _write_whole(path: str, text: str) -> None:
    """Write a file so that a reader sees all of it or what was there before."""
    descriptor = _open(path + ".part", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        data = text.encode("ascii")
        while data:
            data = data[_write(descriptor, data) :]
    finally:
        _close(descriptor)
    _replace(path + ".part", path)
