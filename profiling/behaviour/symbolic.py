"""Ask CrossHair for inputs on which typed functions differ, where the target's environment has it."""

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from profiling.behaviour.compare import Difference
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, FunctionKey, Interpreter, Tree

_BEFORE, _AFTER = "ratchet_before", "ratchet_after"
_GIVEN = re.compile(r"^Given: \((?P<given>.*)\),$", re.MULTILINE)
_SAYS = re.compile(rf"^ *(?P<side>{_BEFORE}|{_AFTER})\.\S+ : (?P<does>.*)$", re.MULTILINE)
_GRACE_S = 20.0
_START_S = 30.0
_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What a symbolic search found.

    Attributes:
        is_available: CrossHair can be imported by the target's interpreter.
        explored: functions that were searched; that nothing was found proves nothing.
        differences: those found, each with the input as its place.
        notes: functions that could not be searched, and why.
    """

    is_available: bool
    explored: tuple[FunctionKey, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def explore(  # noqa: PLR0913 - what is searched, and the three things that every run of the target needs
    keys: Sequence[FunctionKey],
    base: Tree,
    change: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    seconds: float = 10.0,
) -> Exploration:
    """Run `crosshair diffbehavior` on each module-level function whose parameters are all annotated.

    Both versions of its file are imported under names of their own, with what they import from the base.

    Args:
        keys: the touched functions, as they are in the base.
        base, change: the trees.
        interpreter: the target's.
        processes: starts the runs.
        scratch: an existing folder outside every tree.
        seconds: CPU seconds per function.

    Raises:
        Stopped: the session is being stopped.
        OSError: the interpreter can't be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="symbolic-", dir=scratch))
    try:
        search = _Search(folder, base, interpreter, processes, seconds)
        if search.run(("-c", "import crosshair"), _START_S).usage.exit_code != 0:
            return Exploration(is_available=False)
        explored, differences, notes = [], [], []
        for key in keys:
            problem = _prepared(key, base, change, folder)
            if problem is not None:
                notes.append(f"{key.qualname} was not searched: {problem}")
                continue
            finished = search.of(key)
            found = difference_in(finished.stdout, key)
            if found is None and (finished.timed_out or finished.usage.exit_code != 0):
                notes.append(f"{key.qualname} was not searched: {_ending(finished)}")
                continue
            explored.append(key)
            differences += [] if found is None else [found]
        return Exploration(
            is_available=True, explored=tuple(explored), differences=tuple(differences), notes=tuple(notes)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def difference_in(output: str, key: FunctionKey) -> Difference | None:
    """Return the first difference that `crosshair diffbehavior` prints; None where it prints none."""
    given = _GIVEN.search(output)
    if given is None:
        return None
    does = {found["side"]: found["does"].strip()[:_TEXT] for found in reversed(list(_SAYS.finditer(output)))}
    return Difference(
        function=key,
        call="",
        place=f"given {given['given'][:_TEXT]}",
        before=does.get(_BEFORE, "not told"),
        after=does.get(_AFTER, "not told"),
    )


class _Search:
    """Runs the interpreter beside the two versions of a file."""

    def __init__(
        self, folder: Path, base: Tree, interpreter: Interpreter, processes: Processes, seconds: float
    ) -> None:
        self.folder = folder
        self.base = base
        self.interpreter = interpreter
        self.processes = processes
        self.seconds = seconds

    def of(self, key: FunctionKey) -> Finished:
        """Search one function."""
        names = (f"{_BEFORE}.{key.qualname}", f"{_AFTER}.{key.qualname}")
        limits = ("--per_condition_timeout", f"{self.seconds:g}", "--exception_equivalence", "TYPE_AND_MESSAGE")
        return self.run(("-m", "crosshair", "diffbehavior", *names, *limits), 4 * self.seconds + _GRACE_S)

    def run(self, arguments: tuple[str, ...], timeout_s: float) -> Finished:
        """Run the interpreter in our folder."""
        place = Tree(root=self.folder, import_roots=(".",), packages=(), source_paths=(".",))
        paths = [str(self.folder), *(os.path.normpath(self.base.root / each) for each in self.base.import_roots)]
        command = Command(argv=("python", *arguments), timeout_s=timeout_s)
        variables = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        return self.processes.run(launch(command, place, self.interpreter, extra_env=variables))


def _prepared(key: FunctionKey, base: Tree, change: Tree, folder: Path) -> str | None:
    """Write both versions of a function's file; return why it can't be searched, or None."""
    for tree, name in ((base, _BEFORE), (change, _AFTER)):
        try:
            source = (tree.root / key.file).read_text(encoding="utf-8")
            module = ast.parse(source)
        except (OSError, ValueError, SyntaxError, RecursionError) as error:
            return f"{key.file} can't be read ({type(error).__name__})"
        problem = next(_problems(module, key.qualname), None)
        if problem is not None:
            return problem
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return None


def _problems(module: ast.Module, name: str) -> Iterator[str]:
    found = [
        node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    if not found or isinstance(found[-1], ast.AsyncFunctionDef):
        yield "it is no plain function of the module"
        return
    arguments = found[-1].args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    if any(each is not None and each.annotation is None for each in parameters):
        yield "not all its parameters have types"
    if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(module)):
        yield "its file has relative imports"


def _ending(finished: Finished) -> str:
    if finished.timed_out:
        return "it was stopped at its time limit"
    lines = [line for line in finished.stderr.splitlines() if line.strip()]
    return f"CrossHair ended with exit code {finished.usage.exit_code}: {lines[-1][:_TEXT] if lines else 'no error'}"
