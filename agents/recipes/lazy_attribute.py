"""Compute an attribute that most instances are never asked for when it is first asked for."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes import shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made
from agents.recipes.final_attributes import FinalAttribute, final_attribute
from agents.recipes.functions import Function, FunctionNode, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.harmless import is_harmless
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.imports import reach
from agents.recipes.instances import is_handed_to_libraries, is_reached_through, is_serialised
from agents.recipes.memoisation import add_imports
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import class_request, expression_request
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite, indentation, is_as_written, source
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_UNREAD = 500
"""Instances that nobody asks for the attribute below which nothing is gained that can be measured."""
_MADE_NS, _ELEMENT_NS, _GUARD_NS, _FIRST_READ_NS = 60.0, 5.0, 25.0, 700.0
"""What making a value costs, and each of its characters; what testing an argument, and the first read, cost more (see
the cost note)."""

_SHAPES = {"str": shapes.STR, "int": shapes.INT, "bytes": shapes.BYTES, "float": shapes.FLOAT, "bool": shapes.BOOL}
_IMMUTABLE = frozenset({*_SHAPES, "NoneType"})
_COSTLY = (ast.Call, ast.JoinedStr, ast.BinOp)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lazy:
    """`self.name = value` in an `__init__` whose operands the instance keeps too.

    Attributes:
        attribute: what is stored.
        value: of it.
        kept: the attribute that holds each parameter.
        types: each parameter's builtin type, by its annotation.
    """

    attribute: FinalAttribute
    value: ast.expr
    kept: Mapping[str, str]
    types: Mapping[str, str]


class LazyAttribute:
    """`self.label = f"{name} {level}"` in `__init__` → a `@cached_property` that most instances never compute."""

    card = Card(
        id="lazy-attribute",
        title="Compute an attribute when it is first asked for",
        rank=29,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.3,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, making "
        "an instance whose attribute is never asked for: a text of two values 1.3x / 1.4x / 1.5x [1.4, 1.6] / 1.5x / "
        "1.7x, a text of 20 names 5.3x / 5.9x / 8.3x [7.6, 9.4] / 7.9x / 12.9x; asked for once 0.3x / 0.4x / 0.2x / "
        "0.4x / 0.4x and 0.7x / 0.7x / 0.6x / 0.8x / 0.8x: the first time costs 0.4 to 0.8 us more",
        mechanism="What most instances are never asked for is made only for those that are.",
        hazard="Checked: the value is immutable, making it raises and changes nothing for arguments of exactly the "
        "types that are declared, tested while the program runs, the instance keeps the arguments unchanged, and "
        "nobody stores, hides or lists its attributes; remains: vars(), copies and a debugger do not show the "
        "attribute before it was asked for.",
    )
    examples = (
        Example(
            before="""\
class Tag:
    def __init__(self, name: str, level: int):
        self.name = name
        self.level = level
        self.label = f"{name.title()} ({level})"

    def path(self):
        return self.name
""",
            after="""\
from functools import cached_property


class Tag:
    def __init__(self, name: str, level: int):
        self.name = name
        self.level = level
        if type(name) is not str or type(level) is not int:
            self.label = f"{name.title()} ({level})"

    @cached_property
    def label(self):
        return f"{self.name.title()} ({self.level})"

    def path(self):
        return self.name
""",
        ),
        Example(
            before="class Tag:\n    def __init__(self, name: str):\n        self.name = name\n"
            '        self.label = f"<{name}>"\n\n    def rename(self, name):\n        self.name = name\n',
            after=None,
            because="the name may be another one when the label is asked for",
        ),
        Example(
            before='class Tag:\n    def __init__(self, name: str):\n        self.label = f"<{name}>"\n',
            after=None,
            because="the instance does not keep the name",
        ),
        Example(
            before="class Tag:\n    def __init__(self, name: str):\n        self.name = name\n"
            "        self.number = int(name)\n",
            after=None,
            because="making it may raise, and then no instance would be made",
        ),
        Example(
            before="class Tag:\n    def __init__(self, names):\n        self.names = names\n"
            '        self.label = f"<{names}>"\n',
            after=None,
            because="the names may be a list that changes",
        ),
        Example(
            before="class Tag:\n    def __init__(self, name: str):\n        self.name = name\n"
            '        self.label = f"<{name}>"\n\n    def all(self):\n        return vars(self)\n',
            after=None,
            because="the attributes are listed",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every attribute that can be computed later."""
        for function in functions(module) if "__init__" in module.text else ():
            for found in _all(function, module, project):
                owner = found.attribute.owner.node
                if can_be_made(partial(_patch, found, function.node, module, project)):
                    requests = class_request(module, owner), expression_request(module, found.value)
                    yield Site(
                        recipe=self.card.id,
                        key=function.key,
                        module=module.file,
                        line=found.attribute.statement.lineno,
                        requests=requests,
                        node_path=found.attribute.name,
                    )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when at least half of many instances are never asked."""
        seen, made = facts.classes.get(site.requests[0].id), facts.expressions.get(site.requests[1].id)
        if seen is None or made is None or not seen.created or not made.evaluations:
            return Veto(reason="no instance was seen being made")
        reads = seen.read.get(site.node_path, 0)
        unread = made.evaluations - reads
        if unread < max(MIN_UNREAD, made.evaluations / 2):
            return Veto(reason=f"{reads} reads of {made.evaluations} instances' attribute: it is asked for too often")
        value_ns = _MADE_NS + _ELEMENT_NS * made.total_len / made.evaluations
        saved_ns = unread * value_ns - made.evaluations * _GUARD_NS - reads * _FIRST_READ_NS
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {reads} first reads and the tests cost as much as is saved")
        evidence = f"facts:instances={made.evaluations} reads={reads} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Store only what the property would not compute alike, and add the property."""
        del choice
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function is not None and found.attribute.name == site.node_path:
                return _patch(found, function.node, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no attribute that can be computed later is stored here")


RECIPE = LazyAttribute()


def _all(function: Function, module: Module, project: Project) -> Iterator[_Lazy]:
    node, owner = function.node, function.owner
    if node.name != "__init__" or owner is None or owner not in module.syntax.body or not node.args.args:
        return
    found = hierarchy(project).of(owner)
    kept: dict[str, str] = {}
    for statement in node.body:
        attribute = _stored(statement, found, project)
        if attribute is None or attribute.value is None:
            continue
        if isinstance(attribute.value, ast.Name):
            kept.setdefault(attribute.value.id, attribute.name)
            continue
        lazy = _lazy(attribute, attribute.value, kept, module, project)
        if lazy is not None:
            yield lazy


def _stored(statement: ast.stmt, found: Class, project: Project) -> FinalAttribute | None:
    """Return the attribute a statement of a class's `__init__` stores, when it is stored for good."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    attribute = final_attribute(target.attr, found, project) if isinstance(target, ast.Attribute) else None
    return attribute if attribute is not None and attribute.statement is statement else None


def _lazy(
    attribute: FinalAttribute, value: ast.expr, kept: Mapping[str, str], module: Module, project: Project
) -> _Lazy | None:
    known, scope = names(module), names(module).inside(attribute.init)
    named = [part for part in walk(value) if isinstance(part, ast.Name) and known.resolve(part.id, part) is not None]
    operands = sorted(named, key=lambda part: (part.lineno, part.col_offset))
    if not operands or not any(isinstance(part, _COSTLY) for part in walk(value)):
        return None
    types = {parameter.arg: _type(parameter) for parameter in parameters_of(attribute.init)}
    for operand in operands:
        is_parameter = known.resolve(operand.id, operand) is scope and len(scope.bindings[operand.id]) == 1
        if not is_parameter or operand.id not in kept or not types.get(operand.id):
            return None
    taken = {operand.id: types[operand.id] for operand in operands}
    given = {name: _SHAPES[kind] for name, kind in taken.items()}
    shape = shape_of(value, module, project, given)
    if shape is None or shape.type not in _IMMUTABLE or not is_harmless(value, module, project, given):
        return None
    if not all(known.is_builtin(name, value) for name in ("type", *taken.values())):
        return None
    if _may_be_missed(attribute, project):
        return None
    return _Lazy(attribute=attribute, value=value, kept=kept, types=taken)


def _type(parameter: ast.arg) -> str:
    """Return the builtin type that a parameter is declared to be, empty for others."""
    declared = parameter.annotation
    if isinstance(declared, ast.Constant) and isinstance(declared.value, str):
        return declared.value if declared.value in _SHAPES else ""
    return declared.id if isinstance(declared, ast.Name) and declared.id in _SHAPES else ""


def _may_be_missed(attribute: FinalAttribute, project: Project) -> bool:
    """Say whether anything looks at instances' attributes as a whole, or for this one on the class."""
    owner = attribute.owner
    if is_serialised(project) or is_handed_to_libraries(owner, project) or attribute.name.startswith("__"):
        return True
    members = (owner, *hierarchy(project).descendants(owner))
    return any(is_reached_through(member, attribute.name, project) for member in members)


def _patch(found: _Lazy, init: FunctionNode, module: Module, project: Project) -> Patch:
    statement, written = found.attribute.statement, source(module, found.value)
    if "\n" in written or "#" in written or not is_as_written(module, found.value):
        raise NotSpliceable(f"{module.file}:{statement.lineno}: the value is spread over lines")
    kept = reach(project, module, init, package="functools", name="cached_property")
    if kept is None:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: no free name for cached_property")
    receiver, indent = init.args.args[0].arg, indentation(module, statement)
    test = " or ".join(f"type({name}) is not {kind}" for name, kind in found.types.items())
    start = span(module, statement).start
    fields = {name: getattr(statement, name) for name in statement._fields}
    same = type(statement)(**fields)  # a node of its own: the old one stands for the whole
    guarded = ast.If(test=ast.parse(test, mode="eval").body, body=[same], orelse=[])
    rewrite = Rewrite(module)
    add_imports(rewrite, module, kept)
    parts = [(Span(start=start, end=start), f"if {test}:\n{indent}    ")]
    rewrite.replace_statement_parts(statement, parts, [guarded])
    body = _read_from(receiver, written, found)
    rewrite.insert_after(init, f"\n@{kept.expression}\ndef {found.attribute.name}({receiver}):\n    return {body}")
    return rewrite.patch()


def _read_from(receiver: str, written: str, found: _Lazy) -> str:
    """Return the value's text with every parameter read from the instance."""
    kept = {name: found.kept[name] for name in found.types}
    meant = _Kept(receiver, kept).visit(ast.parse(written, mode="eval"))
    for name, attribute in kept.items():
        written = re.sub(rf"(?<![\w.]){name}(?!\w)", f"{receiver}.{attribute}", written)
    try:
        is_meant = ast.dump(ast.parse(written, mode="eval")) == ast.dump(meant)
    except SyntaxError:
        is_meant = False
    return written if is_meant else ast.unparse(meant)  # a word in a literal, or a keyword, may look like a parameter


class _Kept(ast.NodeTransformer):
    """Puts attributes of the instance in the place of parameters."""

    def __init__(self, receiver: str, kept: Mapping[str, str]) -> None:
        self._receiver = receiver
        self._kept = kept

    def visit_Name(self, node: ast.Name) -> ast.expr:  # the visitor's own way
        if node.id not in self._kept:
            return node
        return ast.Attribute(value=ast.Name(id=self._receiver, ctx=ast.Load()), attr=self._kept[node.id], ctx=node.ctx)
