"""Ask for the one frame that is needed: `inspect.stack` reads the source file of every frame there is."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.imports import add_import, reach_module
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 20
"""Fewer calls save less than a few milliseconds."""
_STACK_S = 0.4e-3
"""What one walk of a stack of five frames costs at least (see the card's cost note)."""

_FIELDS = ("frame", "filename", "lineno", "function")
"""Of what describes a frame, in its order as a tuple; the source lines behind them are left out."""
_OF_FRAME = {"frame": "", "lineno": ".f_lineno", "function": ".f_code.co_name"}
_NAMED = frozenset(_FIELDS) - {"frame"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """One `inspect.stack()[depth]` of which little is used.

    Attributes:
        call: of `inspect.stack`.
        node: what is replaced: one field of the frame's description, or the description itself.
        depth: 0 for the function's own frame, 1 for its caller's.
        field: which field; empty for a description of which a local's attributes alone are read.
    """

    call: ast.Call
    node: ast.expr
    depth: int
    field: str


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
        "on a stack of 5 frames 899x to 1300x, of 20 frames 555x to 1330x; its file and line 16x to 18x and 40x to "
        "48x; 0.3 to 2.9 ms a call",
        mechanism="inspect.stack() finds and reads the source of every frame from here to the top of the program; "
        "the interpreter gives a single frame in well under a microsecond.",
        hazard="Checked: one field of the function's own frame or its caller's is used, none of the fields that hold "
        "source lines, and no handler stands around it; remains: where no Python code calls the function (a callback "
        "at exit), ValueError is raised instead of IndexError.",
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
            before="import inspect\n\n\ndef outer(depth):\n    return inspect.stack()[depth].function\n",
            after=None,
            because="which frame is wanted is not known",
        ),
        Example(
            before="import inspect\n\n\ndef grandparent():\n    return inspect.stack()[2].function\n",
            after=None,
            because="the stack may not be so deep, and the error would be another one",
        ),
        Example(
            before="""\
import inspect


def caller():
    try:
        return inspect.stack()[1].function
    except IndexError:
        return ""
""",
            after=None,
            because="a handler may wait for the error of a list",
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
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every walk of the stack of which one frame is used."""
        for function in functions(module) if "stack(" in module.text else ():
            for found in _lookups(function.node, module, project):
                if can_be_made(lambda found=found: _patch(found, module, project)):  # type: ignore[misc]
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
        found = _lookups(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.node) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: the stack is not walked here")
        return _patch(same, module, project)


RECIPE = FrameLookup()


def _lookups(function: FunctionNode, module: Module, project: Project) -> Iterator[_Lookup]:
    above = parents(module)
    for node in own(function, ast.Subscript):
        call = node.value
        if not isinstance(call, ast.Call):
            continue
        depth = _index(node)
        if depth not in (0, 1) or not _is_walk(call, module, project) or (depth and _is_watched(node, function, above)):
            continue
        used = above[node]
        field = _field(used, node)
        if field in _FIELDS and isinstance(used, ast.Attribute | ast.Subscript):
            yield _Lookup(call=call, node=used, depth=depth, field=field)
        elif _is_described(node, used, function, module):
            yield _Lookup(call=call, node=node, depth=depth, field="")


def _index(node: ast.Subscript) -> int | None:
    value = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return value if type(value) is int and isinstance(node.ctx, ast.Load) else None


def _is_walk(call: ast.Call, module: Module, project: Project) -> bool:
    """Say whether it is `inspect.stack()`, at most with a constant number of source lines, in an unpatched world."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    is_plain = len(given) <= 1 and all(isinstance(one, ast.Constant) and type(one.value) is int for one in given)
    is_named = all(keyword.arg == "context" for keyword in call.keywords)
    if not is_plain or not is_named or library.called(call, module, project) != "inspect.stack":
        return False
    return not any(library.is_replaced(name, project) for name in ("sys._getframe", "inspect.getframeinfo"))


def _field(used: ast.AST, node: ast.Subscript) -> str:
    """Return which field of the description is read; empty when it is not one that is known."""
    if isinstance(used, ast.Attribute) and isinstance(used.ctx, ast.Load):
        return used.attr
    index = _index(used) if isinstance(used, ast.Subscript) and used.value is node else None
    return _FIELDS[index] if index is not None and 0 <= index < len(_FIELDS) else ""


def _is_watched(node: ast.AST, function: FunctionNode, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Say whether the function itself may handle the error of a stack that is not deep enough."""
    while node is not function:
        node = above[node]
        if isinstance(node, ast.With | ast.AsyncWith | ast.Try) or type(node).__name__ == "TryStar":
            return True
    return False


def _is_described(node: ast.Subscript, statement: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Say whether a local takes the description, and nothing but its plain attributes is ever asked of that local."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    known = names(module)
    scope = known.inside(function)
    if not isinstance(target, ast.Name) or known.scope(node) is not scope or reads_its_frame(function):
        return False
    is_local = known.resolve(target.id, target) is scope and known.bindings(target.id, scope) == (target,)
    return is_local and all(
        _field(parents(module)[one], node) in _NAMED
        for one in walk(function)
        if isinstance(one, ast.Name) and one.id == target.id and one is not target
    )


def _site(function: Function, found: _Lookup, module: Module) -> Site:
    return site_at(FrameLookup.card.id, function, found.node, module, expression_request(module, found.call))


def _patch(found: _Lookup, module: Module, project: Project) -> Patch:
    reached = reach_module(project, module, found.node, package="sys")
    written = source(module, found.node)
    if reached is None or "#" in written or "\n" in written or not is_as_written(module, found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: one frame can't be asked for here")
    rewrite, frame = Rewrite(module), f"{reached.expression}._getframe({found.depth})"
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    rewrite.replace(found.node, _asked(found, frame, module))
    return rewrite.patch()


def _asked(found: _Lookup, frame: str, module: Module) -> str:
    if found.field in _OF_FRAME:
        return frame + _OF_FRAME[found.field]
    if not isinstance(found.call.func, ast.Attribute):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: the module inspect has no name here")
    described = f"{source(module, found.call.func.value)}.getframeinfo({frame}, 0)"
    return f"{described}.filename" if found.field else described
