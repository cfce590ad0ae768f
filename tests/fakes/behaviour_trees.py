"""Small programs as two trees, recorded and replayed for real."""

import ast
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from profiling.behaviour.check import behaviour
from profiling.behaviour.compare import BehaviourReport
from profiling.behaviour.record import record
from profiling.behaviour.recording import Limits, Recording
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Interpreter, Tree

THIS = Interpreter(executable=sys.executable, version=sys.version_info[:3])


def functions_of(file: str, text: str) -> tuple[FunctionKey, ...]:
    """Return the functions and methods of a module's text."""
    found: list[FunctionKey] = []

    def visit(body: Sequence[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                line = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                found.append(FunctionKey(file=file, first_line=line, qualname=prefix + node.name))

    visit(ast.parse(text).body, "")
    return tuple(found)


@dataclass
class Trees:
    """A folder in which trees are written, recorded and compared."""

    folder: Path
    interpreter: Interpreter = THIS
    processes: Processes = field(default_factory=Processes)
    count: int = 0

    def tree(self, files: Mapping[str, str]) -> Tree:
        root = self.fresh("tree")
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Tree(root=root, import_roots=(".",), packages=("mod",), source_paths=(".",))

    def fresh(self, name: str) -> Path:
        self.count += 1
        path = self.folder / f"{name}{self.count}"
        path.mkdir(parents=True)
        return path

    def record(
        self,
        tree: Tree,
        keys: Sequence[FunctionKey],
        *commands: tuple[str, ...],
        limits: Limits | None = None,
        timeout_s: float = 60.0,
    ) -> Recording:
        wanted = [Command(argv=argv, timeout_s=timeout_s) for argv in commands or (("python", "main.py"),)]
        return record(
            keys,
            tree,
            wanted,
            self.interpreter,
            processes=self.processes,
            folder=self.fresh("recording"),
            limits=limits,
        )

    def compare(self, recording: Recording, base: Tree, change: Tree, *, call_s: float = 10.0) -> BehaviourReport:
        scratch = self.fresh("scratch")
        report = behaviour(
            recording, base, change, self.interpreter, processes=self.processes, scratch=scratch, seed=7, call_s=call_s
        )
        assert list(scratch.iterdir()) == [], "the replay leaves nothing behind"
        return report

    def change(self, before: str, after: str, main: str) -> BehaviourReport:
        """Record `main.py` with `mod.py` as it was before, and compare it with what it is after."""
        base, change = (self.tree({"mod.py": text, "main.py": main}) for text in (before, after))
        return self.compare(self.record(base, functions_of("mod.py", before)), base, change)
