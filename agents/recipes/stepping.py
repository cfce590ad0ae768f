"""Whether stepping through a value whose type is not known may look at files, or let anybody else do so."""

import ast
from collections.abc import Iterator

from agents.recipes.functions import called_name, functions, own, own_nodes
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.texts import mentions, reachable_by_name
from agents.recipes.walking import nodes, walk

_STEPPED = frozenset(
    "__call__ __contains__ __getattr__ __getattribute__ __getitem__ __iter__ __len__ __length_hint__ __next__".split()
)
_LAZY = frozenset(
    "accumulate chain compress count dropwhile filter filterfalse from_iterable groupby imap imap_unordered iter map"
    " starmap takewhile zip_longest".split()
)
"""Calls that run the functions they are given when what they give is stepped through."""
_WATCHING = frozenset(
    "FileIO Popen Thread access acquire call check_call check_output checksum connect copy2 copyfile copyfileobj"
    " copytree cursor eval exec execute exists exit fdopen fetchall fetchone fileno fileinput flush fork fromfile fsync"
    " genfromtxt getline getlines getmtime getsize glob hashfile import_module input is_file isfile iterdir listdir"
    " load loadtxt lstat memmap mmap move notify open popen print put read read_bytes read_csv read_text readinto"
    " readline readlines recv release remove rename replace_file rglob rmtree run scandir seek select send sendall"
    " sleep spawn st_mtime st_size start stat submit sync system tell truncate unlink urlopen urlretrieve wait walk"
    " write write_bytes write_text writelines __import__".split()
)


@once
def steps_are_blind(project: Project) -> bool:
    """Say whether no generator or iterator of the project looks at files, shows anything, or waits for anybody.

    What they mention by name is looked at in the same way wherever the project defines it, transitively, attributes
    that may be properties among it; the iterators of libraries are not looked at.
    """
    first = set(_STEPPED)
    for module in project.everything:
        for node in _lazy(module):
            first |= mentions(walk(node))
    generators = {
        function.node.name
        for module in project.everything
        for function in functions(module)
        if own(function.node, ast.Yield, ast.YieldFrom)
    }
    if not _WATCHING.isdisjoint(first):
        return False
    reached = reachable_by_name(first | generators, project)
    return not any(_WATCHING & mentions(own_nodes(function)) for function, _ in reached)


def _lazy(module: Module) -> Iterator[ast.AST]:
    """Yield the generator expressions of a module, and the arguments of calls that run them later."""
    yield from nodes(module.syntax, ast.GeneratorExp)
    for call in nodes(module.syntax, ast.Call):
        yield from call.args if called_name(call) in _LAZY else ()
