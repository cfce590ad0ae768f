"""Take what a folder says of its entries: `os.path.isfile` asks the file system again for each of them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_ENTRIES = 1000
"""Fewer entries save less than a few milliseconds."""
_ENTRY_S = 2.4e-6
"""What asking for one entry costs (see the card's cost note)."""

_TESTS = {"os.path.isfile": "is_file", "os.path.isdir": "is_dir"}
_QUIET_METHODS = frozenset("casefold endswith isalpha isdigit lower lstrip rstrip startswith strip upper".split())
_Listing = ast.ListComp | ast.SetComp


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """One comprehension over `os.listdir(folder)`.

    Attributes:
        node: the comprehension; call: of `os.listdir`; entry: its target.
        tests: calls of `os.path.isfile` or `isdir` with the entry's path, and the method that says the same.
    """

    node: _Listing
    call: ast.Call
    entry: ast.Name
    tests: Mapping[ast.Call, str]


class FolderFiles:
    """`[n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))]` → names of `os.scandir(d)`."""

    card = Card(
        id="folder-files",
        title="Take the kind of entries from the folder",
        rank=46,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, 15 interleaved pairs of CPU time, a folder of 300 files, CPython 3.9, 3.10, 3.11, "
        "3.12, 3.13: 6.8x, 7.4x, 6.6x, 7.0x, 6.2x; 2.5 to 3.3 us an entry",
        mechanism="A folder is read with the kind of each entry; os.path.isfile and os.path.isdir ask the file system "
        "once more for each. Symbolic links are asked for as before.",
        hazard="Checked: the same folder is listed and joined, and nothing else runs between the entries; remains: in "
        "a folder that may be listed but not entered, entries count as what the folder says they are, and what is no "
        "path at all is refused in other words.",
    )
    examples = (
        Example(
            before="""\
import os


def files(folder):
    return sorted([name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name))])  # no folders
""",
            after="""\
import os


def files(folder):
    return sorted([name.name for name in \
list(os.scandir(os.fspath(folder))) if (os.path.isfile(name) if name.is_symlink() \
else name.is_file())])  # no folders
""",
        ),
        Example(
            before="""\
import os
from os.path import isdir, join


def below(top):
    return {join(top, n) for n in os.listdir(top) if not n.startswith(".") and isdir(join(top, n))}
""",
            after="""\
import os
from os.path import isdir, join


def below(top):
    return {join(top, n.name) for n in list(os.scandir(os.fspath(top))) if not n.name.startswith(".") and \
(isdir(n) if n.is_symlink() else n.is_dir())}
""",
        ),
        Example(
            before="import os\n\n\ndef f(d):\n    return [n for n in os.listdir(d) if os.path.isfile(n)]\n",
            after=None,
            because="the name alone is looked for in the working directory",
        ),
        Example(
            before="""\
import os


def f(a, b):
    return [n for n in os.listdir(a) if os.path.isfile(os.path.join(b, n))]
""",
            after=None,
            because="another folder is asked",
        ),
        Example(
            before="""\
import os


def f(d, use):
    return [use(n) for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))]
""",
            after=None,
            because="what is called may change the folder while it is read",
        ),
        Example(
            before="""\
import os


def f(d):
    return (n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n)))
""",
            after=None,
            because="the folder may change between two names",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every comprehension that asks for the kind of each entry of a folder."""
        for function in functions(module) if "listdir" in module.text else ():
            for found in _listed(function.node, module, project):
                if can_be_made(lambda found=found: _patch(found, module)):  # type: ignore[misc]
                    yield site_at(
                        self.card.id,
                        function,
                        found.node,
                        module,
                        expression_request(module, found.call),
                        expression_request(module, found.call.args[0]),
                    )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many entries were asked for, of folders given by their paths."""
        listed, folder = (facts.expressions.get(request.id) for request in site.requests)
        entries = listed.total_len if listed else 0
        if entries < MIN_ENTRIES or folder is None:
            return Veto(reason=f"{entries} entries were listed, fewer than {MIN_ENTRIES}")
        others = sorted(kind for kind in folder.types if kind in ("int", "NoneType"))
        if others:
            return Veto(reason=f"a folder was given as {', '.join(others)}")
        share = function_share(profile, site.key, saved_s=entries * _ENTRY_S)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        return Choice(expected_share=share, evidence=f"facts:entries={entries} profile:share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Step through the folder's entries instead of their names.

        Raises:
            NotSpliceable: the comprehension does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _listed(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.node) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no folder is listed here")
        return _patch(same, module)


RECIPE = FolderFiles()


def _listed(function: FunctionNode, module: Module, project: Project) -> Iterator[_Listed]:
    if any(library.is_replaced(name, project) for name in ("os.scandir", "os.fspath", "os.path.join")):
        return
    listings: Sequence[_Listing] = own(function, ast.ListComp, ast.SetComp)
    for node in listings:
        generator = node.generators[0]
        if len(node.generators) != 1 or generator.is_async:
            continue
        call, entry = generator.iter, generator.target
        if not isinstance(call, ast.Call) or not isinstance(entry, ast.Name) or not _is_listdir(call, module, project):
            continue
        tests = dict(_tests(generator, call, entry, module, project))
        if tests and _is_quiet(node, tests, module, project):
            yield _Listed(node=node, call=call, entry=entry, tests=tests)


def _is_listdir(call: ast.Call, module: Module, project: Project) -> bool:
    """Say whether it is `os.listdir(folder)` of a local or a constant."""
    is_plain = len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name | ast.Constant)
    if not is_plain or not isinstance(call.func, ast.Attribute):
        return False
    known, folder = names(module), call.args[0]
    scope = known.resolve(folder.id, folder) if isinstance(folder, ast.Name) else None
    is_fixed = isinstance(folder, ast.Constant) or (scope is not None and scope is not known.top and not scope.is_class)
    is_list = known.is_builtin("list", call)
    return is_fixed and is_list and library.called(call, {"os.listdir"}, module, project) is not None


def _tests(
    generator: ast.comprehension, listing: ast.Call, entry: ast.Name, module: Module, project: Project
) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls that ask for the kind of `join(folder, entry)`, with the methods that know it."""
    for condition in generator.ifs:
        for node in walk(condition):
            asked = library.called(node, _TESTS, module, project) if isinstance(node, ast.Call) else None
            if not isinstance(node, ast.Call) or asked is None or len(node.args) != 1 or node.keywords:
                continue
            if _is_path(node.args[0], listing.args[0], entry, module, project):
                yield node, _TESTS[asked]


def _is_path(node: ast.expr, folder: ast.expr, entry: ast.Name, module: Module, project: Project) -> bool:
    if not isinstance(node, ast.Call) or node.keywords or len(node.args) != 2:
        return False
    is_entry = isinstance(node.args[1], ast.Name) and node.args[1].id == entry.id
    same_folder = ast.dump(node.args[0]) == ast.dump(folder)
    return is_entry and same_folder and library.called(node, {"os.path.join"}, module, project) is not None


def _is_quiet(node: _Listing, tests: Mapping[ast.Call, str], module: Module, project: Project) -> bool:
    """Say whether nothing but methods of str and joining of paths runs between two entries."""
    listing = node.generators[0].iter
    for part in walk(node):
        if isinstance(part, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.Lambda | ast.comprehension):
            if part is not node.generators[0]:
                return False
        elif isinstance(part, ast.Call) and part is not listing and part not in tests:
            is_joining = library.called(part, {"os.path.join"}, module, project) is not None
            if not is_joining and not _is_quiet_method(part.func, project):
                return False
    return True


def _is_quiet_method(called: ast.expr, project: Project) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in _QUIET_METHODS:
        return False
    return not is_defined_in_a_class(called.attr, project)


def _patch(found: _Listed, module: Module) -> Patch:
    written = source(module, found.node)
    if "#" in written or "\n" in written or not is_as_written(module, found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: the comprehension is spread over lines")
    rewrite = Rewrite(module)
    assert isinstance(found.call.func, ast.Attribute)
    owner = source(module, found.call.func.value)
    rewrite.replace(found.call, f"list({owner}.scandir({owner}.fspath({source(module, found.call.args[0])})))")
    inside = {part for test in found.tests for part in walk(test)}
    for test, method in found.tests.items():
        name, asks = found.entry.id, source(module, test.func)
        rewrite.replace(test, f"({asks}({name}) if {name}.is_symlink() else {name}.{method}())")
    for node in walk(found.node):
        is_entry = isinstance(node, ast.Name) and node.id == found.entry.id and node is not found.entry
        if isinstance(node, ast.Name) and is_entry and node not in inside:
            rewrite.replace(node, f"{node.id}.name")
    return rewrite.patch()
