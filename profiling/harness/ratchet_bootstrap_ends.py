"""Have reports written before a process ends, or ends another, in a way that runs no exit functions."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # typeshed has no stub; `signal` would import enum into the target
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import NoReturn, Protocol

    class Reporter(Protocol):
        """What is needed of `Host`."""

        pid: int
        reports: str

        def dump_last(self) -> None:
            """Write last reports."""
            ...

        def dump_for_exec(self) -> None:
            """Write them, and what the next program needs."""
            ...


_ANSWER_TRIES, _ANSWER_STEP_S = 250, 0.001
# Sent to end a process; HUP, INT, USR1 and the like are messages, which must not be delayed.
_KILLING = frozenset((_signal.SIGTERM, _signal.SIGKILL, _signal.SIGABRT, _signal.SIGQUIT, _signal.SIGSEGV))
_NOT_FATAL = frozenset(
    getattr(_signal, name)
    for name in ("SIGCHLD", "SIGURG", "SIGWINCH", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGIO")
    if hasattr(_signal, name)
)
# kept, because the target may replace them
_real_exit, _real_execv, _real_execve, _real_abort = os._exit, os.execv, os.execve, os.abort
_real_kill, _real_killpg, _real_raise_signal = os.kill, os.killpg, _signal.raise_signal
_getpgid, _listdir, _stat, _open, _close, _sleep = os.getpgid, os.listdir, os.stat, os.open, os.close, time.sleep


class Ends:
    """The ends of this process and of those it kills."""

    def __init__(self, host: Reporter) -> None:
        self.host = host

    def install(self) -> None:
        """Put ourselves before every function that ends a process at once."""
        self._install_ends()
        self._install_signals()

    def _install_ends(self) -> None:
        def _exit(status: int) -> NoReturn:
            self.host.dump_last()
            _real_exit(status)

        def execv(path: str, argv: list[str], /) -> NoReturn:
            self.host.dump_for_exec()
            _real_execv(path, argv)

        def execve(path: str, argv: list[str], env: Mapping[str, str]) -> NoReturn:
            self.host.dump_for_exec()
            _real_execve(path, argv, env)

        def abort() -> NoReturn:
            self.host.dump_last()
            _real_abort()

        for function in (_exit, execv, execve, abort):
            setattr(os, function.__name__, function)

    def _install_signals(self) -> None:
        def kill(pid: int, signal: int, /) -> None:
            self._before(lambda: self._group(-pid if pid < -1 else 0) if pid <= 0 else (pid,), signal)
            _real_kill(pid, signal)

        def killpg(pgid: int, signal: int, /) -> None:
            self._before(lambda: self._group(pgid), signal)
            _real_killpg(pgid, signal)

        def raise_signal(signalnum: int, /) -> None:
            self._before(lambda: (self.host.pid,), signalnum)
            _real_raise_signal(signalnum)

        for function in (kill, killpg):
            setattr(os, function.__name__, function)
        for module in (_signal, sys.modules.get("signal")):
            if module is not None:
                setattr(module, "raise_signal", raise_signal)  # noqa: B010  the type stays, which is ours to keep

    def _before(self, doomed: Callable[[], object], signal: int) -> None:
        """Have those report whom a signal ends, ourselves last; never raises."""
        try:
            if signal not in _KILLING and not self._ends_us(signal):
                return
            pids = list(doomed())  # type: ignore[call-overload]  # an iterable
            for pid in pids:
                if pid != self.host.pid and signal in _KILLING:
                    self._ask(pid)
            if self.host.pid in pids and self._ends_us(signal):
                self.host.dump_last()
        except Exception:
            pass

    def _ends_us(self, signal: int) -> bool:
        if signal <= 0 or signal in _NOT_FATAL:
            return False
        return bool(signal == _signal.SIGKILL or _signal.getsignal(signal) == _signal.SIG_DFL)

    def _group(self, group: int) -> Iterator[int]:
        """Yield the injected processes of a group, 0 for our own."""
        own = _getpgid(0)
        for name in _listdir(self.host.reports):
            if name.startswith(".started.") and name.endswith(".0"):
                pid = int(name.split(".")[2])
                try:
                    if _getpgid(pid) == (group or own):
                        yield pid
                except OSError:
                    continue

    def _ask(self, pid: int) -> None:
        """Let a process that is about to be killed write its reports, and wait for it a little.

        Done on the killer's side because a Python handler for SIGTERM in the victim can hang it: one that arrives just
        before a blocking call is not seen until that call returns.
        """
        if not _exists(f"{self.host.reports}/.started.{pid}.0"):
            return
        question = f"{self.host.reports}/.asked.{pid}"
        _close(_open(question, os.O_CREAT | os.O_WRONLY, 0o600))
        for _ in range(_ANSWER_TRIES):
            if not _exists(question):
                break
            _sleep(_ANSWER_STEP_S)


def _exists(path: str) -> bool:
    try:
        _stat(path)
    except OSError:
        return False
    return True
