"""What a module's text says of its names: imported, bound by itself, only documentation, or a program's."""

import ast

_CLI_PARSERS = frozenset({"argparse", "click", "typer", "optparse", "getopt", "fire", "docopt"})


def imported(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name stands for; a project's own relative imports stand for `.`-less names."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.partition(".")[0]: alias.name
                if alias.asname
                else alias.name.partition(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            above = "." * node.level + (node.module or "")
            found |= {alias.asname or alias.name: f"{above}.{alias.name}" for alias in node.names}
    return found


def bound(tree: ast.Module) -> set[str]:
    """Return every name that the module binds itself: it is not the builtin or module of that name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def documentation(tree: ast.Module) -> set[int]:
    """Return the ids of string constants that stand alone: docstrings."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def is_program(tree: ast.Module) -> bool:
    """Say whether a module is started as a program: it has a `__main__` guard or parses a command line."""
    modules = {name.partition(".")[0] for name in imported(tree).values()}
    guarded = any(
        isinstance(node, ast.If) and "__name__" in ast.unparse(node.test) and "__main__" in ast.unparse(node.test)
        for node in tree.body
    )
    return guarded or bool(modules & _CLI_PARSERS)
