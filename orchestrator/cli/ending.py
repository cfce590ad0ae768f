"""How every command ends: one place turns what was raised into a message and an exit code."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper

import click

from orchestrator.errors import OptimizeError

INTERNAL_ERROR = 3
INTERRUPTED = 130
# What a shell shows for a program that SIGPIPE ended.
CLOSED_PIPE = 141


class OutputClosed(Exception):
    """Whoever read our output went away."""


def ended(command: Callable[[], int]) -> int:
    """Run a command and return its exit code, whatever happens in it.

    Raises:
        SystemExit: only what the command raised itself.
    """
    _print_what_the_terminal_can_not()
    try:
        code = command()
        sys.stdout.flush()
    except OptimizeError as error:
        return _said(str(error), error.hint, error.exit_code)
    except click.ClickException as error:
        return _said(error.format_message(), _help_of(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _said("interrupted", "", INTERRUPTED)
    except (BrokenPipeError, OutputClosed):
        _forget_output()
        return CLOSED_PIPE
    except Exception as error:  # noqa: BLE001  the last border: whatever it is, it is written down and said
        return _internal(error)
    return code


def _said(message: str, hint: str, code: int) -> int:
    from orchestrator.live.plain_text import neutral, one_line  # noqa: PLC0415  only errors need it

    first, _, rest = neutral(message).partition("\n")
    lines = [f"optimize: error: {first}", *(f"  {line}" for line in rest.split("\n") if line)]
    if hint:
        lines.append(f"hint: {one_line(hint)}")
    with suppress(OSError, ValueError):
        sys.stderr.write("\n".join(lines) + "\n")
    return code


def _help_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'optimize'} --help shows what can be given"


def _internal(error: Exception) -> int:
    what = f"{type(error).__name__}: {' '.join(str(error).split()):.500}".rstrip(": ")
    try:
        where = f"the traceback is in {_written_down(error)}; please report it with that file"
    except OSError as failure:
        where = f"its traceback could not be written down either: {failure}"
    return _said(f"internal error: {what}", where, INTERNAL_ERROR)


def _written_down(error: Exception) -> str:
    """Write the traceback into the records of the repository we are in, or into a temporary file."""
    import tempfile  # noqa: PLC0415  needed once in a program's life, if at all
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile(
        "w",
        prefix="crash-",
        suffix=".txt",
        dir=_cache_folder(),
        delete=False,
        encoding="utf-8",
        errors="backslashreplace",
    ) as file:
        file.write(f"command: {sys.argv!r}\npython: {sys.version}\n\n")
        file.write("".join(traceback.format_exception(error)))
    return file.name


def _cache_folder() -> str | None:
    """Return where the records keep what can be thrown away, None where there are none that are ours."""
    from pathlib import Path  # noqa: PLC0415

    with suppress(OSError):
        for folder in (Path.cwd(), *Path.cwd().parents):
            records, cache = folder / ".codeflash", folder / ".codeflash" / "cache"
            if cache.is_dir() and not records.is_symlink() and not cache.is_symlink() and os.access(cache, os.W_OK):
                return str(cache)
    return None


def _forget_output() -> None:
    """Let the interpreter's own last flush go nowhere instead of failing aloud."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _print_what_the_terminal_can_not() -> None:
    """Never fail on a character that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
