"""Run one command from a small process: a child's `ru_maxrss` never falls below the peak of its parent.

Run as a script (`python -I -S launcher.py`), it imports nothing of ours. Its request comes on standard input, fields
separated by NUL: report descriptor, core (or nothing), timeout in seconds, folder, file for standard input (or
nothing), folder of reports to ask for before killing (or nothing), number of arguments, arguments, then `NAME=value`
variables. Its report is one line `pid N` as soon as the command runs, `left` if processes of its group outlive it, then
`done <wall_s> <cpu_s> <max_rss> <wait status> <timed out>` or `error <errno> <file>`.
"""

import os
import signal
import sys
import time

_ENDING_S = 0.3
"""Seconds after the command's end in which helpers of its group (a resource tracker) may still end by themselves."""

_FAREWELL_S = 2.0
"""Seconds that processes have at the time limit for their last reports: a traced heap is looked through in them."""


class _Child:
    """The command's process, as the signal handlers see it.

    No dataclass: importing those would triple this process's size, which is the floor of every child's peak.
    """

    def __init__(self, farewell: bytes) -> None:
        self.farewell = farewell
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
        if self.farewell:
            _ask_for_reports(self.farewell)
        self.kill()


class _Request:
    """What to run, as read from standard input."""

    def __init__(self, fields: list[bytes]) -> None:
        arguments = int(fields[6])
        self.report = int(fields[0])
        self.core = int(fields[1]) if fields[1] else None
        self.timeout_s = float(fields[2])
        self.folder = fields[3]
        self.stdin = fields[4]
        self.farewell = fields[5]
        self.argv = fields[7 : 7 + arguments]
        self.env = {name: value for name, _, value in (entry.partition(b"=") for entry in fields[7 + arguments :])}


def _become(request: _Request) -> None:
    """Turn this forked process into the command; never returns."""
    blamed = request.stdin or os.fsencode(os.devnull)
    try:
        os.setsid()
        os.dup2(os.open(blamed, os.O_RDONLY), 0)
        blamed = request.folder
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


def _ask_for_reports(folder: bytes) -> None:
    """Let processes that have reported before do so once more, as `ratchet_bootstrap_host` answers."""
    try:
        names = [entry.name for entry in os.scandir(folder)]
        reported = {name.split(b".")[1] for name in names if name.endswith(b".json")}
        questions = [folder + b"/.asked." + pid for pid in reported if _runs(int(pid))]
        for question in questions:
            os.close(os.open(question, os.O_CREAT | os.O_WRONLY, 0o600))
        until = time.monotonic() + _FAREWELL_S
        while time.monotonic() < until and any(os.access(each, os.F_OK) for each in questions):
            time.sleep(0.005)
    except (OSError, IndexError, ValueError):
        pass  # the reports are a courtesy: killing it is the duty


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _outlived(group: int) -> bool:
    """Say whether processes of a group still run when its leader has ended and helpers had time to."""
    until = time.monotonic() + _ENDING_S
    while _group_runs(group):
        if time.monotonic() > until:
            return True
        time.sleep(0.01)
    return False


def _group_runs(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    try:
        pids = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - pathlib would make this process larger
    except OSError:
        return True
    return not pids or any(_is_running_member(pid, group) for pid in pids)


def _is_running_member(pid: str, group: int) -> bool:
    """Say whether a process belongs to a group and is no zombie: those can stay for ever where nobody reaps them."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - likewise
            fields = file.read().rpartition(b")")[2].split()
        return int(fields[2]) == group and fields[0] not in {b"Z", b"X"}
    except (OSError, ValueError, IndexError):
        return False


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
    if not child.timed_out and _outlived(child.pid):
        os.write(request.report, b"left \n")
    line = f"done {wall_s!r} {cpu_s!r} {usage.ru_maxrss} {status} {int(child.timed_out)}\n"
    os.write(request.report, line.encode())


def main() -> None:
    """Serve the one request on standard input."""
    request = _Request(sys.stdin.buffer.read().split(b"\0"))
    os.set_inheritable(request.report, False)  # noqa: FBT003 - positional only
    child = _Child(request.farewell)
    try:
        _run(request, child)
    except BrokenPipeError:  # whoever asked is gone: nobody would end the command at its time limit
        child.kill()


if __name__ == "__main__":
    main()
