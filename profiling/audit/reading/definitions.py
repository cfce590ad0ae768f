"""Read functions, classes and lambdas: the scopes of a file, and what a file declares."""

import ast
from abc import abstractmethod
from collections.abc import Iterable, Sequence

from profiling.audit.reading.annotations import dotted_name, type_term
from profiling.audit.reading.expressions import ExpressionReader
from profiling.audit.reading.operators import BINARY_METHODS
from profiling.audit.reading.scope import (
    KEYWORD_ONLY,
    KEYWORDS,
    POSITIONAL,
    VARIADIC,
    ClassScope,
    Scope,
)
from profiling.audit.reading.terms import (
    ABSTRACT,
    ASSIGN,
    ASYNC,
    ATTR,
    BINARY,
    CACHED,
    CLASS_METHOD,
    CONTEXT_MANAGER,
    DECORATED,
    DEFINE,
    DEFINE_CLASS,
    EVALUATE,
    FUNCTION,
    ITEM,
    ITERATE,
    LAMBDA_BODY,
    MODULE,
    NARROW,
    OVERLOAD,
    PROPERTY,
    RETURN,
    SETTER,
    STATIC,
    TYPED,
    VALUE,
    Term,
)

_FLAGS = {
    "staticmethod": STATIC, "classmethod": CLASS_METHOD, "property": PROPERTY, "cached_property": PROPERTY,
    "abstractproperty": PROPERTY | ABSTRACT, "abstractmethod": ABSTRACT, "overload": OVERLOAD,
    "contextmanager": CONTEXT_MANAGER, "asynccontextmanager": CONTEXT_MANAGER, "lru_cache": CACHED, "cache": CACHED,
    "setter": SETTER, "getter": PROPERTY, "deleter": SETTER, "override": 0, "final": 0, "wraps": CACHED,
    "total_ordering": 0, "lazy_property": PROPERTY, "hybrid_property": PROPERTY, "no_type_check": 0,
    "singledispatch": CACHED, "classproperty": PROPERTY | CLASS_METHOD,
}  # fmt: skip
"""Decorators known by name that hand out the function itself, or something that only calls it."""
_SELF = ("self", POSITIONAL, None)
"""Of most methods the first parameter: one for all."""
_DATACLASS = frozenset({"dataclass", "dataclasses.dataclass", "attr.s", "attrs.define", "define", "attr.define", "s"})
_RECORDS = frozenset({"NamedTuple", "typing.NamedTuple", "BaseModel", "pydantic.BaseModel", "TypedDict"})


class DefinitionReader(ExpressionReader):
    """Reads what opens a scope, and gathers what the module declares."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.defined: dict[str, list[int]] = {}
        self.classes_by_name: dict[str, int] = {}
        self.imports: dict[str, list[tuple[str, str | None, int]]] = {}
        self.stars: list[tuple[str, int]] = []
        self.aliases: dict[str, Term] = {}
        self.declared: dict[str, Term] = {}
        self.exported: list[str] | None = None
        self.loose: set[str] = set()
        """Attributes stored on something other than `self`: any object may turn out to have them."""

    @abstractmethod
    def block(self, body: Sequence[ast.stmt]) -> None:
        """Read statements one after another."""

    def module(self, tree: ast.Module, last_line: int) -> None:
        """Read a whole file."""
        self._open(Scope("", MODULE, -1, -1, -1, "<module>", 1, 1, last_line))
        self.block(tree.body)
        self._capture()

    def _open(self, scope: Scope) -> int:
        self.scopes.append(scope)
        self.scope, self.scope_index = scope, len(self.scopes) - 1
        return self.scope_index

    def _inside(self, scope: Scope, body: Sequence[ast.stmt] | ast.expr) -> int:
        """Read a scope's body with a state of its own; return its index."""
        kept = (
            self.scope, self.scope_index, self.in_class, self.weak, self.loops, self.read_in_loop, self.versions,
            self.blocks, self.paths,
        )  # fmt: skip
        index = self._open(scope)
        if self.digests:
            scope.digest = self.excerpts.digest(scope.first_line, scope.end_line)
        self.in_class, self.weak, self.loops, self.read_in_loop, self.versions, self.blocks, self.paths = (
            -1, 0, (), set(), {}, [], 0
        )  # fmt: skip
        if isinstance(body, ast.expr):
            scope.emit(RETURN, self.term(body))
        else:
            self.block(body)
        (
            self.scope, self.scope_index, self.in_class, self.weak, self.loops, self.read_in_loop, self.versions,
            self.blocks, self.paths,
        ) = kept  # fmt: skip
        return index

    def _path(self, name: str) -> tuple[str, str]:
        """Return the dotted path and the qualified name of something defined here."""
        if self.in_class >= 0:
            here = self.classes[self.in_class]
            path = f"{here.path}.{name}"
            return path, path if here.qualname == here.path else f"{here.qualname}.{name}"
        scope = self.scope
        if scope.kind == MODULE:
            return name, name
        return f"{scope.path}.{name}", f"{scope.qualname}.<locals>.{name}"

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Read a function, its decorators and its defaults."""
        flags, terms = self._decorators(node.decorator_list)
        if isinstance(node, ast.AsyncFunctionDef):
            flags |= ASYNC
        path, qualname = self._path(node.name)
        first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        around = self.in_class if self.in_class >= 0 else self.scope.around
        scope = Scope(
            path, FUNCTION, self.scope_index, self.in_class, around, qualname, node.lineno, first,
            node.end_lineno or node.lineno, flags, tuple(self.excerpts.of(each) for each in node.decorator_list),
        )  # fmt: skip
        defaults = self._parameters(node.args, scope)
        scope.returns = type_term(node.returns)
        owner, module_level = self.in_class, self.scope.kind == MODULE and self.in_class < 0
        index = self._inside(scope, node.body)
        if owner >= 0:
            self.classes[owner].methods.setdefault(node.name, []).append(index)
            self.classes[owner].body.add(node.name)
        elif module_level:
            self.defined.setdefault(node.name, []).append(index)
            self.versions.pop(node.name, None)
        if terms or defaults or not (owner >= 0 or module_level):
            self._bind_definition(node.name, index, terms, defaults)

    def _bind_definition(self, name: str, index: int, terms: list[Term], defaults: list[tuple[str, Term]]) -> None:
        scope = self.scope
        if self.in_class < 0:
            scope.bound.add(name)
            self.versions.pop(name, None)
        scope.emit(DEFINE, index, name, terms, defaults, self.in_class, self.weak)

    def _decorators(self, nodes: Iterable[ast.expr]) -> tuple[int, list[Term]]:
        """Return flags of the decorators that are known, and the terms of the others."""
        flags, terms = 0, []
        for node in nodes:
            name = dotted_name(node.func if isinstance(node, ast.Call) else node)
            last = name.rpartition(".")[2]
            if last in _FLAGS:
                flags |= _FLAGS[last]
                if isinstance(node, ast.Call):
                    self.scope.emit(EVALUATE, self.term(node), self.weak)
            else:
                terms.append(self.decorator_term(node))
        return flags | (DECORATED if terms else 0), terms

    def decorator_term(self, node: ast.expr) -> Term:
        """Return the term of a decorator with the call that nobody wrote, as the first of two."""
        term = self.term(node)
        return (term, self.implicit(node.lineno, "@" + self.excerpts.of(node)))

    def _parameters(self, args: ast.arguments, scope: Scope) -> list[tuple[str, Term]]:
        """Note the parameters of a scope; return the terms of their defaults."""
        positional = [*args.posonlyargs, *args.args]
        listed = [(each, POSITIONAL) for each in positional]
        if args.vararg:
            listed.append((args.vararg, VARIADIC))
        listed += [(each, KEYWORD_ONLY) for each in args.kwonlyargs]
        if args.kwarg:
            listed.append((args.kwarg, KEYWORDS))
        for each, kind in listed:
            scope.bound.add(each.arg)
            is_plain_self = each.arg == "self" and kind == POSITIONAL and each.annotation is None
            scope.parameters.append(_SELF if is_plain_self else (each.arg, kind, type_term(each.annotation)))
        defaulted = positional[len(positional) - len(args.defaults) :] if args.defaults else []
        pairs = [*zip(defaulted, args.defaults, strict=True)]
        pairs += [(each, value) for each, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value]
        terms = [(each.arg, self.term(value)) for each, value in pairs]
        return [(name, term) for name, term in terms if term is not None and term != (VALUE, "t:str")]

    def lambda_scope(self, node: ast.Lambda) -> int:
        """Read a lambda's body; return its scope's index."""
        outer = self.scope
        outer.lambdas += 1
        name = f"<lambda{outer.lambdas}>"
        path = f"{outer.path}.{name}" if outer.path else name
        before = "" if outer.kind == MODULE else f"{outer.qualname}.<locals>."
        if self.in_class >= 0:
            before = f"{self.classes[self.in_class].qualname}."
        around = self.in_class if self.in_class >= 0 else outer.around
        scope = Scope(
            path, LAMBDA_BODY, self.scope_index, -1, around, f"{before}<lambda>", node.lineno, node.lineno,
            node.end_lineno or node.lineno,
        )  # fmt: skip
        defaults = self._parameters(node.args, scope)
        index = self._inside(scope, node.body)
        if defaults:
            outer.emit(DEFINE, index, "", [], defaults, -1, 1)
        return index

    def class_definition(self, node: ast.ClassDef) -> None:
        """Read a class: its body is run by the scope around it."""
        decorators = [dotted_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list]
        path, qualname = self._path(node.name)
        metaclass = next((each.value for each in node.keywords if each.arg == "metaclass"), None)
        bases = tuple(type_term(each) for each in node.bases)
        records = any(dotted_name(each) in _RECORDS for each in node.bases)
        for each in (*node.bases, *(keyword.value for keyword in node.keywords)):
            if isinstance(each, ast.Call):
                self.scope.emit(EVALUATE, self.term(each), self.weak)
        made = ClassScope(path, self.scope_index, bases, qualname=qualname, metaclass=type_term(metaclass))
        made.dataclass = records or any(each in _DATACLASS for each in decorators)
        terms = [self.decorator_term(each) for each in node.decorator_list]
        self.classes.append(made)
        index = len(self.classes) - 1
        self._declare_class(node.name, index)
        outer, self.in_class = self.in_class, index
        self.block(node.body)
        self.in_class = outer
        if terms or (self.scope.kind != MODULE and outer < 0):
            if outer < 0:
                self.scope.bound.add(node.name)
                self.versions.pop(node.name, None)
            self.scope.emit(DEFINE_CLASS, index, node.name, terms, outer, self.weak)

    def _declare_class(self, name: str, index: int) -> None:
        if self.in_class >= 0:
            self.classes[self.in_class].nested[name] = index
            self.classes[self.in_class].body.add(name)
        elif self.scope.kind == MODULE:
            self.classes_by_name[name] = index

    def note_import(self, name: str, module: str, attribute: str | None, level: int) -> bool:
        """Keep a module's import apart, where the linker finds it by name; tell whether that was done."""
        if attribute == "*":
            self.stars.append((module, level))
            return True
        if self.scope.kind != MODULE or self.in_class >= 0:
            if self.in_class >= 0:
                self.classes[self.in_class].body.discard(name)
            return False
        self.imports.setdefault(name, []).append((module, attribute, level))
        return True

    def note_alias(self, name: str, value: ast.expr) -> None:
        """Keep what may be the alias of a type, and `__all__`."""
        if name == "__all__" and isinstance(value, ast.List | ast.Tuple):
            self.exported = [
                each.value for each in value.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
        elif isinstance(value, ast.Subscript | ast.BinOp | ast.Name | ast.Attribute):
            term = type_term(value)
            if term is not None:
                self.aliases[name] = term

    def note_annotation(self, target: ast.expr, kind: Term) -> None:
        """Keep the type of a class's or an instance's attribute, or of a module's variable."""
        if isinstance(target, ast.Name):
            if self.in_class >= 0:
                here = self.classes[self.in_class]
                here.fields.append(target.id)
                here.annotations[target.id] = kind
            elif self.scope.kind == MODULE and kind is not None:
                self.declared[target.id] = kind
        elif isinstance(target, ast.Attribute) and kind is not None and self._is_own(target):
            self.classes[self.scope.owner].annotations.setdefault(target.attr, kind)

    def _is_own(self, target: ast.Attribute) -> bool:
        """Tell whether it is an attribute of the method's own first parameter."""
        scope = self.scope
        return (
            scope.owner >= 0
            and bool(scope.parameters)
            and isinstance(target.value, ast.Name)
            and target.value.id == scope.parameters[0][0]
        )

    def note_attribute(self, target: ast.Attribute) -> None:
        """Keep which attributes a class's own methods store, and which anybody does."""
        if self._is_own(target):
            self.classes[self.scope.owner].assigned.add(target.attr)
        else:
            self.loose.add(target.attr)

    def declare(self, name: str, kind: Term) -> None:
        """Give a local name the type that its annotation says."""
        if self.scope.kind != MODULE:
            self.scope.bound.add(name)
            self.assign(name, (TYPED, kind, self.versions.get(name, name)))

    def augmented(self, load: Term, value: Term, node: ast.AugAssign) -> Term:
        """Return the term of `target op= value`."""
        if load is None and value is None:
            return None
        return (BINARY, load, value, BINARY_METHODS[type(node.op)], node.lineno)

    def caught(self, node: ast.expr | None, term: Term) -> Term:
        """Return the term of the exception that a handler names."""
        if node is None or term is None:
            return None
        types = tuple(self.term(each) for each in node.elts) if isinstance(node, ast.Tuple) else (term,)
        return (NARROW, None, types, True)

    def pattern(self, node: ast.pattern, subject: str, path: str) -> None:
        """Bind the names of a `case`, and narrow what is matched."""
        if isinstance(node, ast.MatchClass):
            narrowed = (NARROW, subject, (self.term(node.cls),), True)
            if path:
                self.narrow(path, narrowed)
            self._held_pattern(node, narrowed)
        elif isinstance(node, ast.MatchAs):
            if node.pattern is not None:
                self.pattern(node.pattern, subject, path)
            if node.name is not None:
                self.assign(node.name, self.versions.get(path, subject) if path else subject)
        elif isinstance(node, ast.MatchOr):
            for each in node.patterns:
                self.pattern(each, subject, "")
        else:
            self._parts_of_pattern(node, subject)

    def _parts_of_pattern(self, node: ast.pattern, subject: str) -> None:
        if isinstance(node, ast.MatchSequence):
            for position, each in enumerate(node.patterns):
                self._part(each, (ITEM, subject, (VALUE, f"n:{position}"), node.lineno))
        elif isinstance(node, ast.MatchMapping):
            for key, each in zip(node.keys, node.patterns, strict=True):
                self._part(each, (ITEM, subject, self.term(key), node.lineno))

    def _held_pattern(self, node: ast.MatchClass, narrowed: Term) -> None:
        held = f"'m{self.site()}"
        self.scope.emit(ASSIGN, held, narrowed, 0)
        for name, each in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            self._part(each, (ATTR, held, name, node.lineno))
        for each in node.patterns:
            self._part(each, (ITERATE, None, node.lineno, False))

    def _part(self, node: ast.pattern, term: Term) -> None:
        held = f"'m{self.site()}"
        self.scope.emit(ASSIGN, held, term, 0)
        self.pattern(node, held, "")

    def _capture(self) -> None:
        """Tell which names are read by scopes within the scope that binds them."""
        for scope in self.scopes:
            for name in (scope.names | scope.outer) - scope.bound:
                parent = scope.parent
                while parent > 0:
                    if name in self.scopes[parent].bound:
                        self.scopes[parent].captured.add(name)
                        if name in scope.outer:
                            self.scopes[parent].rebound.add(name)
                        break
                    parent = self.scopes[parent].parent
