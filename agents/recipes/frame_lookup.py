"""Ask for the one frame that is needed: `inspect.stack` reads the source file of every frame there is."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import cast

from agents.model import Patch
from agents.recipes import stack_entry, stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.imports import Reached, reach_module
from agents.recipes.library import is_builtin_replaced
from agents.recipes.memoisation import add_imports
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, is_as_written, source
from agents.recipes.stack_walks import Form, Lookup, lookups
from agents.recipes.tables import parents
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 20
"""Fewer calls save less than a few milliseconds."""
_STACK_S = 0.4e-3
"""What one walk of a stack of five frames costs at least (see the card's cost note)."""
_OF_FRAME = {"frame": "", "lineno": ".f_lineno", "function": ".f_code.co_name"}


class FrameLookup:
    """`inspect.stack()[1].function` → `sys._getframe(1).f_code.co_name`."""

    card = Card(
        id="frame-lookup",
        title="Ask for one frame instead of the whole stack",
        rank=56,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.9,
        cost_note="measured 2026-11, 15 interleaved pairs of CPU time, CPython 3.9 to 3.13: the name of the caller "
        "on a stack of 5 frames 781x to 1300x, of 20 frames 555x to 1650x; any other entry 288x to 701x; file and line "
        "of the caller 15x to 18x and 37x to 48x; 0.3 to 3.2 ms a call",
        mechanism="inspect.stack() finds and reads the source of every frame from here to the top of the program; "
        "the interpreter gives a single frame in well under a microsecond.",
        hazard="Checked: none of the fields that hold source lines is used; which frame is a number, a name or a sum "
        "of such, and the added function leaves every index that is no number above 0, and every stack that is not so "
        "deep, to the walk and its errors. A field of the function's own frame or its caller's is asked for directly "
        "where no handler stands around it; remains: there, where no Python code calls the function (a callback at "
        "exit), ValueError is raised instead of IndexError; and a walk that failed over another frame's source does "
        "not fail any more.",
    )
    examples = (
        Example(
            before="""\
import inspect


def log(text):
    caller = inspect.stack()[1].function  # who asks
    return caller + ": " + text
""",
            after="""\
import inspect
import sys


def log(text):
    caller = sys._getframe(1).f_code.co_name  # who asks
    return caller + ": " + text
""",
        ),
        Example(
            before="""\
import inspect
import sys


def where():
    info = inspect.stack()[1]
    return f"{info.filename}:{info.lineno}"
""",
            after="""\
import inspect
import sys


def where():
    info = inspect.getframeinfo(sys._getframe(1), 0)
    return f"{info.filename}:{info.lineno}"
""",
        ),
        Example(
            before="""\
import inspect
import os


def log(text, level=1):
    with open(os.devnull, "a") as file:
        caller = inspect.stack()[level]
        file.write(f"{caller.function} {sorted(caller.frame.f_locals)} {text}")
""",
            after=f"""\
import inspect
import os
import sys


{stack_entry.function_text(inspect="inspect", sys="sys")}


def log(text, level=1):
    with open(os.devnull, "a") as file:
        caller = _stack_entry(level)
        file.write(f"{{caller.function}} {{sorted(caller.frame.f_locals)}} {{text}}")
""",
        ),
        Example(
            before="import inspect\n\n\ndef depth():\n    return len(inspect.stack())\n",
            after=None,
            because="the whole stack is used",
        ),
        Example(
            before="import inspect\n\n\ndef line():\n    return inspect.stack()[1].code_context\n",
            after=None,
            because="the source is wanted",
        ),
        Example(
            before="import inspect\n\n\ndef program():\n    return inspect.stack()[-1].function\n",
            after=None,
            because="the outermost frame is found at the end of the walk",
        ),
        Example(
            before="import inspect\n\n\ndef callers(pick):\n    return inspect.stack()[pick()].function\n",
            after=None,
            because="the index is asked for while the stack is walked, and may look at it too",
        ),
        Example(
            before="""\
import inspect


def caller():
    info = inspect.stack()[1]
    return info
""",
            after=None,
            because="the description is handed out",
        ),
        Example(
            before="""\
import inspect


def caller():
    _, file, line, name, lines, _ = inspect.stack()[1]
    return name, lines
""",
            after=None,
            because="the source lines are read by another name",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every walk of the stack of which one frame is used."""
        for function in functions(module) if "stack(" in module.text else ():
            for found in lookups(function.node, module, project):
                if can_be_made(lambda function=function, found=found: _patch(function, found, module, project)):  # type: ignore[misc]
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the stack is walked often enough to be seen."""
        seen = next((facts.expressions[one.id] for one in site.requests if one.id in facts.expressions), None)
        calls = seen.evaluations if seen else 0
        if calls < MIN_CALLS:
            return Veto(reason=f"{calls} walks of the stack, fewer than {MIN_CALLS}")
        share = function_share(profile, site.key, saved_s=calls * _STACK_S)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        return Choice(expected_share=share, evidence=f"facts:stack_walks={calls} profile:share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the lookup of one frame in the place of the walk.

        Raises:
            NotSpliceable: it does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = lookups(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.node) == site.node_path), None)
        if function is None or same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: the stack is not walked here")
        return _patch(function, same, module, project)


RECIPE = FrameLookup()


def _site(function: Function, found: Lookup, module: Module) -> Site:
    return site_at(FrameLookup.card.id, function, found.node, module, expression_request(module, found.call))


def _patch(function: Function, found: Lookup, module: Module, project: Project) -> Patch:
    written, place = source(module, found.node), found.node
    if "#" in written or "\n" in written or not is_as_written(module, place):
        raise NotSpliceable(f"{module.file}:{place.lineno}: one frame can't be asked for here")
    rewrite, index = Rewrite(module), source(module, found.entry.slice)
    sys = _reached("sys", found, module, project)
    if found.form is not Form.ENTRY and found.field in _OF_FRAME:
        add_imports(rewrite, module, sys)
        rewrite.replace(place, f"{sys.expression}._getframe({index}){_OF_FRAME[found.field]}")
        return rewrite.patch()
    inspect = _reached("inspect", found, module, project)
    add_imports(rewrite, module, inspect, sys)
    if found.form is Form.ENTRY:
        text = partial(stack_entry.function_text, inspect=inspect.expression, sys=sys.expression)
        _define(rewrite, function, text, module, project)
        rewrite.replace(place, f"{stack_entry.NAME}({index})")
    else:
        described = f"{inspect.expression}.getframeinfo({sys.expression}._getframe({index}), 0)"
        rewrite.replace(place, f"{described}.filename" if found.field else described)
    return rewrite.patch()


def _reached(package: str, found: Lookup, module: Module, project: Project) -> Reached:
    reached = reach_module(project, module, found.node, package=package)
    if reached is None:
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: every name for {package} is taken")
    return reached


def _define(rewrite: Rewrite, function: Function, text: Callable[..., str], module: Module, project: Project) -> None:
    """Put the function that reads one entry before the statement of the module that needs it, unless it is there."""
    known, user = names(module), _statement_of(function, module)
    above = module.syntax.body[: module.syntax.body.index(user)]
    builtins_hold = all(
        known.is_builtin(name, user) and not is_builtin_replaced(name, project) for name in stack_entry.BUILTINS
    )
    if not above or not builtins_hold or stores.index(project).is_open(module):
        raise NotSpliceable(f"{module.file}:{user.lineno}: no function can be added before this")
    if known.is_free(stack_entry.NAME):
        added = text(is_annotated=function.node.returns is not None)
        rewrite.insert_after(above[-1], f"\n\n{added}\n" + "\n" * (2 - _empty_lines(above[-1], module)))
    elif not _is_defined(above, text, module):
        raise NotSpliceable(f"{module.file}:{user.lineno}: the name {stack_entry.NAME} is taken")


def _statement_of(function: Function, module: Module) -> ast.stmt:
    """Return the statement of the module's own level that a function stands in, or is."""
    above, node = parents(module), cast("ast.AST", function.node)
    while above[node] is not module.syntax:
        node = above[node]
    return cast("ast.stmt", node)


def _empty_lines(statement: ast.stmt, module: Module) -> int:
    """Return how many empty lines follow a statement, at most two."""
    after = module.text[end_of_lines(module, statement) :].splitlines()[:2]
    return len(list(takewhile(lambda line: not line.strip(), after)))


def _is_defined(above: Sequence[ast.stmt], text: Callable[..., str], module: Module) -> bool:
    """Say whether an earlier fix has put the function there, and nothing else has its name."""
    bound = names(module).bindings(stack_entry.NAME)
    meant = {ast.dump(stack_entry.definition(text(is_annotated=one))) for one in (False, True)}
    return len(bound) == 1 and bound[0] in above and ast.dump(bound[0]) in meant
