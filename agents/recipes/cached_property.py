"""Compute a property once for each instance."""

import ast
from collections.abc import Iterator, Mapping

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.imports import reach
from agents.recipes.instances import may_be_instance
from agents.recipes.kinds import Kind
from agents.recipes.memoisation import add_imports
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, summarise
from agents.recipes.requests import function_request
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite
from agents.recipes.stored_attributes import attribute_kind
from agents.recipes.tables import parents
from agents.recipes.walking import nodes
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_READS = 3
"""Reads per instance (docs/recipes.md)."""
_FIRST_READ_S = 0.7e-6
"""What the first read costs more than the property itself: looking into the dict, a lock before 3.12, storing."""
_LATER_READ_S = 0.02e-6
_COUNTED_RECEIVERS = 4096

_ODD_MEMBERS = frozenset(
    "__slots__ __getattr__ __getattribute__ __setattr__ __delattr__ __getstate__ __setstate__ __reduce__ __reduce_ex__"
    " __dict__ __new__ __copy__ __deepcopy__ __init_subclass__ __set_name__".split()
)
_ASKED = frozenset({"fget", "fset", "fdel", "isdatadescriptor"})


class CachedProperty:
    """A computed `@property` of attributes that `__init__` alone sets → `@cached_property`."""

    card = Card(
        id="cached-property",
        title="Compute a property once for each instance",
        rank=6,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.3,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "property of a title: a later read 3.2x / 3.2x / 2.8x [2.8, 2.9] / 2.0x / 2.2x; 10 reads of a new "
        "instance 1.2x / 1.2x / 1.0x [1.0, 1.1] / 1.1x / 1.1x, 3 reads 0.6x / 0.6x / 0.5x / 0.7x / 0.6x: "
        "the first read costs 0.3 to 0.7 us more",
        mechanism="The property is computed from attributes that never change after __init__; the value is kept in "
        "the instance after its first read.",
        hazard="Checked: the attributes are declared immutable and stored once, in __init__ alone, no class around it "
        "defines slots or attribute hooks, and nobody sets the property or asks whether it is one; remains: an "
        "attribute that is no such thing as declared; vars(), pickles and copies of an instance now hold the value, "
        "and setting it no longer fails.",
    )
    examples = (
        Example(
            before='''\
class Person:
    def __init__(self, first: str, last: str):
        self.first = first
        self.last = last

    @property
    def name(self):
        """Both names."""
        return f"{self.first} {self.last}".title()
''',
            after='''\
from functools import cached_property


class Person:
    def __init__(self, first: str, last: str):
        self.first = first
        self.last = last

    @cached_property
    def name(self):
        """Both names."""
        return f"{self.first} {self.last}".title()
''',
        ),
        Example(
            before="class Counter:\n    def __init__(self):\n        self.count = 0\n\n    def add(self):\n"
            "        self.count += 1\n\n    @property\n    def text(self):\n        return str(self.count)\n",
            after=None,
            because="the attribute is set outside __init__, so a kept value would be stale",
        ),
        Example(
            before="class Bag:\n    def __init__(self, items):\n        self.items = items\n\n    @property\n"
            "    def size(self):\n        return len(self.items)\n",
            after=None,
            because="nothing says that the items do not change",
        ),
        Example(
            before="class Point:\n    __slots__ = ('x',)\n\n    def __init__(self, x: int):\n        self.x = x\n\n"
            "    @property\n    def twice(self):\n        return self.x * 2\n",
            after=None,
            because="an instance with slots has no dict to keep the value in",
        ),
        Example(
            before="class Word:\n    def __init__(self, text: str):\n        self.text = text\n\n"
            "    def reset(self):\n        self.__init__('')\n\n    @property\n    def size(self):\n"
            "        return len(self.text)\n",
            after=None,
            because="an instance may be initialised again",
        ),
        Example(
            before="class Base:\n    def __init__(self, x: int):\n        self.x = x\n\n    @property\n"
            "    def twice(self):\n        return self.x * 2\n\n\nclass Child(Base):\n    @property\n"
            "    def twice(self):\n        return self.x * 4\n",
            after=None,
            because="it is overridden, and an inherited value would hide the override",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every property that can be kept."""
        for function in functions(module):
            if _is_licensed(function, module, project):
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(function_request(function.key),),
                    node_path="",
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Ask for three equal reads of each instance, and for more to be saved than first reads will cost."""
        seen = exposure(profile, site.key)
        fact = facts.functions.get(site.requests[0].id)
        if seen is None or fact is None:
            return Veto(reason="the property was not sampled, or no read of it was recorded")
        if not fact.receivers or fact.receivers >= _COUNTED_RECEIVERS or fact.calls < MIN_READS * fact.receivers:
            return Veto(reason=f"{fact.calls} reads of {fact.receivers} instances, fewer than {MIN_READS} each")
        if not fact.consistent_by_receiver or not fact.results_immutable:
            return Veto(reason="one instance gave different, mutable or no values")
        saved_s = (fact.calls - fact.receivers) * (seen.total_s / fact.calls - _LATER_READ_S)
        share = seen.share * (saved_s - fact.receivers * _FIRST_READ_S) / seen.total_s
        if share <= 0:
            return Veto(reason=f"keeping it costs more than {fact.calls} reads of {fact.receivers} instances save")
        return Choice(
            expected_share=min(share, 1.0),
            evidence=f"facts:calls={fact.calls} receivers={fact.receivers}; profile: {seen.text}",
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits.

        Raises:
            NotSpliceable: the property is not as it was.
        """
        del choice
        function = function_at(module, site.key)
        if function is None or not _is_property(function.node, module):
            raise NotSpliceable(f"{site.key.place}: {site.key.qualname} is not there any more")
        kept = reach(project, module, function.node, package="functools", name="cached_property")
        if kept is None:
            raise NotSpliceable(f"{site.key.place}: no free name for cached_property")
        rewrite = Rewrite(module)
        add_imports(rewrite, module, kept)
        rewrite.replace(function.node.decorator_list[0], kept.expression)
        return rewrite.patch()


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    node, owner = function.node, function.owner
    if owner is None or function.is_local or not _is_property(node, module) or owner not in module.syntax.body:
        return False
    found = hierarchy(project).of(owner)
    family = hierarchy(project).family(found)
    if family is None or not all(_is_ordinary(member) for member in family):
        return False
    if _are_told_apart(project) or _may_change_class(family, project):
        return False
    if sum(member.binds(node.name) for member in family) != 1 or _is_set(node.name, project):
        return False
    if names(module).inside(owner).bindings[node.name] != [node]:
        return False
    kinds_of_reads = _reads(node, family, project)
    summary = summarise(Definition(module=module, node=node), project, Kind.UNKNOWN, kinds_of_reads)
    if summary.purity is not Purity.PURE or summary.result is not Kind.SCALAR or not kinds_of_reads:
        return False
    return reach(project, module, node, package="functools", name="cached_property") is not None


def _is_property(node: FunctionNode, module: Module) -> bool:
    decorators = node.decorator_list
    if not isinstance(node, ast.FunctionDef) or len(decorators) != 1 or len(parameters_of(node)) != 1:
        return False
    decorator = decorators[0]
    is_builtin = isinstance(decorator, ast.Name) and names(module).is_builtin("property", decorator)
    return is_builtin and isinstance(decorator, ast.Name) and decorator.id == "property" and node.name[:2] != "__"


def _is_ordinary(member: Class) -> bool:
    """Say whether instances of a class keep their attributes in a dict that nothing else looks after."""
    if member.node.keywords or stores.sets_unseen(member.module):
        return False
    if not all(_is_plain_dataclass(decorator, member.module) for decorator in member.node.decorator_list):
        return False
    return not any(member.binds(name) for name in _ODD_MEMBERS)


def _is_plain_dataclass(decorator: ast.expr, module: Module) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    is_slotted = any(keyword.arg in (None, "slots") for keyword in keywords)
    return names(module).dotted(named) == "dataclasses.dataclass" and not is_slotted


@once
def _are_told_apart(project: Project) -> bool:
    """Say whether something asks for the parts of properties, or whether an object is one."""
    for module in project.everything:
        if any(node.attr in _ASKED for node in nodes(module.syntax, ast.Attribute)):
            return True
        named = (node for node in nodes(module.syntax, ast.Name) if node.id in ("property", "isdatadescriptor"))
        above = parents(module)
        if any(not _makes_property(node, above[node]) for node in named if isinstance(node.ctx, ast.Load)):
            return True
    return False


def _makes_property(node: ast.Name, parent: ast.AST) -> bool:
    """Say whether `property` decorates, is called, or is derived from."""
    if isinstance(parent, FunctionNode):
        return node in parent.decorator_list
    return (isinstance(parent, ast.Call) and parent.func is node) or isinstance(parent, ast.ClassDef)


def _may_change_class(family: tuple[Class, ...], project: Project) -> bool:
    changes = stores.index(project).stores("__class__")
    return any(
        may_be_instance(change.receiver, change.module, member, project) for change in changes for member in family
    )


def _is_set(name: str, project: Project) -> bool:
    index = stores.index(project)
    return bool(index.stores(name)) or index.is_patched(name)


def _reads(node: FunctionNode, family: tuple[Class, ...], project: Project) -> Mapping[ast.AST, Kind]:
    """Return the kinds of the attributes of `self` that a property reads."""
    receiver = parameters_of(node)[0].arg
    reads = (
        part for part in own(node, ast.Attribute) if isinstance(part.value, ast.Name) and part.value.id == receiver
    )
    kinds_of = ((read, attribute_kind(read.attr, family, project)) for read in reads)
    return {read: kind for read, kind in kinds_of if kind is Kind.SCALAR}


RECIPE = CachedProperty()
