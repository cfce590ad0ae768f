"""Runs a function over kinds instead of values: its statements, once more until nothing changes."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from agents.recipes.expressions import Expressions, comprehended
from agents.recipes.functions import FunctionNode, own
from agents.recipes.kinds import Kind, join
from agents.recipes.scope import names, parameters_of
from agents.recipes.summary import Definition, Purity, Summary
from agents.recipes.walking import walk

if TYPE_CHECKING:
    from agents.recipes.purity import Purities


def evaluate_function(
    definition: Definition, purities: "Purities", arguments: Kind, assume: Mapping[ast.AST, Kind]
) -> Summary:
    """Return what is known of a function whose arguments are known as far as `arguments`."""
    node = definition.node
    if isinstance(node, ast.AsyncFunctionDef) or own(node, ast.Yield, ast.YieldFrom, ast.Await):
        return Summary(purity=Purity.IMPURE, result=Kind.UNKNOWN, reason="it is a generator or a coroutine")
    if not all(_is_constant(default) for default in (*node.args.defaults, *node.args.kw_defaults)):
        return Summary(purity=Purity.IMPURE, result=Kind.UNKNOWN, reason="a default value may change")
    evaluation = Evaluation(definition.module, purities, assume)
    return evaluation.run(node, arguments)


class Evaluation(Expressions):
    """One function under evaluation."""

    ends_impure = True

    def run(self, node: FunctionNode, arguments: Kind) -> Summary:
        """Return what is known of a function."""
        bound = names(self.module).inside(node).bindings
        self.locals = dict.fromkeys(bound, Kind.SCALAR)
        self.locals.update(comprehended(node.body))
        self.locals.update(dict.fromkeys((parameter.arg for parameter in parameters_of(node)), arguments))
        if node.args.kwarg:
            self.locals[node.args.kwarg.arg] = join(arguments, Kind.FLAT)
        return self.settle(lambda: self.block(node.body))

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Evaluate statements."""
        for statement in body:
            _STATEMENTS.get(type(statement), Evaluation._unknown_statement)(self, statement)

    def _unknown_statement(self, node: ast.stmt) -> None:
        self.lower(node, f"{type(node).__name__} is not looked into")

    def _expression_statement(self, node: ast.Expr) -> None:
        self.kind(node.value)

    def _assign(self, node: ast.Assign) -> None:
        kind, element = self.kind(node.value), self.element(node.value)
        for target in node.targets:
            self.bind(target, kind, element)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.kind(node.value), self.element(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        kind = self.kind(node.value)
        added_to = self.kind(node.target) if isinstance(node.target, ast.Name) else Kind.SCALAR
        if Kind.UNKNOWN in (kind, added_to):
            self.lower(node, "it adds to or with something unknown")
        self.is_deep = self.is_deep or kind is Kind.OWNED
        self.bind(node.target, kind, kind)

    def _return(self, node: ast.Return) -> None:
        self.give(self.kind(node.value) if node.value else Kind.SCALAR)

    def _if(self, node: ast.If | ast.While) -> None:
        self.truth(node.test)
        self.block(node.body)
        self.block(node.orelse)

    def _for(self, node: ast.For) -> None:
        element = self.element(node.iter)
        self.bind(node.target, element, element)
        self.block(node.body)
        self.block(node.orelse)

    def _try(self, node: ast.Try) -> None:
        self.tries += 1
        self.block(node.body)
        self.tries -= 1
        for handler in node.handlers:
            if handler.type is not None and any(isinstance(part, ast.Call) for part in walk(handler.type)):
                self.lower(handler, "what it catches is computed")
            if handler.name:
                self.locals[handler.name] = Kind.UNKNOWN
            self.block(handler.body)
        self.block(node.orelse)
        self.block(node.finalbody)

    def _raise(self, node: ast.Raise) -> None:
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(made, ast.Name) and self.names.is_builtin(made.id, made):
            for argument in node.exc.args if isinstance(node.exc, ast.Call) else ():
                self.kind(argument)
        elif made is not None:
            self.raise_own(node)

    def _assert(self, node: ast.Assert) -> None:
        self.truth(node.test)
        if node.msg is not None:
            self.kind(node.msg)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self.store_into(target.value)
            elif not isinstance(target, ast.Name):
                self.lower(target, "it deletes an attribute")

    def _with(self, node: ast.With) -> None:
        for item in node.items:
            if item.context_expr not in self.assume:
                self.lower(node, "it enters a context")
            elif item.optional_vars is not None:
                self.bind(item.optional_vars, self.assume[item.context_expr], Kind.UNKNOWN)
        self.block(node.body)

    def _nothing(self, _node: ast.stmt) -> None:
        """Pass, break and continue do nothing to values."""


def _is_constant(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_is_constant(part) for part in node.elts)
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    return node is None or isinstance(node, ast.Constant)


_STATEMENTS: dict[type, Callable[..., None]] = {
    ast.Expr: Evaluation._expression_statement,
    ast.Assign: Evaluation._assign,
    ast.AnnAssign: Evaluation._annotated,
    ast.AugAssign: Evaluation._augmented,
    ast.Return: Evaluation._return,
    ast.If: Evaluation._if,
    ast.While: Evaluation._if,
    ast.For: Evaluation._for,
    ast.Try: Evaluation._try,
    ast.Raise: Evaluation._raise,
    ast.Assert: Evaluation._assert,
    ast.Delete: Evaluation._delete,
    ast.With: Evaluation._with,
    ast.Pass: Evaluation._nothing,
    ast.Break: Evaluation._nothing,
    ast.Continue: Evaluation._nothing,
}
