"""Give the instances of a class slots for their attributes instead of a dictionary each."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made
from agents.recipes.functions import Function, functions
from agents.recipes.gains import class_share
from agents.recipes.instances import mentions_weak_references
from agents.recipes.project import Module, Project
from agents.recipes.requests import class_request
from agents.recipes.slotting import HEAD_BYTES, MIN_SHARE, SLOT_BYTES, Layout, layout, objection
from agents.recipes.splice import NotSpliceable, Rewrite, indentation
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

_LINE_LENGTH = 88
_WEAK = "__weakref__"


class Slots:
    """`class Point:` → the same with `__slots__`, for every attribute that its methods set."""

    card = Card(
        id="slots",
        title="Keep attributes in slots instead of a dictionary per instance",
        rank=15,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.6,
        cost_note="measured 2026-11, 100000 instances with 3 attributes, traced bytes each: 152 to 56 on CPython 3.9 "
        "and 3.10, 96 to 56 on 3.11, 88 to 56 on 3.12, 96 to 56 on 3.13; CPU time of making one, 15 interleaved pairs: "
        "1.4x on 3.9, 1.3x on 3.10, 1.1x [1.1, 1.2] on 3.11, 1.1x on 3.12, but 0.7x on 3.13 (64 ns more); of reading "
        "an attribute 1.0x on all but 3.9 (1.1x)",
        mechanism="Without a dictionary for each instance, its attributes stand in the instance itself.",
        hazard="Checked: no code of the project sets another attribute on what may be an instance, reaches its "
        "dictionary, pickles objects or derives from the class and another one, and the class goes nowhere else; "
        "remains: code outside the project that sets attributes of its own, pickles made before, and before Python "
        "3.11 the text of the error for an attribute that was never set.",
    )
    examples = (
        Example(
            before='''\
class Point:
    """A place."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self._length = None

    def length(self):
        if self._length is None:
            self._length = (self.x**2 + self.y**2) ** 0.5
        return self._length
''',
            after='''\
class Point:
    """A place."""

    __slots__ = ("x", "y", "_length")

    def __init__(self, x, y):
        self.x, self.y = x, y
        self._length = None

    def length(self):
        if self._length is None:
            self._length = (self.x**2 + self.y**2) ** 0.5
        return self._length
''',
        ),
        Example(
            before="class Node:\n    def __init__(self, name):\n        self.name = name\n\n\n"
            "def mark(node):\n    node.seen = True\n",
            after=None,
            because="somebody sets another attribute on what may be an instance",
        ),
        Example(
            before="class Row:\n    def __init__(self, cells):\n        self.cells = cells\n\n"
            "    def as_dict(self):\n        return dict(self.__dict__)\n",
            after=None,
            because="its dictionary is read",
        ),
        Example(
            before="class Counter:\n    count = 0\n\n    def add(self):\n        self.count += 1\n",
            after=None,
            because="the class has a default under the same name, which a slot would take away",
        ),
        Example(
            before="class Left:\n    def __init__(self):\n        self.left = 1\n\n\nclass Right:\n"
            "    def __init__(self):\n        self.right = 2\n\n\nclass Both(Left, Right):\n    pass\n",
            after=None,
            because="two classes with slots can't be the bases of one",
        ),
        Example(
            before="import pickle\n\n\nclass Save:\n    def __init__(self, score):\n        self.score = score\n\n\n"
            "def load(raw):\n    return pickle.loads(raw)\n",
            after=None,
            because="pickles made before hold a dictionary",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every class whose instances need no dictionary."""
        for node in module.syntax.body:
            found = _layout(node, module, project)
            if found is None or not can_be_made(partial(_patch, found, module, project)):
                continue
            function = _first_to_run(found, module)
            if function is not None:
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=node.lineno,
                    requests=(class_request(module, found.found.node),),
                    node_path=",".join([found.found.name, *_slots(found, project)]),
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many instances are alive at the peak and none was seen with more than its slots."""
        name, *slots = site.node_path.split(",")
        seen = facts.classes.get(site.requests[0].id)
        reason = objection(frozenset(slots), seen)
        if reason is None and seen is not None and seen.weakly_referenced and _WEAK not in slots:
            reason = "instances are weakly referred to"
        if reason is not None:
            return Veto(reason=reason)
        bytes_after = HEAD_BYTES + SLOT_BYTES * len(slots)
        share, alive = class_share(profile, site.module, name, bytes_after=bytes_after)
        if share < MIN_SHARE:
            return Veto(reason=f"{alive} instances of {name} at the peak: slots save {share:.1%} of it")
        evidence = f"profile:instances={alive} of {name} peak_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Declare the slots at the top of the class."""
        del choice
        name = site.node_path.partition(",")[0]
        for node in module.syntax.body:
            found = _layout(node, module, project) if getattr(node, "name", "") == name else None
            if found is not None:
                return _patch(found, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no class {name} stands here that can have slots")


RECIPE = Slots()


def _layout(node: ast.stmt, module: Module, project: Project) -> Layout | None:
    if not isinstance(node, ast.ClassDef) or node.decorator_list:
        return None
    return layout(node, module, project)


def _slots(found: Layout, project: Project) -> tuple[str, ...]:
    return (*found.stored, _WEAK) if mentions_weak_references(project) else found.stored


def _first_to_run(found: Layout, module: Module) -> Function | None:
    """Return the class's `__init__`, or else its first method that stores something."""
    own = [function for function in functions(module) if function.owner is found.found.node]
    makers = [function for function in own if function.node.name == "__init__"]
    return next(iter([*makers, *own]), None)


def _patch(found: Layout, module: Module, project: Project) -> Patch:
    rewrite, body = Rewrite(module), found.found.node.body
    is_documented = isinstance(body[0], ast.Expr) and len(body) > 1
    line = _declaration(_slots(found, project), len(indentation(module, body[0])))
    if is_documented:
        rewrite.insert_after(body[0], f"\n{line}" if body[1].lineno > (body[0].end_lineno or 0) + 1 else line)
    else:
        is_definition = isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef)
        rewrite.insert_before(body[0], f"{line}\n\n" if is_definition else line)
    return rewrite.patch()


def _declaration(slots: tuple[str, ...], indent: int) -> str:
    quoted = [f'"{name}"' for name in slots]
    line = f"__slots__ = ({', '.join(quoted)}{',' if len(quoted) == 1 else ''})"
    if indent + len(line) <= _LINE_LENGTH:
        return line
    return "\n".join(["__slots__ = (", *(f"    {name}," for name in quoted), ")"])
