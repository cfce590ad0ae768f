"""What names say about amounts: data that a program is given, or what programmers write down by the handful."""

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from agents.recipes.project import Module
from agents.recipes.scope import parameters_of
from agents.recipes.walking import walk
from agents.scan.amounts import values
from agents.scan.repetition import Loop, loops_around
from agents.scan.surroundings import function_around

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DATA = frozenset(
    "cell cookie corpus data dataset degree dict doc document edge element entry event file frame graph item line"
    " message migration nbr neighb neighbor neighbour node packet page pair path pixel point post predecessor record"
    " row sample sentence seq sequence successor text tok token tree triple user vertex vertice word".split()
)
_WRITTEN = frozenset(
    "alias ancestor arg argument argv attr attribute backend base bracket callback category char choice class"
    " cls code color column command conf config constraint decorator default dialect dir directory domain"
    " errback error exc exception ext extension field flag font format func function group handler header hook id"
    " import index join keyword kind kwarg label lang language lexer loader locale location method mode model"
    " module mro namespace op opt option overridden package param parameter part platform plugin prefix prod production"
    " property root rule setting signature style suffix symbol tag target template transform type unit using"
    " var version".split()
)


class Amount(StrEnum):
    """How much there may be of what a place is about."""

    DATA = "as much as the program is given"
    WRITTEN = "as much as programmers write down"
    UNKNOWN = "unknown"


def amount(node: ast.AST, about: Iterable[ast.AST], module: Module) -> Amount:
    """Return what names at a place in a loop say of amounts; one word of what is written down outweighs the others.

    Args:
        node: the place, in a loop.
        about: what else the place is about: what is searched, matched or sorted there.
        module: its module.
    """
    loop = next(iter(loops_around(node, module)), None)
    if loop is None:
        return Amount.UNKNOWN
    core = {word for one in (*about, *_header(loop)) for word in _words_behind(one, module)}
    if not core.isdisjoint(_WRITTEN):
        return Amount.WRITTEN
    return Amount.UNKNOWN if _DATA.isdisjoint(core | set(_parameters(node, module))) else Amount.DATA


def _header(loop: Loop) -> tuple[ast.AST, ...]:
    if isinstance(loop, ast.While):
        return (loop.test,)
    if isinstance(loop, ast.For | ast.AsyncFor):
        return (loop.iter, loop.target)
    return tuple(part for one in loop.generators for part in (one.iter, one.target))


def _parameters(node: ast.AST, module: Module) -> Iterator[str]:
    function = function_around(node, module)
    for parameter in parameters_of(function) if function is not None else ():
        yield from _split(parameter.arg)


def _words_behind(node: ast.AST, module: Module) -> Iterator[str]:
    """Yield the words of an expression's names, and of what those are bound to."""
    for one in walk(node):
        if isinstance(one, ast.Name | ast.Attribute):
            yield from _split(one.id if isinstance(one, ast.Name) else one.attr)
            if isinstance(one, ast.Name) and len(one.id) > 1 and one.id.isupper():
                yield "property"  # a constant of the module is written down
            for value in values(one, module):
                yield from _words(value) if value is not None else ()


def _words(node: ast.AST) -> Iterator[str]:
    for one in walk(node):
        if isinstance(one, ast.Name | ast.Attribute):
            yield from _split(one.id if isinstance(one, ast.Name) else one.attr)


def _split(name: str) -> Iterator[str]:
    """Yield the words of a name, each in its singular as far as an `s` makes the plural."""
    if name == "G":
        yield "graph"
    for word in _WORD.findall(name):
        lower = word.lower()
        yield lower
        yield lower.removesuffix("s")
