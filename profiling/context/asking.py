"""Asks a program of this machine for its version: bounded, without our secrets, from an empty place."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path

from profiling.context.shims import behind

_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*")
_MOST_S = 3.0
_FOLDER = "/"


async def version_of(path: str) -> str | None:
    """Return what a program says to `--version`, None when it says no number, fails, or takes over three seconds."""
    import asyncio  # noqa: PLC0415  a second run asks nobody, and does without

    try:
        process = await asyncio.create_subprocess_exec(
            behind(path, Path(_FOLDER)),
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # The home: version managers that stand in front of a program look there for the program.
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LC_ALL": "C"},
            cwd=_FOLDER,
            start_new_session=True,
        )
    except OSError:
        return None
    try:
        out, _ = await asyncio.wait_for(process.communicate(), _MOST_S)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    match = _VERSION.search(out[:1000].decode(errors="replace"))
    return match[0] if match else None
