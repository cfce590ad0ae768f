"""Assignments whose value some ways through a function have no use for, and the place where it is first needed."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from agents.recipes.deferral import names_by_id
from agents.recipes.functions import Function
from agents.recipes.harmless import is_harmless
from agents.recipes.project import Module, Project
from agents.recipes.quiet import FILLING_METHODS, changes_nothing
from agents.recipes.scope import names
from agents.recipes.splice import source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_COSTLY = (ast.Call, ast.JoinedStr, ast.BinOp)
_LOOKING = frozenset({"bool", "isinstance", "issubclass", "len", "type"})
_CONSUMING = FILLING_METHODS | {"join"}
_STEPPING = (
    *(
        ast.Subscript,
        ast.For,
        ast.While,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.Starred,
        ast.Try,
        ast.Match,
    ),
    *(ast.AugAssign, *_LEAVES),
)
"""What may step through an iterator, which shows in its text, or fill a list or a defaultdict (`d[key]` does), and what
makes the way hard to follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SunkValue:
    """One `name = value` and where it may stand instead.

    Attributes:
        statement: the assignment.
        before: the statement in front of which it may stand.
        use: the first place that reads it.
    """

    statement: ast.Assign
    before: ast.stmt
    use: ast.Name


def sunk_values(function: Function, module: Module, project: Project) -> Iterator[SunkValue]:
    """Yield the assignments that may move behind a way out, or into the only branch that reads them.

    Nothing can tell: the value is harmless to make or not to make, its name is bound here alone, and what is now done
    before changes neither the objects it is made of nor their names.
    """
    for node in _candidates(function, module):
        found = _sunk(_Way(node, function, module, project), module)
        if (
            found is not None
            and is_harmless(node.value, module, project)
            and not reads_its_frame(function.node, module)
        ):
            yield found


def _candidates(function: Function, module: Module) -> Iterator[ast.Assign]:
    """Yield the assignments to locals that nothing else binds, of something that costs."""
    for bound in names(module).inside(function.node).bindings.values():
        statement = parents(module).get(bound[0])
        if len(bound) != 1 or not isinstance(statement, ast.Assign) or statement.targets != bound:
            continue
        if any(isinstance(part, _COSTLY) for part in walk(statement.value)):
            yield statement


def _sunk(way: "_Way", module: Module) -> SunkValue | None:
    block = _block_of(way.node, module)
    rest = block[block.index(way.node) + 1 :]
    is_plain = all(names(module).scope(read) is names(module).inside(way.function) for read in way.reads)
    if not way.reads or not is_plain or sum(map(way.count, rest)) != len(way.reads):
        return None
    before = way.place(rest)
    return SunkValue(statement=way.node, before=before, use=way.reads[0]) if before is not None else None


def _block_of(statement: ast.stmt, module: Module) -> list[ast.stmt]:
    blocks = (block for _, block in ast.iter_fields(parents(module)[statement]) if isinstance(block, list))
    return next(block for block in blocks if statement in block)


class _Way:
    """What is done between an assignment and the first statement that needs its value."""

    def __init__(self, node: ast.Assign, function: Function, module: Module, project: Project) -> None:
        target = node.targets[0]
        named = names_by_id(module).get(target.id, ()) if isinstance(target, ast.Name) else ()
        first, last = function.node.lineno, function.node.end_lineno or 0
        inside = (one for one in named if first <= one.lineno <= last and isinstance(one.ctx, ast.Load))
        self.node, self.function = node, function.node
        self.reads = sorted(inside, key=lambda read: (read.lineno, read.col_offset))
        self._module, self._project = module, project
        self._made_of = {part.id for part in walk(node.value) if isinstance(part, ast.Name)}

    def count(self, node: ast.stmt | ast.expr) -> int:
        """Return how often the name is read in a node."""
        start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
        return sum(start <= (read.lineno, read.col_offset) < end for read in self.reads)

    def place(self, block: Sequence[ast.stmt]) -> ast.stmt | None:
        """Return the statement behind the last way out of a block that passes by the value; None: there is none."""
        found = None
        for index, statement in enumerate(block):
            if self.count(statement):
                branch = self._branch(statement, block[index + 1 :])
                return (self.place(branch) or branch[0]) if branch else found
            if _leaves(statement) and self._is_still(statement.test):
                found = block[index + 1]
            elif not self._is_still(statement):
                break
        return found

    def _branch(self, statement: ast.stmt, rest: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
        """Return the branch in which alone the name is read from here on; empty when it is no single one."""
        if not isinstance(statement, ast.If) or not self._is_still(statement.test):
            return ()
        if self.count(statement.test) or any(map(self.count, rest)):
            return ()
        in_body, in_else = (any(map(self.count, block)) for block in (statement.body, statement.orelse))
        if in_body:
            return () if in_else else statement.body
        return () if self._is_elif(statement.orelse) else statement.orelse

    def _is_elif(self, block: Sequence[ast.stmt]) -> bool:
        return isinstance(block[0], ast.If) and source(self._module, block[0]).startswith("elif")

    def _is_still(self, node: ast.AST) -> bool:
        """Say whether running a node leaves what the value is made of as it was, and steps through nothing."""
        quiet = changes_nothing(node, self.function, self._module, self._project)
        return quiet and not any(map(self._touches, walk(node)))

    def _touches(self, node: ast.AST) -> bool:
        if isinstance(node, _STEPPING) or type(node).__name__ == "TryStar":
            return True
        if isinstance(node, ast.Call):
            is_name = isinstance(node.func, ast.Name)
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            return called not in _LOOKING if is_name else called in _CONSUMING
        if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Store):
            return True
        return isinstance(node, ast.Name) and node.id in self._made_of and not isinstance(node.ctx, ast.Load)


def _leaves(statement: ast.stmt) -> TypeGuard[ast.If]:
    """Say whether it is `if …:` that goes on with what follows only when its test is false."""
    return isinstance(statement, ast.If) and not statement.orelse and isinstance(statement.body[-1], _LEAVES)
