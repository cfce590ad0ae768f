"""Step through a file instead of the list of all its lines."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.file_reads import is_reading_open
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own, own_calls
from agents.recipes.gains import memory_share
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing, is_made_here
from agents.recipes.requests import container_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import ends_at_once, reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LINES = 10_000
"""Most lines of a file seen below which the memory does not matter (docs/recipes.md)."""
_LINE_BYTES = 100.0
"""Of a slot in the list and a str of 40 characters."""

_FORGIVING = frozenset({"backslashreplace", "ignore", "replace", "surrogateescape"})
_LEAVING = (ast.Break, ast.Return)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """One `file.readlines()` that is stepped through at once: the call, and the loop or comprehension around it."""

    call: ast.Call
    around: ast.For | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    opened: ast.Call


class FileLines:
    """`for line in file.readlines():` → `for line in file:`."""

    card = Card(
        id="file-lines",
        title="Step through a file instead of a list of its lines",
        rank=44,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.8,
        cost_note="measured 2026-11, 50000 lines of 40 characters: traced peak 4.7 MiB before, 21 KiB after on "
        "CPython 3.9 to 3.11 (4.3 MiB on 3.12 and 3.13); CPU time of 15 pairs: 2.5x on 3.9, 2.1x on 3.10, 2.3x [2.3, "
        "2.4] on 3.11, 2.3x on 3.12, 2.0x on 3.13",
        mechanism="readlines() holds every line of the file at once; the file itself gives one at a time.",
        hazard="Checked: the file was opened for reading in the same function, nothing else uses it from then on, and "
        "what is done with a line changes local values alone, which nobody sees after an exception; remains: of a "
        "file that can't be decoded and has a line the loop refuses, the first of both errors is raised.",
    )
    examples = (
        Example(
            before="""\
def total(path):
    found = 0
    with open(path, encoding="utf-8") as file:
        for line in file.readlines():  # one number each
            found = found + int(line)
    return found
""",
            after="""\
def total(path):
    found = 0
    with open(path, encoding="utf-8") as file:
        for line in file:  # one number each
            found = found + int(line)
    return found
""",
        ),
        Example(
            before="""\
def names(path):
    with open(path) as file:
        file.readline()
        return [line.strip() for line in file.readlines() if line.strip()]
""",
            after="""\
def names(path):
    with open(path) as file:
        file.readline()
        return [line.strip() for line in file if line.strip()]
""",
        ),
        Example(
            before="""\
def show(path):
    with open(path) as file:
        for line in file.readlines():
            print(line)
""",
            after=None,
            because="lines would be printed before a later one turns out not to be readable",
        ),
        Example(
            before="""\
def rewrite(path, clean):
    with open(path) as file:
        for line in file.readlines():
            clean(path, line)
""",
            after=None,
            because="what is called may change the file while it is read",
        ),
        Example(
            before="""\
def find(path, word):
    with open(path) as file:
        for line in file.readlines():
            if word in line:
                return line
    return None
""",
            after=None,
            because="behind the line that is found another may not be readable",
        ),
        Example(
            before="""\
def lines(path):
    with open(path) as file:
        return [line for line in file.read().splitlines()]
""",
            after=None,
            because="splitlines ends lines at more characters than a file does",
        ),
        Example(
            before="""\
def count(path):
    found = {}
    try:
        with open(path) as file:
            for line in file.readlines():
                found[line] = len(line)
    except UnicodeDecodeError:
        print("not text")
    return found
""",
            after=None,
            because="after an error the lines before it would be seen",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every `readlines()` that is stepped through at once."""
        for function in functions(module) if "readlines" in module.text else ():
            for found in _steps(function.node, module, project):
                yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when a file was long and its function has a part in the peak."""
        seen = next((facts.containers[one.id] for one in site.requests if one.id in facts.containers), None)
        if seen is None:
            return Veto(reason="the file was not seen being read")
        longest = max((*seen.sizes, seen.max_size or 0))
        if longest < MIN_LINES:
            return Veto(reason=f"the file had at most {longest} lines, less than {MIN_LINES}")
        share = memory_share(profile, site.key, saved_bytes=longest * _LINE_BYTES)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} has no part in the peak that the memory pass saw")
        evidence = f"facts:reads={seen.made} max_lines={longest} profile:peak_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the file in the place of its lines."""
        del choice
        function = function_at(module, site.key)
        found = _steps(function.node, module, project) if function else iter(())
        same = next((one for one in found if _place(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no lines of a file are stepped through here")
        rewrite, method = Rewrite(module), same.call.func
        assert isinstance(method, ast.Attribute)
        rewrite.replace(same.call, source(module, method.value))
        return rewrite.patch()


RECIPE = FileLines()


def _steps(function: FunctionNode, module: Module, project: Project) -> Iterator[_Steps]:
    """Yield the calls whose list nobody would miss."""
    if reads_its_frame(function, module):
        return
    for node in own_calls(function, "readlines"):
        name = _read_file(node)
        found = _stepped(node, module) if name else None
        if found is None or "#" in source(module, node):
            continue
        opened = _opened(name, function, module)
        if opened is None or not is_as_written(module, node) or not _is_last_use(name, node, function, module):
            continue
        steps = _Steps(call=node, around=found, opened=opened)
        if _shows_nothing(steps, function, module, project):
            yield steps


def _read_file(node: ast.Call) -> str:
    """Return the name in `name.readlines()`."""
    if node.args or node.keywords:
        return ""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else ""


def _stepped(
    call: ast.Call, module: Module
) -> ast.For | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | None:
    """Return the loop or comprehension that steps through the lines at once."""
    above = parents(module)
    parent = above[call]
    if isinstance(parent, ast.For):
        return parent if parent.iter is call else None
    if not isinstance(parent, ast.comprehension) or parent.iter is not call or parent.is_async:
        return None
    around = above[parent]
    assert isinstance(around, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    known = names(module)
    at_once = ends_at_once((around, above[around]), lambda name: known.is_builtin(name, call))
    return around if around.generators[0] is parent and at_once else None


def _opened(name: str, function: FunctionNode, module: Module) -> ast.Call | None:
    """Return the `open(…)` of `with open(…) as name:` when that alone binds the name."""
    known = names(module)
    if len(known.bindings(name, known.inside(function))) != 1:
        return None
    for node in own(function, ast.With):
        for item in node.items:
            is_named = isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
            if is_named and isinstance(item.context_expr, ast.Call) and is_reading_open(item.context_expr, module):
                return item.context_expr
    return None


def _is_last_use(name: str, call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Say whether the file is only read by lines before the call, and by nobody after it."""
    above = parents(module)
    loads = (
        node
        for node in walk(function)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    )
    for node in loads:
        method = above[node]
        if isinstance(method, ast.Attribute) and above[method] is call:
            continue
        is_line = isinstance(method, ast.Attribute) and method.attr == "readline"
        if not is_line or not isinstance(above[above[method]], ast.Expr | ast.Assign) or node.lineno >= call.lineno:
            return False
    return True


def _shows_nothing(steps: _Steps, function: FunctionNode, module: Module, project: Project) -> bool:
    """Say whether reading a line later shows nowhere: neither in what is done before, nor after an exception."""
    around = steps.around
    prints = any(isinstance(node, ast.Name) and node.id == "print" for node in walk(around))
    leaves = any(isinstance(node, _LEAVING) for node in walk(around))
    if prints or (leaves and not _never_fails(steps.opened)):
        return False
    if isinstance(around, ast.GeneratorExp) and not _reads_all(around, module) and not _never_fails(steps.opened):
        return False
    besides = frozenset[ast.AST]((steps.call,))
    quiet = changes_nothing(around, function, module, project, besides)
    return quiet and not _is_watched(steps, function, module) and not _is_handed_out(around, function, module)


def _reads_all(around: ast.GeneratorExp, module: Module) -> bool:
    """Say whether what takes the generator's values takes all of them."""
    call = parents(module)[around]
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id not in ("all", "any", "next")


def _is_watched(steps: _Steps, function: FunctionNode, module: Module) -> bool:
    """Say whether code of the function may run after an exception in the loop."""
    above, node = parents(module), parents(module)[steps.call]
    while node is not function:
        if isinstance(node, ast.Try | ast.AsyncWith | ast.Lambda):
            return True
        if isinstance(node, ast.With) and any(_is_unknown(item.context_expr, module) for item in node.items):
            return True
        node = above[node]
    return False


def _is_handed_out(around: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Say whether a container that the loop may fill is held by others before the loop is done."""
    above, known = parents(module), names(module)
    filled = {node.id for node in walk(around) if isinstance(node, ast.Name)}
    filled = {name for name in filled if is_made_here(function, name, module)}
    inside, last = set(walk(around)), _end_of_repetition(around, function, module)
    loads = (node for node in walk(function) if isinstance(node, ast.Name) and node.id in filled)
    for node in loads:
        if not isinstance(node.ctx, ast.Load) or node in inside:
            continue
        is_own_scope = known.scope(node) is known.inside(function)
        if not is_own_scope or (node.lineno <= last and not isinstance(above[node], ast.Attribute | ast.Subscript)):
            return True
    return False


def _end_of_repetition(around: ast.AST, function: FunctionNode, module: Module) -> int:
    """Return the last line that may run before the loop does: its own first, or the last of the loops around it."""
    above, node, last = parents(module), around, getattr(around, "lineno", 0)
    while node is not function:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While) and node is not around:
            last = max(last, node.end_lineno or 0)
        node = above[node]
    return int(last)


def _is_unknown(context: ast.expr, module: Module) -> bool:
    return not isinstance(context, ast.Call) or not is_reading_open(context, module)


def _never_fails(opened: ast.Call) -> bool:
    """Say whether every byte can be read: bytes, one-byte text, or text with a rule for what can't be decoded."""
    given = {keyword.arg: keyword.value for keyword in opened.keywords}
    mode = opened.args[1] if len(opened.args) > 1 else given.get("mode")
    values = {name: value.value for name, value in given.items() if isinstance(value, ast.Constant)}
    if isinstance(mode, ast.Constant) and "b" in str(mode.value):
        return True
    return values.get("errors") in _FORGIVING or values.get("encoding") in ("latin-1", "latin1", "iso-8859-1")


def _place(found: _Steps) -> str:
    return f"{found.call.lineno}:{found.call.col_offset}"


def _site(function: Function, found: _Steps, module: Module) -> Site:
    return Site(
        recipe=FileLines.card.id,
        key=function.key,
        module=module.file,
        line=found.call.lineno,
        requests=(container_request(module, found.call),),
        node_path=_place(found),
    )
