"""Keep the hash of an instance whose attributes never change."""

import ast
from collections.abc import Iterator, Mapping
from functools import partial

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.expression_sites import can_be_made
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.instances import is_anything_reflected, may_be_instance, reflections
from agents.recipes.kinds import Kind
from agents.recipes.once import once
from agents.recipes.positions import Span
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, summarise
from agents.recipes.requests import class_request
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start, source
from agents.recipes.stored_attributes import attribute_kind
from agents.recipes.walking import nodes, walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_HASHES = 5
"""For each instance (see the card's cost note)."""
_KEPT_S, _FIRST_S = 0.08e-6, 0.14e-6
"""What a kept hash costs, and what keeping the first one costs more than computing it."""
_LOCAL = "kept"

_ODD_MEMBERS = frozenset(
    "__slots__ __getattr__ __getattribute__ __setattr__ __delattr__ __getstate__ __setstate__ __reduce__ __reduce_ex__"
    " __getnewargs__ __getnewargs_ex__ __dict__ __new__ __copy__ __deepcopy__ __replace__ __init_subclass__"
    " __set_name__ __class__ __dir__".split()
)


class KeptHash:
    """`__hash__` of attributes that only `__init__` sets → the same, computed once for each instance."""

    card = Card(
        id="kept-hash",
        title="Compute the hash of an instance once",
        rank=27,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.3,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a hash "
        "of 2 attributes: later ones 1.5x / 1.2x / 1.6x [1.6, 1.7] / 1.3x / 1.4x; a new instance hashed once 0.8x / "
        "0.9x / 0.9x / 0.8x / 0.8x, 5 times 1.2x / 1.1x / 1.2x / 1.1x / 1.1x, 20 times 1.4x / 1.3x / 1.5x / 1.3x / "
        "1.2x",
        mechanism="The attributes behind the hash never change after __init__, so the instance keeps it from the first "
        "time on.",
        hazard="Checked: the attributes are immutable and stored in __init__ alone, no class around it defines slots, "
        "attribute hooks or its own way to be copied, nobody reaches instances' dictionaries, and copies and pickles, "
        "which another process may read, leave the hash out; remains: memory for one more attribute of each instance, "
        "and subclasses elsewhere that forbid setting any.",
    )
    examples = (
        Example(
            before='''\
class Tag:
    def __init__(self, name: str, level: int):
        self.name = name
        self.level = level

    def __eq__(self, other):
        return isinstance(other, Tag) and (self.name, self.level) == (other.name, other.level)

    def __hash__(self):
        """Of both."""
        return hash((self.name, self.level))
''',
            after='''\
class Tag:
    def __init__(self, name: str, level: int):
        self.name = name
        self.level = level

    def __eq__(self, other):
        return isinstance(other, Tag) and (self.name, self.level) == (other.name, other.level)

    _hash = None

    def __hash__(self):
        """Of both."""
        kept = self._hash
        if kept is None:
            kept = self._hash = hash((self.name, self.level))
        return kept

    def __getstate__(self):
        state = self.__dict__.copy()
        state.pop("_hash", None)
        return state
''',
        ),
        Example(
            before="class Tag:\n    def __init__(self, name: str):\n        self.name = name\n\n"
            "    def rename(self, name):\n        self.name = name\n\n"
            "    def __hash__(self):\n        return hash(self.name)\n",
            after=None,
            because="the attribute is set outside __init__, so a kept hash would be stale",
        ),
        Example(
            before="class Tags:\n    def __init__(self, names):\n        self.names = names\n\n"
            "    def __hash__(self):\n        return hash(self.names)\n",
            after=None,
            because="nothing says that the names do not change",
        ),
        Example(
            before="class Tag:\n    def __init__(self, name: str):\n        self.name = name\n\n"
            "    def __eq__(self, other):\n        return self.__dict__ == other.__dict__\n\n"
            "    def __hash__(self):\n        return hash(self.name)\n",
            after=None,
            because="the dictionaries of two equal instances would differ",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every `__hash__` whose value can be kept."""
        for function in functions(module) if "__hash__" in module.text else ():
            if not _is_licensed(function, module, project):
                continue
            if function.owner is not None and can_be_made(partial(_patch, function, module, project)):
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(class_request(module, function.owner),),
                    node_path="",
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when instances are hashed again and again, and hashing shows."""
        spent = exposure(profile, site.key)
        seen = facts.classes.get(site.requests[0].id)
        if spent is None or seen is None or not seen.hash_calls or not seen.created:
            return Veto(reason="__hash__ was not sampled, or instances were not seen being made and hashed")
        calls, created = seen.hash_calls, seen.created
        if calls < MIN_HASHES * created:
            return Veto(reason=f"{calls} hashes of {created} instances, fewer than {MIN_HASHES} each")
        saved_s = (calls - created) * (spent.total_s / calls - _KEPT_S) - created * _FIRST_S
        share = spent.share * min(1.0, saved_s / spent.total_s)
        if share <= 0:
            return Veto(reason=f"a hash takes {spent.total_s / calls * 1e6:.2f} us: keeping it saves nothing")
        return Choice(expected_share=share, evidence=f"facts:hashes={calls} instances={created}; profile: {spent.text}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Keep the hash in the instance, and out of its copies."""
        del choice
        function = function_at(module, site.key)
        if function is None or _hashing(function.node, module) is None:
            raise NotSpliceable(f"{site.key.place}: no __hash__ of attributes stands here any more")
        return _patch(function, module, project)


RECIPE = KeptHash()


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    node, owner = function.node, function.owner
    if owner is None or owner not in module.syntax.body or _hashing(node, module) is None:
        return False
    if is_anything_reflected(project):
        return False
    if names(module).inside(owner).bindings["__hash__"] != [node]:
        return False
    found = hierarchy(project)
    family = found.family(found.of(owner))
    if family is None or not all(_is_ordinary(member) for member in family):
        return False
    reads = _reads(node, family, project)
    summary = summarise(Definition(module=module, node=node), project, Kind.UNKNOWN, reads)
    if summary.purity is not Purity.PURE or summary.result is not Kind.SCALAR or not reads:
        return False
    reached = ((one, member) for one in reflections(project) for member in family)
    return not any(may_be_instance(one.receiver, one.module, member, project) for one, member in reached)


def _hashing(node: FunctionNode, module: Module) -> ast.Return | None:
    """Return the only statement, behind a docstring, of a method that returns `hash(…)`."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    returned = body[0] if len(body) == 1 else None
    is_method = isinstance(node, ast.FunctionDef) and node.name == "__hash__" and not node.decorator_list
    if not is_method or len(parameters_of(node)) != 1 or not isinstance(returned, ast.Return):
        return None
    call = returned.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "hash":
        return None
    is_told = names(module).is_builtin("hash", call.func) and isinstance(call.args[0] if call.args else None, ast.expr)
    return returned if is_told else None


def _is_ordinary(member: Class) -> bool:
    """Say whether instances of a class keep whatever is stored on them in a dict that nothing else looks after."""
    if member.node.keywords or member.node.decorator_list:
        return False
    return not any(member.binds(name) for name in _ODD_MEMBERS)


def _reads(node: FunctionNode, family: tuple[Class, ...], project: Project) -> Mapping[ast.AST, Kind]:
    """Return the attributes of the receiver that are read, those that never change."""
    receiver = parameters_of(node)[0].arg
    found: dict[ast.AST, Kind] = {}
    for part in own(node, ast.Attribute):
        if not isinstance(part.value, ast.Name) or part.value.id != receiver:
            continue
        if attribute_kind(part.attr, family, project) is Kind.SCALAR:
            found[part] = Kind.SCALAR
    return found


@once
def _attributes(project: Project) -> frozenset[str]:
    """Return every attribute name that any file reads, sets, or names in a string or a class body."""
    found: set[str] = set(stores.index(project).by_name)
    for module in project.everything:
        found.update(node.attr for node in nodes(module.syntax, ast.Attribute))
        found.update(node.id for node in nodes(module.syntax, ast.Name))
        values = (node.value for node in nodes(module.syntax, ast.Constant))
        found.update(value for value in values if isinstance(value, str))
    return frozenset(found)


def _attribute_name(owner: ast.ClassDef, project: Project) -> str | None:
    """Return a name that means nothing yet anywhere."""
    candidates = ("_hash", f"_{owner.name.strip('_').lower()}_hash")
    return next((name for name in candidates if name not in _attributes(project)), None)


def _patch(function: Function, module: Module, project: Project) -> Patch:
    node, owner, returned = function.node, function.owner, _hashing(function.node, module)
    assert owner is not None
    assert returned is not None
    name = _attribute_name(owner, project)
    inside = {one.id for one in walk(node) if isinstance(one, ast.Name)} | {parameters_of(node)[0].arg}
    if name is None or _LOCAL in inside or returned.value is None:
        raise NotSpliceable(f"{function.key.place}: no free name to keep the hash under")
    receiver, hashed = parameters_of(node)[0].arg, source(module, returned.value)
    where = Span(start=line_start(module, returned.lineno), end=end_of_lines(module, returned))
    if "#" in module.text[where.start : where.end]:
        raise NotSpliceable(f"{function.key.place}: a comment stands beside the hash")
    kept = (
        f"{_LOCAL} = {receiver}.{name}\nif {_LOCAL} is None:\n    {_LOCAL} = {receiver}.{name} = {hashed}\n"
        f"return {_LOCAL}\n"
    )
    state = (
        f'\ndef __getstate__(self):\n    state = self.__dict__.copy()\n    state.pop("{name}", None)\n    return state'
    )
    rewrite, indent = Rewrite(module), indentation(module, returned)
    rewrite.insert_before(node, f"{name} = None\n\n")
    lines = "".join(f"{indent}{line}\n" for line in kept.splitlines())
    rewrite.replace_statement_parts(returned, [(where, lines)], ast.parse(kept).body)
    rewrite.insert_after(node, state)
    return rewrite.patch()
