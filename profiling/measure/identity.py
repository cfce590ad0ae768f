"""Which process a number means: numbers are used again, a number with its start and its boot is not."""

import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PATIENCE_S = 5
_ENDED = frozenset({"Z", "X"})
"""States of a process that nobody has waited for yet: it runs no more."""


def process_started(pid: int) -> str:
    """Return when a process began, in the system's own words; empty when none of that number runs."""
    try:
        # The command's name, in parentheses, may hold spaces; field 22 of the line is the start time in clock ticks.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "" if fields[0] in _ENDED else fields[19]
    except (OSError, IndexError):
        return _answer("ps", "-o", "lstart=", "-p", str(pid))


@cache
def boot() -> str:
    """Return what names the time since the machine was started, asked once; empty where the system does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return _answer("sysctl", "-n", "kern.boottime")


def _answer(*command: str) -> str:
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
        return done.stdout.strip() if not done.returncode else ""
    return ""
