import ast
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from profiling.collect import facts as facts_pass
from profiling.facts import (
    ClassRequest,
    ContainerRequest,
    ExpressionRequest,
    FactRequest,
    Facts,
    FunctionRequest,
    LoopRequest,
)
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import Command, FunctionKey, Interpreter, Tree


class Source:
    """The text of one module, and requests for what stands in it."""

    def __init__(self, text: str, file: str = "mod.py") -> None:
        self.text = text
        self.file = file
        self.nodes = list(ast.walk(ast.parse(text)))

    def function(self, qualname: str) -> FunctionRequest:
        name = qualname.rpartition(".")[2]
        found = (
            node for node in self.nodes if getattr(node, "name", None) == name and not isinstance(node, ast.ClassDef)
        )
        node = next(found)
        line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return FunctionRequest(id=qualname, key=FunctionKey(file=self.file, first_line=line, qualname=qualname))

    def class_(self, name: str) -> ClassRequest:
        node = next(node for node in self.nodes if isinstance(node, ast.ClassDef) and node.name == name)
        return ClassRequest(id=name, key=self._key(node))

    def container(self, code: str, *, which: int = 0) -> ContainerRequest:
        place = self.expression(code, which=which)
        return ContainerRequest(
            id=f"{code}#{which}",
            file=place.file,
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
        )

    def everything(self) -> list[FactRequest]:
        """Ask for all that can be asked for."""
        asked: list[FactRequest] = []
        for number, node in enumerate(self.nodes):
            if isinstance(node, ast.ClassDef):
                asked.append(ClassRequest(id=f"class {self.file} {number}", key=self._key(node)))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                asked.append(FunctionRequest(id=f"function {self.file} {number}", key=self._key(node)))
            elif isinstance(node, ast.For | ast.While | ast.AsyncFor):
                place = {"file": self.file, "line": node.lineno, "column": node.col_offset}
                asked.append(LoopRequest(id=f"loop {self.file} {number}", **place))
            elif isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                place = {"file": self.file, "line": node.lineno, "column": node.col_offset}
                place |= {"end_line": node.end_lineno or 0, "end_column": node.end_col_offset or 0}
                asked.append(ExpressionRequest(id=f"expression {self.file} {number}", **place))
                if isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.Call):
                    asked.append(ContainerRequest(id=f"container {self.file} {number}", **place))
        return asked

    def _key(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionKey:
        line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return FunctionKey(file=self.file, first_line=line, qualname=node.name)

    def loop(self, header: str) -> LoopRequest:
        node = next(
            node
            for node in self.nodes
            if isinstance(node, ast.For | ast.While | ast.AsyncFor) and self.segment(node).startswith(header)
        )
        return LoopRequest(id=header, file=self.file, line=node.lineno, column=node.col_offset)

    def expression(self, code: str, *, loop: str | None = None, which: int = 0) -> ExpressionRequest:
        found = [
            node
            for node in self.nodes
            if isinstance(node, ast.expr)
            and self.segment(node) == code
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        ]
        node = sorted(found, key=lambda each: (each.lineno, each.col_offset))[which]
        return ExpressionRequest(
            id=code,
            file=self.file,
            line=node.lineno,
            column=node.col_offset,
            end_line=node.end_lineno or 0,
            end_column=node.end_col_offset or 0,
            loop_id=loop,
        )

    def segment(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""


class Remembering(Processes):
    """Real processes that keep what the last one gave."""

    def __init__(self) -> None:
        super().__init__()
        self.finished: Finished | None = None

    def run(self, launch: Launch) -> Finished:
        self.finished = super().run(launch)
        return self.finished


@dataclass
class Observed:
    facts: Facts
    finished: Finished | None


@dataclass
class Observer:
    """Runs `main.py` of a small repository under the facts pass."""

    root: Path
    scratch: Path
    interpreter: Interpreter = field(
        default_factory=lambda: Interpreter(executable=sys.executable, version=sys.version_info[:3])
    )

    def write(self, main: str, **modules: str) -> None:
        self.root.mkdir(exist_ok=True)
        for name, text in {"main": main, **modules}.items():
            (self.root / f"{name}.py").write_text(text)

    def run(
        self, *requests: FactRequest, plain_wall_s: float | None = None, limit_s: float = 60, whole_run: bool = True
    ) -> Observed:
        processes = Remembering()
        facts = facts_pass.collect(
            requests,
            Tree(root=self.root, import_roots=(".",), packages=("mod",), source_paths=(".",)),
            Command(argv=("python", "main.py"), timeout_s=limit_s),
            self.interpreter,
            processes=processes,
            scratch=self.scratch,
            plain_wall_s=plain_wall_s,
            whole_run=whole_run,
        )
        assert list(self.scratch.iterdir()) == []
        return Observed(facts, processes.finished)

    def plain(self) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.interpreter.executable, "main.py"], cwd=self.root, capture_output=True, check=False)


@pytest.fixture
def observer(tmp_path: Path) -> Observer:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Observer(tmp_path / "repo", scratch)


@pytest.fixture
def source() -> Callable[..., Source]:
    return Source


@pytest.fixture(params=["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def each_interpreter(request: pytest.FixtureRequest) -> Interpreter:
    major, minor = (int(part) for part in request.param.split("."))
    if sys.version_info[:2] == (major, minor):
        return Interpreter(executable=sys.executable, version=sys.version_info[:3])
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [Path(found)] if (found := shutil.which(f"python{request.param}")) else []
    for candidate in [*sorted(folder.glob(f"{request.param}.*/bin/python")), *named]:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return Interpreter(executable=str(candidate), version=(major, minor, 0))
    pytest.skip(f"no Python {request.param} is installed")


@pytest.fixture(scope="session")
def harness() -> Callable[[str], ModuleType]:
    """Load the harness files as the target does: by themselves, their siblings beside them."""
    folder = Path(facts_pass.__file__).parents[1] / "harness"
    names = tuple(sorted(path.stem for path in folder.glob("ratchet_facts*.py")))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        loaded = {name: importlib.import_module(name) for name in names}
        for name in names:
            del sys.modules[name]
    return loaded.__getitem__
