"""Copy a container whose elements need no copies in one step: `copy.deepcopy` looks at each of them."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.contents import is_only_read
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.shapes import NOTHING, element_of
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import constant_value, is_taken, parents
from agents.recipes.walking import nodes
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_COPIES = 1000
"""Fewer copies save less than a few milliseconds."""
_CALL_S, _ELEMENT_S = 1.0e-6, 0.18e-6
"""What a deep copy costs, and each element in it (see the card's cost note)."""

_PLAIN = frozenset({"bool", "bytes", "float", "int", "NoneType", "str"})
_COPYING = frozenset({"copy.copy", "copy.deepcopy"})


class FlatCopy:
    """`copy.deepcopy(numbers)` → `numbers.copy()`, where no element can be changed."""

    card = Card(
        id="flat-copy",
        title="Copy a flat container in one step",
        rank=31,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, 15 interleaved pairs of CPU time, CPython 3.9, 3.10, 3.11, 3.12, 3.13: a list of "
        "3 integers 31x, 28x, 40x, 27x, 32x (1.2 to 2.2 us a copy), of 100 integers 198x, 160x, 144x, 80x, 113x (18 to "
        "25 us), a dict of 10 texts 91x, 72x, 72x, 59x, 60x (4 to 10 us)",
        mechanism="deepcopy is Python code that looks at every element; a list or dict of values that can't change is "
        "copied by one call.",
        hazard="Checked: it is exactly a list or dict of numbers, texts and None, made in this module and changed by "
        "nobody else; nothing known remains.",
    )
    examples = (
        Example(
            before="""\
import copy

DEFAULTS = {"depth": 3, "name": "none", "ratio": -0.5}


def settings(given):
    found = copy.deepcopy(DEFAULTS)  # ours to change
    found.update(given)
    return found
""",
            after="""\
import copy

DEFAULTS = {"depth": 3, "name": "none", "ratio": -0.5}


def settings(given):
    found = DEFAULTS.copy()  # ours to change
    found.update(given)
    return found
""",
        ),
        Example(
            before="""\
from copy import deepcopy


def states(steps):
    board, found = [0, 0, 0], []
    for number, step in enumerate(steps):
        board[number % 3] = len(step)
        found.append(deepcopy(board))
    return found
""",
            after="""\
from copy import deepcopy


def states(steps):
    board, found = [0, 0, 0], []
    for number, step in enumerate(steps):
        board[number % 3] = len(step)
        found.append(board.copy())
    return found
""",
        ),
        Example(
            before="import copy\n\n\ndef f(given):\n    return copy.deepcopy(given)\n",
            after=None,
            because="what is given may hold anything",
        ),
        Example(
            before='import copy\n\nD = {"a": []}\n\n\ndef f():\n    return copy.deepcopy(D)\n',
            after=None,
            because="the list in it must be copied too",
        ),
        Example(
            before='import copy\n\nD = {"a": 1}\n\n\ndef f():\n    return copy.deepcopy(D)\n\n\n'
            'def g(x):\n    D["b"] = x\n',
            after=None,
            because="something that needs a copy may be put into it",
        ),
        Example(
            before="import copy\n\n\ndef f(memo):\n    n = [1, 2]\n    return copy.deepcopy(n, memo)\n",
            after=None,
            because="the memo says what was copied before",
        ),
        Example(
            before="import copy\n\n\ndef f(text):\n    return copy.deepcopy(set(text.split()))\n",
            after=None,
            because="the copy of a set may be in another order",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every deep copy of a flat list or dict."""
        for function in functions(module) if "deepcopy" in module.text else ():
            for node in _copies(function.node, module, project):
                if can_be_made(lambda node=node: _patch(node, module)):  # type: ignore[misc]
                    yield site_at(self.card.id, function, node, module, expression_request(module, node))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many copies were made."""
        seen = next((facts.expressions[one.id] for one in site.requests if one.id in facts.expressions), None)
        copies = seen.evaluations if seen else 0
        if seen is None or copies < MIN_COPIES:
            return Veto(reason=f"{copies} copies, fewer than {MIN_COPIES}")
        saved_s = copies * _CALL_S + seen.total_len * _ELEMENT_S
        share = function_share(profile, site.key, saved_s=saved_s)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        evidence = f"facts:copies={copies} elements={seen.total_len} profile:share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the shallow copy in the place of the deep one.

        Raises:
            NotSpliceable: it does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _copies(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no flat container is copied here")
        return _patch(same, module)


RECIPE = FlatCopy()


def _copies(function: FunctionNode, module: Module, project: Project) -> Iterator[ast.Call]:
    for node in own(function, ast.Call):
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            continue
        if library.called(node, {"copy.deepcopy"}, module, project) and _is_flat(node.args[0], module, project):
            yield node


def _is_flat(node: ast.expr, module: Module, project: Project) -> bool:
    """Say whether it is surely a list of plain values, or a dict of the module that holds nothing else."""
    if isinstance(node, ast.Name) and _is_flat_table(node, module, project):
        return True
    shape = shape_of(node, module, project)
    if shape is None or shape.type != "list":
        return False
    held = element_of(shape)
    return held is not None and (held == NOTHING or held.type in _PLAIN)


def _is_flat_table(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether it is a module-level list or dict display of plain constants that is only read and deep-copied."""
    known = names(module)
    value = constant_value(module, node.id, project) if known.resolve(node.id, node) is known.top else None
    if not isinstance(value, ast.Dict | ast.List) or known.has_star_import or is_taken(node.id, project):
        return False
    held = value.elts if isinstance(value, ast.List) else [*value.keys, *value.values]
    if not all(one is not None and _is_plain(one) for one in held):
        return False
    loads = (one for one in nodes(module.syntax, ast.Name) if one.id == node.id)
    kind = type(value).__name__.lower()
    return all(
        is_only_read(one, module, kind) or _is_copied(one, module, project)
        for one in loads
        if isinstance(one.ctx, ast.Load) and known.resolve(one.id, one) is known.top
    )


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value).__name__ in _PLAIN


def _is_copied(node: ast.Name, module: Module, project: Project) -> bool:
    call = parents(module)[node]
    if not isinstance(call, ast.Call) or call.args[:1] != [node]:
        return False
    return library.called(call, _COPYING, module, project) is not None


def _patch(node: ast.Call, module: Module) -> Patch:
    copied = source(module, node.args[0])
    written = source(module, node)
    if "#" in written or "\n" in written or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: the call is spread over lines")
    if not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.List | ast.ListComp):
        copied = f"({copied})"
    rewrite = Rewrite(module)
    rewrite.replace(node, f"{copied}.copy()")
    return rewrite.patch()
