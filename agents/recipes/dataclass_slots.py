"""Let a dataclass have slots for its fields instead of a dictionary per instance."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.declared_python import oldest_minor
from agents.recipes.expression_sites import can_be_made
from agents.recipes.functions import FunctionNode, first_line
from agents.recipes.gains import class_share
from agents.recipes.instances import mentions_weak_references
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import class_request
from agents.recipes.scope import names
from agents.recipes.slotting import HEAD_BYTES, MIN_SHARE, SLOT_BYTES, layout, objection
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

OLDEST_MINOR = 10
"""First 3.x whose `dataclass` takes `slots`."""


class DataclassSlots:
    """`@dataclass` → `@dataclass(slots=True)`, where all attributes are fields."""

    card = Card(
        id="dataclass-slots",
        title="Keep the fields of a dataclass in slots",
        rank=14,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.6,
        cost_note="measured 2026-11, 100000 instances with 3 fields, traced bytes each: 152 to 56 on CPython 3.10, 96 "
        "to 56 on 3.11, 88 to 56 on 3.12, 96 to 56 on 3.13; CPU time of making one, 15 interleaved pairs: 1.3x on "
        "3.10, 1.1x [1.1, 1.2] on 3.11, 1.3x on 3.12, 1.2x on 3.13; 3.9 has no slots=True",
        mechanism="Without a dictionary for each instance, its fields stand in the instance itself.",
        hazard="Checked: every supported Python takes slots=True, no code of the project sets another attribute on "
        "what may be an instance, reaches its dictionary, pickles objects, refers to any weakly or derives from the "
        "class, and no method uses super() or __class__, which mean the class as it was before; remains: code outside "
        "the project that sets attributes of its own, and pickles made before.",
    )
    examples = (
        Example(
            before='''\
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A place."""

    x: int
    y: int = 0

    def moved(self, by: int) -> "Point":
        return Point(self.x + by, self.y)
''',
            after='''\
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: int
    y: int = 0

    def moved(self, by: int) -> "Point":
        return Point(self.x + by, self.y)
''',
        ),
        Example(
            before="import dataclasses\n\n\n@dataclasses.dataclass\nclass Row:  # of a table\n    cells: list\n",
            after="import dataclasses\n\n\n@dataclasses.dataclass(slots=True)\nclass Row:  # of a table\n"
            "    cells: list\n",
        ),
        Example(
            before="from dataclasses import dataclass\n\n\n@dataclass\nclass Row:\n    cells: list\n\n"
            "    def total(self):\n        self.known = sum(self.cells)\n        return self.known\n",
            after=None,
            because="an attribute that is no field is set",
        ),
        Example(
            before="from dataclasses import dataclass\n\n\n@dataclass\nclass Options:\n    depth: int = 3\n\n\n"
            "def depth():\n    return Options.depth\n",
            after=None,
            because="a default is read from the class, where a slot would stand instead",
        ),
        Example(
            before="from dataclasses import dataclass\n\n\n@dataclass\nclass Row:\n    cells: list\n\n"
            "    def __eq__(self, other):\n        return super().__eq__(other)\n",
            after=None,
            because="with slots the class is made anew, and super() means the old one",
        ),
        Example(
            before="import weakref\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass Row:\n    cells: list\n"
            "\n\ndef watched(row):\n    return weakref.ref(row)\n",
            after=None,
            because="it may be referred to weakly",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every dataclass whose instances need no dictionary."""
        oldest = oldest_minor(project)
        if "dataclass" not in module.text or (oldest is not None and oldest < OLDEST_MINOR):
            return
        for node in module.syntax.body:
            if not isinstance(node, ast.ClassDef) or not _is_licensed(node, module, project):
                continue
            if can_be_made(partial(_patch, node, module)):
                yield Site(
                    recipe=self.card.id,
                    key=FunctionKey(file=module.file, first_line=first_line(node), qualname="<module>"),
                    module=module.file,
                    line=node.lineno,
                    requests=(class_request(module, node),),
                    node_path=",".join([node.name, *_fields(node)]),
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many instances are alive at the peak and none was seen with more than its fields."""
        name, *fields = site.node_path.split(",")
        if profile.interpreter.version < (3, OLDEST_MINOR):
            return Veto(reason=f"Python 3.{profile.interpreter.version[1]} has no slots=True")
        seen = facts.classes.get(site.requests[0].id)
        reason = objection(frozenset(fields), seen)
        if reason is None and seen is not None and seen.weakly_referenced:
            reason = "instances are weakly referred to"
        if reason is not None:
            return Veto(reason=reason)
        share, alive = class_share(profile, site.module, name, bytes_after=HEAD_BYTES + SLOT_BYTES * len(fields))
        if share < MIN_SHARE:
            return Veto(reason=f"{alive} instances of {name} at the peak: slots save {share:.1%} of it")
        return Choice(expected_share=share, evidence=f"profile:instances={alive} of {name} peak_share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Ask the decorator for slots."""
        del choice
        name = site.node_path.partition(",")[0]
        for node in module.syntax.body:
            if isinstance(node, ast.ClassDef) and node.name == name and _is_licensed(node, module, project):
                return _patch(node, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no dataclass {name} stands here that can have slots")


RECIPE = DataclassSlots()


def _is_licensed(node: ast.ClassDef, module: Module, project: Project) -> bool:
    if not _is_plain_decorator(node, module) or _uses_own_cell(node) or mentions_weak_references(project):
        return False
    fields = _fields(node)
    if not fields or any(name.startswith("__") for name in fields) or not _are_plain_annotations(node):
        return False
    if _may_fall_back(node):
        return False
    found = layout(node, module, project, fields)
    return found is not None and set(found.stored) <= set(fields) and not found.below


def _is_plain_decorator(node: ast.ClassDef, module: Module) -> bool:
    if len(node.decorator_list) != 1:
        return False
    decorator = node.decorator_list[0]
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    is_plain = not isinstance(decorator, ast.Call) or not decorator.args
    is_open = any(keyword.arg in (None, "slots", "weakref_slot") for keyword in keywords)
    return is_plain and not is_open and names(module).dotted(named) == "dataclasses.dataclass"


def _uses_own_cell(node: ast.ClassDef) -> bool:
    """Say whether code in the class means it by `super()` or `__class__`."""
    return any(isinstance(one, ast.Name) and one.id in ("super", "__class__") for one in walk(node))


def _are_plain_annotations(node: ast.ClassDef) -> bool:
    """Say whether every annotated name is a field, and nothing else is bound but functions."""
    annotated = [one.annotation for one in node.body if isinstance(one, ast.AnnAssign)]
    words = {word for one in annotated for word in _words(one)}
    is_odd = any(name in word for word in words for name in ("ClassVar", "InitVar", "KW_ONLY"))
    return not is_odd and not any(isinstance(one, ast.Assign | ast.ClassDef) for one in node.body)


def _may_fall_back(node: ast.ClassDef) -> bool:
    """Say whether a field may be without a value of its own, so that the class's default is read."""
    decorator = node.decorator_list[0]
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    has_own_init = any(isinstance(one, FunctionNode) and one.name == "__init__" for one in node.body)
    if has_own_init or any(keyword.arg == "init" for keyword in keywords):
        return True
    values = (one.value for one in node.body if isinstance(one, ast.AnnAssign))
    fields = (value for value in values if isinstance(value, ast.Call))
    return any(keyword.arg == "init" for field in fields for keyword in field.keywords)


def _words(annotation: ast.expr) -> Iterator[str]:
    for node in walk(annotation):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _fields(node: ast.ClassDef) -> tuple[str, ...]:
    annotated = (one.target for one in node.body if isinstance(one, ast.AnnAssign))
    return tuple(dict.fromkeys(target.id for target in annotated if isinstance(target, ast.Name)))


def _patch(node: ast.ClassDef, module: Module) -> Patch:
    decorator, rewrite = node.decorator_list[0], Rewrite(module)
    if not isinstance(decorator, ast.Call) or not decorator.keywords:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        rewrite.replace(decorator, f"{source(module, named)}(slots=True)")
        return rewrite.patch()
    slots = ast.keyword(arg="slots", value=ast.Constant(value=True))
    expected = ast.Call(func=decorator.func, args=[], keywords=[*decorator.keywords, slots])
    end = span(module, decorator.keywords[-1].value).end
    rewrite.replace_parts(decorator, [(Span(start=end, end=end), ", slots=True")], expected)
    return rewrite.patch()
