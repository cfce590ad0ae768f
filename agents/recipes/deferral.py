"""Which top-level imports are used in functions alone and may be made there instead."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode
from agents.recipes.import_effects import modules_by_name, only_defines
from agents.recipes.late_imports import gives_the_same_later, run_at_the_end
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import exports, relied_on_without_import, taken_from_outside
from agents.recipes.scope import Scope, absolute, names
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import children, nodes, walk

MAX_FUNCTIONS = 8
"""In more functions the lines added outweigh what is gained."""
_EXIT_HOOKS = frozenset({"finalize", "register"})
_COMPILERS = frozenset({"numba", "cython", "taichi", "torch"})
_GLOBALS = frozenset({"__globals__", "f_globals"})
_WORD = re.compile(r"\w+")
Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """An import that may move.

    Attributes:
        statement: at the module's top level.
        functions: those that use its names, in the order of the text, each with the parts it needs.
    """

    statement: Import
    functions: tuple[tuple[FunctionNode, tuple[ast.alias, ...]], ...]


def deferrals(module: Module, project: Project) -> Iterator[Deferral]:
    """Yield the imports of a module that nothing needs before one of its functions runs."""
    known = stores.index(project)
    if names(module).has_star_import or known.is_open(module) or is_dynamic(module):
        return
    for statement in module.syntax.body:
        if isinstance(statement, Import) and _is_candidate(statement):
            found = _deferral(statement, module, project)
            if found is not None:
                yield found


def imported_modules(statement: Import, module: Module, project: Project) -> tuple[str, ...]:
    """Return the absolute names of the modules a statement imports, those of the project told by their files."""
    if isinstance(statement, ast.Import):
        return tuple(alias.name for alias in statement.names)
    source = absolute(module, statement)
    own = modules_by_name(project)
    return (source, *(name for alias in statement.names if (name := f"{source}.{alias.name}") in own))


def eager_importers(statement: Import, module: Module, project: Project) -> tuple[str, ...]:
    """Return other files whose top level imports the same module: if these run too, the import is only moved."""
    wanted = set(imported_modules(statement, module, project)[-1:])
    files = _eager_files(project)
    found = {file for name in wanted for file in files.get(name, ())} - {module.file}
    return tuple(file for file in project.modules if file in found)


def _is_candidate(statement: Import) -> bool:
    if isinstance(statement, ast.Import):
        return len(statement.names) == 1
    return statement.module != "__future__"


def _deferral(statement: Import, module: Module, project: Project) -> Deferral | None:
    if not all(is_private_to(alias, module, project) for alias in statement.names):
        return None
    functions = _users(statement, module)
    if not functions or len(functions) > MAX_FUNCTIONS:
        return None
    at_the_end = run_at_the_end(project)
    if not all(_may_import(function, module) and function.name not in at_the_end for function, _ in functions):
        return None
    if not gives_the_same_later(statement, module, project) or not only_binds(statement, module, project):
        return None
    return Deferral(statement=statement, functions=functions)


def only_binds(statement: Import, module: Module, project: Project) -> bool:
    """Say whether an import does nothing but bind its names, as far as anybody relies on."""
    bound = frozenset(bound_name(alias) for alias in statement.names)
    for dotted in imported_modules(statement, module, project):
        if not dotted or not only_defines(project, dotted, module):
            return False
        if "." in dotted and relied_on_without_import(project, dotted, beside=module, names=bound):
            return False
    return True


def is_private_to(alias: ast.alias, module: Module, project: Project) -> bool:
    """Say whether only the module itself can notice that a name is gone from its globals."""
    name = bound_name(alias)
    if names(module).bindings(name) != (alias,) or name.startswith("__"):
        return False
    if module.file.endswith("__init__.py") and not name.startswith("_"):
        return False
    exported = exports(module)
    if exported.is_said and (exported.names is None or name in exported.names):
        return False
    if stores.index(project).is_replaced(name) or name in words_in_annotations(module) | words_in_doctests(module):
        return False
    return taken_from_outside(project, module, name) is None


def _users(statement: Import, module: Module) -> tuple[tuple[FunctionNode, tuple[ast.alias, ...]], ...]:
    """Return the outermost functions that use the names; empty when one is used elsewhere, or not at all."""
    known, found = names(module), dict[FunctionNode, dict[ast.alias, None]]()
    for alias in statement.names:
        name, used = bound_name(alias), False
        for node in names_by_id(module).get(name, ()):
            if known.resolve(name, node) is not known.top:
                continue
            function, used = _outermost_function(known.scope(node)), True
            if function is None:
                return ()
            found.setdefault(function, {})[alias] = None
        if not used:
            return ()
    in_order = sorted(found, key=lambda function: function.lineno)
    return tuple((function, tuple(sorted(found[function], key=statement.names.index))) for function in in_order)


def _outermost_function(scope: Scope) -> FunctionNode | None:
    """Return the function whose call evaluates a node of this scope, None when the module's body may."""
    found: FunctionNode | None = None
    step: Scope | None = scope
    while step is not None:
        if isinstance(step.node, FunctionNode):
            found = step.node
        elif found is not None and not isinstance(step.node, ast.ClassDef | ast.Module):
            return None
        step = step.parent
    return found


def _may_import(function: FunctionNode, module: Module) -> bool:
    """Say whether an import statement in a function does what it does at the top.

    Not on an event loop (it would block), not while the interpreter shuts down, not in compiled code.
    """
    if isinstance(function, ast.AsyncFunctionDef) or reads_its_frame(function, module):
        return False
    if nodes(function, ast.Global):
        return False
    is_registered = function.name in _registered_at_exit(module) or any(
        _called_name(decorator) in _EXIT_HOOKS for decorator in function.decorator_list
    )
    if is_registered or _imports_compiler(module):
        return False
    return function.body[0].lineno > function.lineno


@once
def _registered_at_exit(module: Module) -> frozenset[str]:
    calls = (node for node in nodes(module.syntax, ast.Call) if _called_name(node) in _EXIT_HOOKS)
    arguments = (argument for call in calls for argument in call.args)
    return frozenset(
        node.attr if isinstance(node, ast.Attribute) else node.id
        for argument in arguments
        for node in walk(argument)
        if isinstance(node, ast.Attribute | ast.Name)
    )


def _called_name(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@once
def _imports_compiler(module: Module) -> bool:
    return any(
        _COMPILERS.intersection(name.partition(".")[0] for name in names_of(statement, module))
        for statement in module.syntax.body
        if isinstance(statement, Import)
    )


def is_dynamic(module: Module) -> bool:
    """Say whether globals may be reached by a name that is made at run time."""
    keys = (node.slice for node in nodes(module.syntax, ast.Subscript))
    if any(node.attr in _GLOBALS for node in nodes(module.syntax, ast.Attribute)):
        return True
    return not names_by_id(module).keys().isdisjoint({"eval", "exec", "globals"}) or any(
        isinstance(key, ast.Name) and key.id == "__name__" for key in keys
    )


@once
def names_by_id(module: Module) -> Mapping[str, tuple[ast.Name, ...]]:
    """Return every occurrence of each name in a module."""
    found: defaultdict[str, list[ast.Name]] = defaultdict(list)
    for node in nodes(module.syntax, ast.Name):
        found[node.id].append(node)
    return {name: tuple(used) for name, used in found.items()}


@once
def words_in_annotations(module: Module) -> frozenset[str]:
    """Return the words of annotations written as strings: they are looked up in the module's globals."""
    annotations: list[ast.expr | None] = [
        *(node.annotation for node in nodes(module.syntax, ast.AnnAssign)),
        *(node.annotation for node in nodes(module.syntax, ast.arg)),
        *(node.returns for node in nodes(module.syntax, ast.FunctionDef)),
        *(node.returns for node in nodes(module.syntax, ast.AsyncFunctionDef)),
    ]
    parts = (part for annotation in annotations if annotation for part in walk(annotation))
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return frozenset(word for text in texts for word in _WORD.findall(text))


@once
def words_in_doctests(module: Module) -> frozenset[str]:
    """Return the words of the examples in docstrings, which run with the module's globals."""
    strings = (node.value for node in nodes(module.syntax, ast.Constant))
    lines = (line.strip() for text in strings if isinstance(text, str) and ">>>" in text for line in text.splitlines())
    return frozenset(word for line in lines if line.startswith((">>>", "...")) for word in _WORD.findall(line))


@once
def _eager_files(project: Project) -> Mapping[str, frozenset[str]]:
    """Return the files whose top level imports a module, by its dotted name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in project.modules.values():
        for name in eager_names(module):
            found[name].add(module.file)
    return {name: frozenset(files) for name, files in found.items()}


@once
def eager_names(module: Module) -> frozenset[str]:
    """Return what is imported together with the module: by all but imports in functions and under TYPE_CHECKING."""
    found: set[str] = set()
    stack: list[ast.AST] = [module.syntax]
    while stack:
        node = stack.pop()
        if isinstance(node, Import):
            found.update(names_of(node, module))
        elif not isinstance(node, FunctionNode | ast.expr) and not _is_type_checking(node):
            stack.extend(children(node))
    return frozenset(found)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _called_name(node.test) == "TYPE_CHECKING"


def names_of(statement: Import, module: Module) -> frozenset[str]:
    """Return the dotted names a statement imports, parents and possible submodules included."""
    if isinstance(statement, ast.Import):
        leaves = [alias.name for alias in statement.names]
    else:
        source = absolute(module, statement)
        leaves = [source, *(f"{source}.{alias.name}" for alias in statement.names)]
    parts = [leaf.split(".") for leaf in leaves]
    return frozenset(".".join(part[:length]) for part in parts for length in range(1, len(part) + 1))


def bound_name(alias: ast.alias) -> str:
    """Return the name that a part of an import binds."""
    return (alias.asname or alias.name).split(".")[0]
