"""Read statements: what they bind, store, return and repeat."""

import ast
from collections.abc import Callable, Sequence

from profiling.audit.reading.annotations import dotted_name, type_term
from profiling.audit.reading.calls import bound_of
from profiling.audit.reading.definitions import DefinitionReader
from profiling.audit.reading.scope import LoopFact
from profiling.audit.reading.terms import (
    ASSIGN,
    ATTR,
    DELETE_ITEM,
    EVALUATE,
    IMPORT,
    ITEM,
    ITERATE,
    RAISE,
    RETURN,
    SET_ATTRIBUTE,
    SET_ITEM,
    SLICE,
    VALUE,
    Term,
)

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class StatementReader(DefinitionReader):
    """Turns statements into effects."""

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Read statements one after another."""
        for statement in body:
            read = _READERS.get(type(statement))
            if read is not None:
                read(self, statement)

    def _branch(self, body: Sequence[ast.stmt], test: ast.expr | None = None, *, holds: bool = True) -> None:
        if not body:
            return
        weak = self.enter_block()
        if test is not None:
            self.learn(test, holds=holds)
        self.block(body)
        self.leave_block(weak)

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        if type(value) is not ast.Constant:
            self.scope.emit(EVALUATE, self.term(value), self.weak)

    def _assign_statement(self, node: ast.Assign) -> None:
        value, targets = node.value, node.targets
        first = targets[0]
        if self._is_paired(first, value) and len(targets) == 1:
            self._pair(first, value)
            return
        term = self.term(value)
        if len(targets) > 1 and type(term) is tuple and term[0] != VALUE:
            term = self._held(term)
        if self.scope.kind == 0 and len(targets) == 1 and isinstance(first, ast.Name):
            self.note_alias(first.id, value)
        for target in targets:
            self.store(target, term)

    def _is_paired(self, target: ast.expr, value: ast.expr) -> bool:
        """Tell whether both sides are tuples of the same length: then each is assigned by itself."""
        return (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple | ast.List)
            and len(target.elts) == len(value.elts)
            and not any(isinstance(each, ast.Starred) for each in (*target.elts, *value.elts))
        )

    def _pair(self, target: ast.expr, value: ast.expr) -> None:
        """Assign the parts of a tuple; all are evaluated before the first is bound."""
        held: list[tuple[ast.expr, Term]] = []
        for each, source in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]  # both are tuples
            if self._is_paired(each, source):
                self._pair(each, source)
            else:
                term = self.term(source)
                held.append((each, self._held(term) if type(term) is tuple and term[0] != VALUE else term))
        for each, term in held:
            self.store(each, term)

    def _held(self, term: Term) -> str:
        """Keep a term's values under a name of our own, so that it is evaluated once."""
        name = f"'h{self.site()}"
        self.scope.emit(ASSIGN, name, term, 0)
        return name

    def store(self, target: ast.expr, term: Term) -> None:
        """Note that a target gets a value."""
        if isinstance(target, ast.Name):
            if target.id in self.scope.globals:
                self.add_write("global", target)
            self.assign(target.id, term)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(target, term)
        elif isinstance(target, ast.Subscript):
            self._store_item(target, term)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, term)
        elif isinstance(target, ast.Starred):
            self.store(target.value, term)

    def _store_attribute(self, target: ast.Attribute, term: Term) -> None:
        self.forget(dotted_name(target))
        self.add_write("attribute", target)
        self.note_attribute(target)
        self.scope.emit(SET_ATTRIBUTE, self.term(target.value), target.attr, term, target.lineno)

    def _store_item(self, target: ast.Subscript, term: Term) -> None:
        self.add_write("item", target)
        base = self.term(target.value)
        if isinstance(target.slice, ast.Slice):
            self.scope.emit(SET_ITEM, base, None, (ITERATE, term, target.lineno, False), target.lineno, 1)
            return
        key = self.term(target.slice)
        if type(key) is str:
            self.scope.keyed.add(key)
        self.scope.emit(SET_ITEM, base, key, term, target.lineno, self.weak)

    def _unpack(self, target: ast.Tuple | ast.List, term: Term) -> None:
        if term is None:
            for each in target.elts:
                self.store(each, None)
            return
        held = term if type(term) is str else self._held(term)
        after = 0
        for position, each in enumerate(target.elts):
            if isinstance(each, ast.Starred):
                after = len(target.elts) - position - 1
                self.store(each.value, (SLICE, self.site(), held, position, -after or None, target.lineno))
            else:
                place = -(len(target.elts) - position) if after else position
                self.store(each, (ITEM, held, (VALUE, f"n:{place}"), target.lineno))

    def _annotated(self, node: ast.AnnAssign) -> None:
        kind = type_term(node.annotation)
        self.note_annotation(node.target, kind)
        if node.value is not None:
            self.store(node.target, self.term(node.value))
        if kind is not None and isinstance(node.target, ast.Name) and self.in_class < 0:
            self.declare(node.target.id, kind)

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        load = self.term(target)
        value = self.term(node.value)
        self.store(target, self.augmented(load, value, node))

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.scope.emit(RETURN, self.term(node.value))

    def _raise(self, node: ast.Raise) -> None:
        for each in (node.exc, node.cause):
            if each is not None:
                self.scope.emit(RAISE, self.term(each), node.lineno)

    def _assert(self, node: ast.Assert) -> None:
        self.scope.emit(EVALUATE, self.condition(node.test), 1)
        if node.msg is not None:
            self.scope.emit(EVALUATE, self.term(node.msg), 1)
        self.learn(node.test, holds=True)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self.add_write("item", target)
                self.scope.emit(DELETE_ITEM, self.term(target.value), self.term(target.slice), target.lineno)
            elif isinstance(target, ast.Attribute):
                self.add_write("attribute", target)

    def _if(self, node: ast.If) -> None:
        self.scope.emit(EVALUATE, self.condition(node.test), 1)
        self._branch(node.body, node.test)
        self._branch(node.orelse, node.test, holds=False)
        if isinstance(node.body[-1], _LEAVES) and not node.orelse:
            self.learn(node.test, holds=False)

    def _while(self, node: ast.While) -> None:
        outer, read = self._begin_loop("while", node, None)
        self.scope.emit(EVALUATE, self.condition(node.test), 1)
        self._branch(node.body, node.test)
        self._end_loop(outer, read)
        self._branch(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.term(node.iter)
        outer, read = self._begin_loop("for", node, bound_of(node.iter))
        weak = self.enter_block()
        self.store(node.target, (ITERATE, iterable, node.iter.lineno, isinstance(node, ast.AsyncFor)))
        self.block(node.body)
        self.leave_block(weak)
        self._end_loop(outer, read)
        self._branch(node.orelse)

    def _begin_loop(self, kind: str, node: ast.stmt, bound: int | None) -> tuple[tuple[LoopFact, ...], set[str]]:
        outer, read = self.loops, self.read_in_loop
        if not outer:
            self.read_in_loop = set()
        self.loops = (*outer, (kind, node.lineno, bound))
        self.scope.loops.append((kind, node.lineno, node.end_lineno or node.lineno, bound))
        return outer, read

    def _end_loop(self, outer: tuple[LoopFact, ...], read: set[str]) -> None:
        self.loops = outer
        self.read_in_loop = read

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            term = self.entered(item.context_expr, node.lineno, is_async=isinstance(node, ast.AsyncWith))
            if item.optional_vars is None:
                self.scope.emit(EVALUATE, term, self.weak)
            else:
                self.store(item.optional_vars, term)
        self.block(node.body)

    def _try(self, node: ast.Try) -> None:
        self._branch(node.body)
        for handler in node.handlers:
            weak = self.enter_block()
            kind = self.term(handler.type) if handler.type is not None else None
            if handler.name is not None:
                self.assign(handler.name, self.caught(handler.type, kind))
            self.block(handler.body)
            self.leave_block(weak)
        self._branch(node.orelse)
        self.block(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        subject = self._held(self.term(node.subject))
        path = dotted_name(node.subject)
        for case in node.cases:
            weak = self.enter_block()
            self.pattern(case.pattern, subject, path)
            if case.guard is not None:
                self.scope.emit(EVALUATE, self.condition(case.guard), 1)
            self.block(case.body)
            self.leave_block(weak)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name, module = (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
            if not self.note_import(name or "", module, None, 0):
                self._bind_import(name or "", module, None, 0)

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if not self.note_import(name, node.module or "", alias.name, node.level):
                self._bind_import(name, node.module or "", alias.name, node.level)

    def _bind_import(self, name: str, module: str, attribute: str | None, level: int) -> None:
        self.scope.bound.add(name)
        self.versions.pop(name, None)
        self.scope.emit(IMPORT, name, module, attribute, level, self.weak)

    def _global(self, node: ast.Global) -> None:
        self.scope.globals.update(node.names)

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outer.update(node.names)

    def attribute_of(self, term: Term, name: str, line: int) -> Term:
        """Return the term of an attribute of a term."""
        return (ATTR, term, name, line)


_READERS: dict[type, Callable[..., None]] = {
    ast.Expr: StatementReader._expression,
    ast.Assign: StatementReader._assign_statement,
    ast.AnnAssign: StatementReader._annotated,
    ast.AugAssign: StatementReader._augmented,
    ast.Return: StatementReader._return,
    ast.Raise: StatementReader._raise,
    ast.Assert: StatementReader._assert,
    ast.Delete: StatementReader._delete,
    ast.If: StatementReader._if,
    ast.While: StatementReader._while,
    ast.For: StatementReader._for,
    ast.AsyncFor: StatementReader._for,
    ast.With: StatementReader._with,
    ast.AsyncWith: StatementReader._with,
    ast.Try: StatementReader._try,
    ast.Match: StatementReader._match,
    ast.Import: StatementReader._import,
    ast.ImportFrom: StatementReader._import_from,
    ast.Global: StatementReader._global,
    ast.Nonlocal: StatementReader._nonlocal,
    ast.FunctionDef: DefinitionReader.function,
    ast.AsyncFunctionDef: DefinitionReader.function,
    ast.ClassDef: DefinitionReader.class_definition,
}
if hasattr(ast, "TryStar"):
    _READERS[ast.TryStar] = StatementReader._try
