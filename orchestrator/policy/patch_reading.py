"""Read a fix for signs of cheating: what its new text uses that the old one did not."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.policy import tells
from orchestrator.policy.answers import known_answers
from orchestrator.policy.frames import THE_STACK, asks_one_frame, entry_readers
from orchestrator.policy.module_reading import bound, documentation, imported, is_program
from orchestrator.policy.tells import Mechanism

_WRITING = frozenset("wax+")
_MODE = re.compile(r"[rwaxbtU+]{1,4}")
_A_FILE_IS_WRITTEN = "a file is written"
_A_PROGRAMS_OWN = frozenset({"sys.argv", "sys.exit", "SystemExit"})
_WALL_CLOCK = frozenset({"time.time", "time.time_ns"})
_FILE_TIMES = frozenset({"st_mtime", "st_mtime_ns"})
"""A memo of a file holds the file's time against the present, or it misses two writes within one tick."""
_BUILTINS_MODULE = "builtins."
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """One sign: the mechanism, what was used, and the line (1-based) of the new text."""

    mechanism: Mechanism
    what: str
    file: str
    line: int

    def __str__(self) -> str:
        """Return `file:line: what`, with the mechanism."""
        return f"{self.file}:{self.line} {self.mechanism.value}: {self.what}"


def new_tells(before: Mapping[str, str], after: Mapping[str, str], judges: Iterable[str] = ()) -> tuple[Tell, ...]:
    """Return the signs in a fix's new text that its old text did not hold as often, in order of file and line.

    Args:
        before, after: text by file, of the files the fix touches.
        judges: texts of tests and benchmarks, and what the workload prints: answers that a fix may not hold.
    """
    seen = Counter((tell.mechanism, tell.what) for tell in _all(before))
    found = []
    for tell in _all(after):
        seen[tell.mechanism, tell.what] -= 1
        if seen[tell.mechanism, tell.what] < 0:
            found.append(tell)
    answers = known_answers(before.values(), after, judges)
    found += [
        Tell(mechanism=Mechanism.HARD_CODED, what=answer.text, file=answer.file, line=answer.line) for answer in answers
    ]
    return tuple(sorted(found, key=lambda tell: (tell.file, tell.line)))


def _all(sources: Mapping[str, str]) -> Iterator[Tell]:
    readers = []
    for file, text in sorted(sources.items()):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue  # the syntax gate says so
        readers.append((tree, _Reader(file, tree)))
    asking = frozenset(function.name for _, reader in readers for function in reader.entry_readers)
    for tree, reader in readers:
        reader.asking = asking
        reader.visit(tree)
        yield from reader.tells


class _Reader(ast.NodeVisitor):
    """Collects the signs of one module."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file = file
        self.tells: list[Tell] = []
        self.function = "the module"
        self.names = imported(tree)
        self.own = bound(tree) - set(self.names)
        self.documentation = documentation(tree)
        self.is_program = file.endswith("__main__.py") or is_program(tree)
        self.asks_file_times = any(
            isinstance(node, ast.Attribute) and node.attr in _FILE_TIMES for node in ast.walk(tree)
        )
        self._follow_aliases(tree)
        self.entry_readers = entry_readers(tree, self._dotted)
        self.asking: frozenset[str] = frozenset()

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._name(alias.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" and node.module in tells.SENSITIVE:
                self._add(Mechanism.OBSCURED, f"from {node.module} import *", node)
            if node.level == 0:
                self._name(f"{node.module}.{alias.name}", node)
            self._asked(alias.name, node)

    def visit_Name(self, node: ast.Name) -> None:
        self._asked(node.id, node)
        name = self._dotted(node)
        if name is None:
            return
        if node.id not in self.names or "." in self.names[node.id]:
            self._name(name, node)
        elif name in tells.SENSITIVE:
            self._add(Mechanism.OBSCURED, f"the module {name} is handed on", node)

    def visit(self, node: ast.AST) -> None:
        """Visit a node; one frame in place of the stack is what the stack was: no new sign."""
        if asks_one_frame(node, self._dotted):
            self._name(THE_STACK, node)
        elif node not in self.entry_readers:  # who calls it asks, wherever that is
            super().visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = self._dotted(node)
        if name is not None:
            self._name(name, node)
        self._method(node.attr, node)
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._stored(node)
        if name is None or self._root(node) is None:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del) and self._dotted(node.value) == "sys.modules":
            self._add(Mechanism.IMPORT_SYSTEM, "sys.modules is set", node)
        if isinstance(node.ctx, ast.Store | ast.Del) and _calls(node.value, {"vars", "globals", "locals"}):
            self._add(Mechanism.FOREIGN_PATCH, "names set through a namespace", node)
        if isinstance(node.value, ast.Attribute) and node.value.attr == "__dict__":
            self._computed(node.value.value, node.slice, node)
        if _calls(node.value, {"vars"}) and isinstance(node.value, ast.Call) and node.value.args:
            self._computed(node.value.args[0], node.slice, node)
        if _holds_identity(node.slice):
            self._add(Mechanism.IDENTITY, "id() as a key", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._dotted(node.func)
        if name in {"getattr", "setattr", "delattr", "hasattr"} and len(node.args) > 1:
            self._computed(node.args[0], node.args[1], node)
            if name in {"setattr", "delattr"} and self._is_foreign(node.args[0]):
                self._add(Mechanism.FOREIGN_PATCH, f"{name}({ast.unparse(node.args[0])}, …)", node)
        if _writes(node, name):
            self._add(Mechanism.PERSISTED, _A_FILE_IS_WRITTEN, node)
        if _has(node, "daemon", value=True):
            self._add(Mechanism.LEFT_BEHIND, "daemon=True", node)
        if _has(node, "wait", value=False):
            self._add(Mechanism.LEFT_BEHIND, "wait=False", node)
        if _is_keyed_by_identity(node):
            self._add(Mechanism.IDENTITY, "id() as a key", node)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            name = node.value.func.attr
            if name in tells.UNWAITED:
                self._add(Mechanism.LEFT_BEHIND, f"nobody waits for {name}", node)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if any(_is_chance(side) for side in (node.left, *node.comparators)):
            self._add(Mechanism.COUNTED, "left to chance", node)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bytes):
            text = node.value.decode("latin-1")
        elif isinstance(node.value, str) and id(node) not in self.documentation:
            text = node.value
        else:
            return
        mechanism = tells.text_mechanism(text)
        if mechanism is not None and not (text == "__main__" and self.is_program):
            self._add(mechanism, repr(text), node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        folded = _folded(node)
        if folded is not None:
            self.visit_Constant(ast.copy_location(ast.Constant(folded), node))
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def _function(self, node: _Function) -> None:
        if node.name in tells.ALWAYS_TRUE_METHODS and _returns_constant(node):
            self._add(Mechanism.RIGGED, f"{node.name} returns a constant", node)
        self._method(node.name, node)
        self.function = node.name
        for counted in _counted_and_compared(node):
            self._add(Mechanism.COUNTED, f"{counted} is counted up and compared", node)
        self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _add(self, mechanism: Mechanism, what: str, node: ast.AST) -> None:
        self.tells.append(Tell(mechanism=mechanism, what=what, file=self.file, line=getattr(node, "lineno", 0)))

    def _name(self, name: str, node: ast.AST) -> None:
        mechanism = tells.mechanism_of(name.removeprefix(_BUILTINS_MODULE))
        if mechanism is None or (self.is_program and name in _A_PROGRAMS_OWN):
            return
        if self.asks_file_times and name in _WALL_CLOCK:
            return
        # Where the stack is looked at counts: to ask elsewhere is a new question.
        self._add(mechanism, f"{name} in {self.function}" if name == THE_STACK else name, node)

    def _asked(self, name: str, node: ast.AST) -> None:
        """Look at a name that may stand for a function which gives an entry of the stack."""
        if name in self.asking:
            self._name(THE_STACK, node)

    def _method(self, name: str, node: ast.AST) -> None:
        self._asked(name, node)
        mechanism = tells.METHODS.get(name)
        if mechanism is not None:
            self._add(mechanism, _A_FILE_IS_WRITTEN if mechanism is Mechanism.PERSISTED else f".{name}", node)

    def _dotted(self, node: ast.AST) -> str | None:
        """Return the full name of an expression made of names and attributes, imports followed."""
        if isinstance(node, ast.Name):
            return None if node.id in self.own else self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            above = self._dotted(node.value)
            return None if above is None else f"{above}.{node.attr}"
        if isinstance(node, ast.Call) and _calls(node, {"__import__", "import_module"}) and node.args:
            first = node.args[0]
            return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
        return None

    def _root(self, node: ast.AST) -> str | None:
        while isinstance(node, ast.Attribute):
            node = node.value
        return node.id if isinstance(node, ast.Name) else None

    def _is_foreign(self, node: ast.AST) -> bool:
        root = self._root(node)
        return root in self.names or (root == "builtins") or isinstance(node, ast.Call)

    def _stored(self, node: ast.Attribute) -> None:
        if self._root(node.value) in self.names:
            self._add(Mechanism.FOREIGN_PATCH, f"{ast.unparse(node)} is set", node)

    def _computed(self, owner: ast.AST, name: ast.AST, node: ast.AST) -> None:
        """Look at `getattr(owner, name)` and its like."""
        known = self._dotted(owner)
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            if known is not None:
                self._name(f"{known}.{name.value}", node)
            self._method(name.value, node)
        elif known is not None and known.partition(".")[0] in tells.SENSITIVE:
            self._add(Mechanism.OBSCURED, f"a computed attribute of {known}", node)

    def _follow_aliases(self, tree: ast.Module) -> None:
        """Let `clock = time` be `time` too, where nothing else is ever bound to that name."""
        times = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _is_store(node))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
                continue
            target, value = node.targets[0].id, self._dotted(node.value)
            if value is not None and times[target] == 1 and (tells.mechanism_of(value) or value in tells.SENSITIVE):
                self.own.discard(target)
                self.names.setdefault(target, value)


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _calls(node: ast.AST, names: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    return (isinstance(func, ast.Name) and func.id in names) or (isinstance(func, ast.Attribute) and func.attr in names)


def _writes(node: ast.Call, name: str | None) -> bool:
    is_open = name in {"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open"} or (
        isinstance(node.func, ast.Attribute) and node.func.attr == "open"
    )
    if not is_open:
        return False
    first = 0 if name is None or not name.endswith("open") else 1
    given = [*node.args[first : first + 2], *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(_MODE.fullmatch(mode) and _WRITING & set(mode) for mode in modes)


def _has(node: ast.Call, name: str, *, value: bool) -> bool:
    return any(
        keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is value
        for keyword in node.keywords
    )


def _is_chance(node: ast.AST) -> bool:
    return _calls(node, {"random"})


def _holds_identity(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) and _calls(part, {"id"}) for part in ast.walk(node))


def _is_keyed_by_identity(node: ast.Call) -> bool:
    is_lookup = isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "setdefault", "pop"}
    return is_lookup and bool(node.args) and _holds_identity(node.args[0])


def _returns_constant(node: _Function) -> bool:
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Constant)


def _counted_and_compared(function: _Function) -> set[str]:
    """Return what a function counts up beyond its call, and compares with something."""
    local = _locals(function)
    counted = {
        ast.unparse(node.target)
        for node in ast.walk(function)
        if isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Constant) and _owner(node.target) not in local
    }
    compared = {
        ast.unparse(side)
        for node in ast.walk(function)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
    }
    return {name for name in counted if any(name in side for side in compared)}


def _locals(function: _Function) -> set[str]:
    shared = {name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    return bound(ast.Module(body=[function], type_ignores=[])) - shared - {function.name}


def _owner(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _folded(node: ast.AST) -> str | None:
    """Return the text that added string literals make."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _folded(node.left), _folded(node.right)
        return None if left is None or right is None else left + right
    return None
