"""Under which name a function can reach something of the standard library, and where a new import line goes."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import explicit_imports, exports
from agents.recipes.scope import names
from agents.recipes.splice import Rewrite

_STAR = re.compile(r"import[\s\\]*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How to reach an imported object.

    Attributes:
        expression: what to write in the function.
        line: the import statement that has to be added, None when there is one already.
    """

    expression: str
    line: str | None


def reach(project: Project, module: Module, function: FunctionNode, *, package: str, name: str) -> Reached | None:
    """Return how a function can reach `package.name`; None when every name for it is taken, or somebody replaces it.

    Args:
        project: asked who replaces it, and for star imports of the module, which would pass a new public name on.
        module: where the function stands.
        function: its body must see the name.
        package: top-level standard library module.
        name: a public object of it.
    """
    if stores.index(project).is_replaced(name):
        return None
    for expression, alias in _imported_as(module, package, name):
        found = names(module).imported(expression.split(".")[0], function.body[0])
        if found is not None and found.alias is alias and found.statement.lineno < function.lineno:
            return Reached(expression=expression, line=None)
    candidates = [f"_{name}"] if _is_passed_on(project, module) else [name, f"_{name}"]
    free = next((candidate for candidate in candidates if names(module).is_free(candidate)), None)
    if free is None:
        return None
    return Reached(expression=free, line=f"from {package} import {name}" + (f" as {free}" if free != name else ""))


def reach_module(project: Project, module: Module, place: ast.expr, *, package: str) -> Reached | None:
    """Return how an expression of a function can reach a module; None when every name for it is taken.

    Args:
        project: as for `reach`.
        module: where the expression stands.
        place: must see the name.
        package: top-level standard library module.
    """
    for statement in module.syntax.body:
        for alias in statement.names if isinstance(statement, ast.Import) else ():
            expression = alias.asname or alias.name
            found = names(module).imported(expression, place) if alias.name == package else None
            if found is not None and found.alias is alias and statement.lineno < place.lineno:
                return Reached(expression=expression, line=None)
    candidates = [f"_{package}"] if _is_passed_on(project, module) else [package, f"_{package}"]
    free = next((candidate for candidate in candidates if names(module).is_free(candidate)), None)
    if free is None:
        return None
    return Reached(expression=free, line=f"import {package}" + (f" as {free}" if free != package else ""))


def add_import(rewrite: Rewrite, module: Module, line: str) -> None:
    """Put a standard library import among those of the module, or first where there are none."""
    leading = _leading(module)
    group = _standard_library_group(leading)
    later = next((statement for statement in group if _sorts_after(statement, line)), None)
    if later is not None:
        rewrite.insert_before(later, line)
    elif group:
        rewrite.insert_after(group[-1], line)
    else:
        _add_first(rewrite, module, leading, line)


def add_below_imports(rewrite: Rewrite, module: Module, text: str, *, beside: ast.stmt | None = None) -> None:
    """Put a statement behind the module's docstring and the imports at its top, or first where there are none.

    Args:
        rewrite: takes the change.
        module: its module.
        text: the statement.
        beside: an import that goes: nothing is put behind it.
    """
    leading, first = [one for one in _leading(module) if one is not beside], module.syntax.body[0]
    if leading:
        rewrite.insert_after(leading[-1], f"\n{text}")
        return
    defines = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    rewrite.insert_before(first, text + ("\n\n\n" if defines else "\n\n"))


def is_leading(module: Module, statement: ast.stmt) -> bool:
    """Say whether an import is one of those at the top, before anything else."""
    return any(one is statement for one in _leading(module))


def _add_first(rewrite: Rewrite, module: Module, leading: list[ast.stmt], line: str) -> None:
    opening = [statement for statement in leading if not _is_import(statement) or _is_future(statement)]
    if opening:
        rewrite.insert_after(opening[-1], f"\n{line}")
        return
    first = module.syntax.body[0]
    defines = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    rewrite.insert_before(first, line + ("\n\n\n" if defines else "\n\n"))


def _imported_as(module: Module, package: str, name: str) -> Iterator[tuple[str, ast.alias]]:
    for statement in module.syntax.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == package and not statement.level:
            yield from ((alias.asname or name, alias) for alias in statement.names if alias.name == name)
        elif isinstance(statement, ast.Import):
            taken = (alias for alias in statement.names if alias.name == package)
            yield from ((f"{alias.asname or package}.{name}", alias) for alias in taken)


def _is_passed_on(project: Project, module: Module) -> bool:
    """Say whether a star import may hand a new public name of the module to others."""
    if exports(module).names is not None:
        return False
    wanted = f"{module.name}.*"
    return any(dotted == wanted or dotted.endswith(f".{wanted}") for dotted in _star_imports(project))


@once
def _star_imports(project: Project) -> frozenset[str]:
    """Return what any file takes as `module.*`."""
    taking = (other for other in project.everything if _STAR.search(other.text))
    return frozenset(dotted for other in taking for dotted in explicit_imports(other) if dotted.endswith(".*"))


def _leading(module: Module) -> list[ast.stmt]:
    """Return the docstring and the unbroken run of imports at the top."""
    found: list[ast.stmt] = []
    for index, statement in enumerate(module.syntax.body):
        if not _is_import(statement) and (index or ast.get_docstring(module.syntax) is None):
            break
        found.append(statement)
    return found


def _standard_library_group(leading: list[ast.stmt]) -> list[ast.stmt]:
    """Return the first imports that stand on adjacent lines and are of the standard library; empty when none are."""
    group: list[ast.stmt] = []
    for statement in leading:
        if not _is_import(statement) or _is_future(statement):
            continue
        if group and statement.lineno > (group[-1].end_lineno or 0) + 1:
            break
        group.append(statement)
    return group if group and all(_is_standard(statement) for statement in group) else []


def _sorts_after(statement: ast.stmt, line: str) -> bool:
    word, name = line.split()[:2]
    if isinstance(statement, ast.Import):
        return word == "import" and statement.names[0].name > name
    return word == "import" or (isinstance(statement, ast.ImportFrom) and (statement.module or "") > name)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _is_standard(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and (statement.module or "").split(".")[0] in sys.stdlib_module_names
    assert isinstance(statement, ast.Import)
    return all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in statement.names)
