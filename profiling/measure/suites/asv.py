"""Turn `asv run …` into a plain script that runs the same benchmarks: no asv, no environments of its own."""

import atexit
import itertools
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from profiling.measure.kinds import Kind, KindName, detect
from profiling.model import Command, Tree

RUNNER = "ratchet_asv"
_FILES = (RUNNER, "ratchet_asv_find", "ratchet_run_meter")
_HARNESS_FOLDER = Path(__file__).parents[2] / "harness"
_REQUEST = "asv.json"
_CONFIGURATIONS = ("asv.conf.json", "asv.conf.jsonc", "benchmarks/asv.conf.json")
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which benchmarks a command asks for.

    Attributes:
        folder: of the benchmarks, relative to the tree's root, POSIX separators.
        patterns: regular expressions, any of which a benchmark's name must match; none: all of them.
    """

    folder: str
    patterns: tuple[str, ...]


def select(kind: Kind, tree: Tree) -> Selection:
    """Return the benchmarks that an asv command asks for; options that choose commits or machines mean nothing here.

    Raises:
        FileNotFoundError: the configuration or the folder of benchmarks is not there, or not inside the tree.
    """
    words = kind.words
    if words and words[0] != "run":  # the runner itself, with a request of ours
        request = json.loads(Path(words[0]).read_text(encoding="utf-8"))
        return Selection(folder=str(request["folder"]), patterns=tuple(map(str, request["patterns"])))
    patterns = (*_values(words, "-b"), *_values(words, "--bench"))
    return Selection(folder=_folder(next(iter(_values(words, "--config")), None), tree), patterns=patterns)


def runnable(command: Command, tree: Tree) -> Command:
    """Return what runs in place of a command: our runner for `asv run`, each benchmark about once; else the command.

    Raises:
        FileNotFoundError: as `select`.
    """
    kind = detect(command)
    if kind.name is not KindName.ASV or kind.words[:1] != ("run",):
        return command
    selection = select(kind, tree)
    return install(command, selection, _lasting_folder(selection))


def install(
    command: Command,
    selection: Selection,
    folder: Path,
    *,
    calls: Mapping[str, tuple[int, int]] | None = None,
    report: Path | None = None,
) -> Command:
    """Copy the runner into a folder and return the command that runs it; passes other than timing can run it too.

    Args:
        command: as the person wrote it; its environment and time limit stay.
        selection: what it asks for.
        folder: existing, outside the tree.
        calls: by benchmark: repeats, and calls in each; None: as few as tell what a call costs.
        report: file for what the bodies cost.
    """
    for name in _FILES:
        shutil.copyfile(_HARNESS_FOLDER / f"{name}.py", folder / f"{name}.py")
    request = {
        "folder": selection.folder,
        "patterns": list(selection.patterns),
        "calls": None if calls is None else {name: list(counts) for name, counts in calls.items()},
        "report": "" if report is None else str(report),
    }
    (folder / _REQUEST).write_text(json.dumps(request), encoding="utf-8")
    return replace(command, argv=("python", str(folder / f"{RUNNER}.py"), str(folder / _REQUEST)))


@cache
def _lasting_folder(selection: Selection) -> Path:
    """Return a folder for the runner of a selection that lasts as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix=f"ratchet-asv-{len(selection.patterns)}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _folder(configuration: str | None, tree: Tree) -> str:
    """Return the folder of the benchmarks, as the configuration names it."""
    names = (configuration,) if configuration is not None else _CONFIGURATIONS
    found = next((name for name in names if (tree.root / name).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"asv benchmarks were asked for, and there is no {names[0]} in {tree.root}")
    named = str(_read(tree.root / found).get("benchmark_dir", "benchmarks"))
    folder = (PurePosixPath(found).parent / named).as_posix()
    place = (tree.root / folder).resolve()
    if not place.is_dir() or not place.is_relative_to(tree.root.resolve()):
        raise FileNotFoundError(
            f"{found} names {named!r} as the folder of its benchmarks: there is none inside the tree"
        )
    return folder


def _read(file: Path) -> Mapping[str, object]:
    """Return a configuration, JSON with comments; nothing where it can't be read as such."""
    text = _COMMENT.sub(lambda found: found.group(1) or "", file.read_text(encoding="utf-8", errors="replace"))
    try:
        value = json.loads(_TRAILING_COMMA.sub(r"\1", text))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _values(words: tuple[str, ...], option: str) -> tuple[str, ...]:
    """Return an option's values, given apart or with `=` (a short one: glued to it)."""
    glue = "=" if option.startswith("--") else ""
    apart = [after for word, after in itertools.pairwise(words) if word == option]
    glued = [word[len(option + glue) :] for word in words if word.startswith(option + glue) and word != option]
    return (*apart, *glued)
