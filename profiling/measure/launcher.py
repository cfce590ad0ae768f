"""Run one command from a small process: a child's `ru_maxrss` never falls below the peak of its parent.

Run as a script (`python -I -S launcher.py`), it imports nothing of ours. Its request comes on standard input, fields
separated by NUL: report descriptor, core (or nothing), timeout in seconds, folder, number of arguments, arguments, then
`NAME=value` variables. Its report is one line `pid N` as soon as the command runs, then
`done <wall_s> <cpu_s> <max_rss> <wait status> <timed out>` or `error <errno> <file>`.
"""

import os
import signal
import sys
import time


class _Child:
    """The command's process, as the signal handlers see it.

    No dataclass: importing those would triple this process's size, which is the floor of every child's peak.
    """

    def __init__(self) -> None:
        self.pid = 0
        self.unwanted = False
        self.timed_out = False

    def kill(self) -> None:
        """Kill the command's process group; remember the wish when it does not exist yet."""
        self.unwanted = True
        if not self.pid:
            return
        for kill in (os.killpg, os.kill):
            try:
                kill(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue

    def expire(self) -> None:
        """Kill the command because its time is over."""
        self.timed_out = True
        self.kill()


class _Request:
    """What to run, as read from standard input."""

    def __init__(self, fields: list[bytes]) -> None:
        arguments = int(fields[4])
        self.report = int(fields[0])
        self.core = int(fields[1]) if fields[1] else None
        self.timeout_s = float(fields[2])
        self.folder = fields[3]
        self.argv = fields[5 : 5 + arguments]
        self.env = {name: value for name, _, value in (entry.partition(b"=") for entry in fields[5 + arguments :])}


def _become(request: _Request) -> None:
    """Turn this forked process into the command; never returns."""
    blamed = request.folder
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # the interpreter ignores them, and ignoring outlives exec
            signal.signal(number, signal.SIG_DFL)
        if request.core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {request.core})
        os.chdir(request.folder)
        blamed = request.argv[0]
        os.execve(request.argv[0], request.argv, request.env)  # noqa: S606 - running it is the job
    except OSError as error:
        os.write(request.report, b"error %d %s\n" % (error.errno or 0, blamed))
    finally:
        os._exit(127)


def _run(request: _Request, child: _Child) -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: child.kill())
    signal.signal(signal.SIGALRM, lambda _number, _frame: child.expire())
    started = time.monotonic()
    child.pid = os.fork()
    if child.pid == 0:
        _become(request)
    os.write(request.report, b"pid %d\n" % child.pid)
    for inherited in (1, 2):  # so that the pipes end with the command, not with us
        os.close(inherited)
    if child.unwanted:
        child.kill()
    signal.setitimer(signal.ITIMER_REAL, max(request.timeout_s, 1e-6))
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.monotonic() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    cpu_s = usage.ru_utime + usage.ru_stime
    line = f"done {wall_s!r} {cpu_s!r} {usage.ru_maxrss} {status} {int(child.timed_out)}\n"
    os.write(request.report, line.encode())


def main() -> None:
    """Serve the one request on standard input."""
    request = _Request(sys.stdin.buffer.read().split(b"\0"))
    os.set_inheritable(request.report, False)  # noqa: FBT003 - positional only
    child = _Child()
    try:
        _run(request, child)
    except BrokenPipeError:  # whoever asked is gone: nobody would end the command at its time limit
        child.kill()


if __name__ == "__main__":
    main()
