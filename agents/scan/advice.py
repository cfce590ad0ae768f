"""Reads the files in which hot functions stand, and says what the rules see in these functions."""

from collections.abc import Collection, Iterator

from agents.recipes.functions import functions
from agents.recipes.project import Module, Unreadable, read
from agents.scan.catalogue import RULES
from agents.scan.model import Place, Remark, Rule
from agents.scan.surroundings import function_around
from profiling.collector import collector_paused
from profiling.model import FunctionKey, Tree


def remarks(tree: Tree, keys: Collection[FunctionKey]) -> tuple[Remark, ...]:
    """Return what the rules say of some functions, by function in the order given, then by rule and line.

    Args:
        tree: the checkout; files of it that can't be read are passed over.
        keys: the functions.
    """
    found: dict[FunctionKey, list[Remark]] = {key: [] for key in keys}
    with collector_paused():
        for file in sorted({key.file for key in keys}):
            try:
                module = read(tree, file)
            except Unreadable:
                continue
            for remark in scan(module):
                if remark.key in found:
                    found[remark.key].append(remark)
    return tuple(remark for of_one in found.values() for remark in of_one)


def scan(module: Module) -> Iterator[Remark]:
    """Yield what every rule says of a module, by rule and line."""
    keys = {function.node: function.key for function in functions(module)}
    body = FunctionKey(file=module.file, first_line=1, qualname="<module>")
    for rule in RULES:
        for place in sorted(_places(rule, module), key=lambda place: (place.line, place.seen)):
            function = function_around(place.node, module)
            key = keys.get(function, body) if function is not None else body
            yield Remark(rule=rule, key=key, place=place)


def _places(rule: Rule, module: Module) -> tuple[Place, ...]:
    """Return what a rule sees; nothing when the syntax is nested too deeply to be walked."""
    try:
        return tuple(rule.find(module))
    except RecursionError:
        return ()
