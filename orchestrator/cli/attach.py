"""What `optimize profile --attach` does: a look at a process that runs already."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from agents.specialists.setup import SetupImpossible, describe_tree
from orchestrator.cli import exports
from orchestrator.cli.durations import duration
from orchestrator.cli.location import root_of
from orchestrator.cli.observation import width
from orchestrator.cli.patience import Patience
from orchestrator.cli.stopper import Stopper
from orchestrator.errors import SettingsError, TargetError, UsageError
from orchestrator.ledger.atomic import write_text
from orchestrator.live.plain_text import neutral
from orchestrator.workspace.turns import timed_processes
from profiling.attach.model import Attached
from profiling.attach.process import Attachment, CantAttach, attach
from profiling.attach.profile import as_profile
from profiling.context import interpreter
from profiling.formats.attach_lines import attach_lines
from profiling.measure.environment import bin_folder
from profiling.model import Tree

if TYPE_CHECKING:
    from orchestrator.cli.profile import Flags

_ATTACHED: TypeAdapter[Attached] = TypeAdapter(Attached)
_LONGEST_S = 3600.0
_AS_PROFILES = (".html", ".speedscope.json", ".collapsed")


def attached(flags: "Flags", pid: int) -> Attached:
    """Look at a process for a while, and write what `--out` and `--flame` ask for.

    Raises:
        UsageError: an option does not go with it.
        SettingsError: the time is no duration of a second to an hour.
        TargetError: the process can't be looked at.
        NotWritable: the profile can't be written.
    """
    _refuse_others(flags)
    seconds = _seconds(flags["duration"] or "10s")
    root = root_of(flags["repo"])
    with Stopper(), Patience() as say, tempfile.TemporaryDirectory(prefix="optimize-") as scratch:
        processes = timed_processes(say)
        wanted = Attachment(
            pid=pid,
            seconds=seconds,
            tree=_tree(root),
            processes=processes,
            scratch=Path(scratch),
            folders=_folders(root, flags["python"]),
            on_progress=say,
        )
        try:
            found = attach(wanted)
        except CantAttach as error:
            raise TargetError(str(error), hint=error.hint) from error
        finally:
            processes.stop()
    if flags["flame"]:
        exports.write_flames(as_profile(found), root)
    if flags["out"] is not None:
        _write(found, flags["out"])
    return found


def as_lines(found: Attached) -> tuple[str, ...]:
    """Return it for a person."""
    return tuple(neutral(line).replace("\n", " ").rstrip() for line in attach_lines(found, width()))


def as_json(found: Attached) -> str:
    """Return it for a program."""
    return _ATTACHED.dump_json(found).decode()


def _write(found: Attached, path: str) -> None:
    """Write it in a form of profiles where the name asks for one, else as `--json` prints it."""
    if path.endswith(_AS_PROFILES):
        exports.write(as_profile(found), path)
    else:
        write_text(Path(path), as_json(found) + "\n")


def _refuse_others(flags: "Flags") -> None:
    others = [name for name in ("against", "deep", "lines", "stdin", "show_output") if flags[name]]
    if others or flags["command"]:
        what = f"--{others[0].replace('_', '-')}" if others else "a COMMAND"
        raise UsageError(
            f"--attach does not go with {what}", hint="it looks at a process that runs already, from outside"
        )
    if (flags["out"] or "").endswith(".pstats"):
        raise UsageError("--attach can't write .pstats: samples count no calls", hint="take .html, or .json for all")


def _seconds(text: str) -> int:
    seconds = duration("duration", text)
    if not 1 <= seconds <= _LONGEST_S:
        raise SettingsError(
            f"duration can't be {text!r} (from --duration)", hint="allowed is 1s to 1h, in whole seconds"
        )
    return round(seconds)


def _tree(root: Path) -> Tree:
    """Return the project's layout; all of a folder where nothing in it can be imported."""
    try:
        return describe_tree(root)
    except SetupImpossible:
        return Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))


def _folders(root: Path, python: str | None) -> tuple[Path, ...]:
    """Return where py-spy may lie: beside us, beside the target's interpreter."""
    ours = Path(sys.executable).parent
    try:
        return (ours, bin_folder(interpreter.find(root, python)))
    except interpreter.NoInterpreter:
        return (ours,)
