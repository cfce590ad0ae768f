"""Digests of the text a fix would replace: the same fix is not offered again while that text stands."""

import hashlib

from agents.recipes._base import Site
from agents.recipes.functions import first_line, function_at
from agents.recipes.project import Module
from agents.recipes.splice import line_start


def place_digest(site: Site, module: Module, ordinal: int) -> str:
    """Return the digest of a site: 16 hex digits, the same wherever the function or statement is moved in its file.

    Args:
        site: a place of the module.
        module: its text.
        ordinal: among the sites of the same recipe on the same line, from 0.
    """
    first, last = _lines(site, module)
    text = module.text[line_start(module, first) : _end(module, last)]
    content = (site.recipe, site.module, site.key.qualname, text, site.line - first, ordinal)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _lines(site: Site, module: Module) -> tuple[int, int]:
    """Return the first and last line of the function, or of the top-level statement, that the site is in."""
    function = function_at(module, site.key)
    if function is not None:
        return function.key.first_line, function.node.end_lineno or function.node.lineno
    for statement in module.syntax.body:
        if first_line(statement) <= site.line <= (statement.end_lineno or statement.lineno):
            return first_line(statement), statement.end_lineno or statement.lineno
    return site.line, site.line


def _end(module: Module, line: int) -> int:
    try:
        return line_start(module, line + 1)
    except IndexError:
        return len(module.text)
