"""Read a file once as long as it does not change."""

from collections.abc import Iterator, Sequence

from agents.model import Patch
from agents.recipes import library, memoisation, tables
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.file_reads import file_read
from agents.recipes.functions import Function, FunctionNode, function_at, functions
from agents.recipes.imports import Reached
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, Summary, summarise
from agents.recipes.requests import function_request
from agents.recipes.scope import parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_OPENS = 3
"""Opens per path (docs/recipes.md)."""
_STAMP_S = 2e-6
"""What asking for the file's stamp costs (2.0 us in all for a hit, see the card's cost note)."""
_PATH_TYPES = 0b11
"""The bits of str and bytes: an int would be an open file, which knows its own position."""
_SIZES = (8, 128)
_IMPORTS = (("functools", "lru_cache"), ("os", "stat"), ("time", "time_ns"))
_STAMP = "info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns"


class FileMemo:
    """A function that reads one file and computes from its text alone → the same, kept until the file changes."""

    card = Card(
        id="file-memo",
        title="Read a file again only after it has changed",
        rank=7,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.4,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "file of 200 bytes that did not change: 4.3x / 4.2x / 4.4x [4.2, 4.4] / 4.4x / 4.5x, 10 us; "
        "parsing it as well comes on top",
        mechanism="The same unchanged file is read and evaluated again and again; its stamp tells whether it is the "
        "same.",
        hazard="Checked: the result is computed from the file's text alone, and the key holds device, inode, size and "
        "both times, of files unchanged for two seconds; remains: file systems whose clock is more than two seconds "
        "off.",
    )
    examples = (
        Example(
            before='''\
def title(path):
    """First line of a document."""
    with open(path, encoding="utf-8") as file:
        return file.readline().strip()
''',
            after='''\
from functools import lru_cache
from os import stat
from time import time_ns


def title(path):
    """First line of a document."""
    if type(path) is str:
        try:
            info = stat(path)
        except (OSError, ValueError):
            return _title_uncached(path)
        if info.st_size and time_ns() - info.st_ctime_ns > 2_000_000_000:
            return _title_cached(path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
    return _title_uncached(path)


def _title_uncached(path):
    with open(path, encoding="utf-8") as file:
        return file.readline().strip()


@lru_cache(maxsize=8)
def _title_cached(path, *_stamp):
    return _title_uncached(path)
''',
            parameters=(("path", 1), (".size", 8)),
        ),
        Example(
            before="def save(path, text):\n    with open(path, 'w') as file:\n        return file.write(text)\n",
            after=None,
            because="it writes",
        ),
        Example(
            before="import json\n\n\ndef load(path):\n    with open(path) as file:\n        return json.load(file)\n",
            after=None,
            because="what it returns can be changed by one caller and seen by the next",
        ),
        Example(
            before="def both(first, second):\n    with open(first) as one, open(second) as two:\n"
            "        return one.read() + two.read()\n",
            after=None,
            because="it reads two files",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every function that reads the file it is given and computes from its text alone."""
        for function in functions(module) if "open(" in module.text else ():
            reading = file_read(function.node, module)
            if reading is not None and _is_licensed(function, module, project):
                others = (parameter.arg for parameter in parameters_of(function.node) if parameter.arg != reading.path)
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(function_request(function.key),),
                    node_path=",".join([reading.path, *others]),
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Ask for three opens of each path, no write between them, and for more time than asking for stamps takes."""
        seen = exposure(profile, site.key)
        fact = facts.functions.get(site.requests[0].id)
        if seen is None or fact is None:
            return Veto(reason="the function was not sampled, or no call of it was recorded")
        opens, paths = sum(fact.opened_files.values()), len(fact.opened_files)
        if opens < MIN_OPENS * max(paths, 1):
            return Veto(reason=f"{opens} opens of {paths} files, fewer than {MIN_OPENS} each")
        if fact.written_files or not fact.consistent:
            return Veto(reason="a file was changed between two reads, or the same arguments gave different results")
        masks = memoisation.type_masks(tuple(site.node_path.split(",")), fact)
        if masks is None or masks[0][1] & ~_PATH_TYPES:
            return Veto(reason="the path is not exactly str or bytes, or another argument not a plain value")
        call_s = seen.total_s / fact.calls
        share = seen.share * (1 - paths / opens - _STAMP_S / call_s)
        if share <= 0:
            return Veto(reason=f"a call takes {call_s * 1e6:.1f} us, too little to ask for the file's stamp")
        return Choice(
            expected_share=share,
            evidence=f"facts:opens={opens} files={paths} calls={fact.calls}; profile: {seen.text}",
            parameters=(*masks, (".size", _size(fact.distinct_arguments))),
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits.

        Raises:
            NotSpliceable: the function is not as it was.
        """
        function = function_at(module, site.key)
        reading = file_read(function.node, module) if function else None
        if function is None or reading is None:
            raise NotSpliceable(f"{site.key.place}: {site.key.qualname} is not there any more")
        node = function.node
        parts, reached = memoisation.part_names(node, module), _reached(node, module, project)
        if parts is None or reached is None:
            raise NotSpliceable(f"{site.key.place}: no free name for the cache")
        cache, stat, time_ns = reached
        masks = dict(choice.parameters)
        size = masks.pop(".size")
        arguments = ", ".join(parameter.arg for parameter in parameters_of(node))
        copied = "" if _summary(function, module, project).result is Kind.SCALAR else ".copy()"
        typed = ", typed=True" if memoisation.is_typed(masks) else ""
        rewrite = Rewrite(module)
        memoisation.add_imports(rewrite, module, *reached)
        memoisation.split(
            rewrite,
            node,
            module,
            guard=f"if {memoisation.condition(masks)}:\n    try:\n        info = {stat.expression}({reading.path})\n"
            f"    except (OSError, ValueError):\n        return {parts.uncached}({arguments})\n"
            f"    if info.st_size and {time_ns.expression}() - info.st_ctime_ns > 2_000_000_000:\n"
            f"        return {parts.cached}({arguments}, {_STAMP}){copied}\nreturn {parts.uncached}({arguments})\n",
            uncached=parts.uncached,
            tail=f"@{cache.expression}(maxsize={size}{typed})\ndef {parts.cached}({arguments}, *_stamp):\n"
            f"    return {parts.uncached}({arguments})",
        )
        return rewrite.patch()


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    if not memoisation.is_plain(function, module, project):
        return False
    if memoisation.part_names(function.node, module) is None or _reached(function.node, module, project) is None:
        return False
    if {"info", "_stamp"} & {parameter.arg for parameter in parameters_of(function.node)}:
        return False
    if library.is_builtin_replaced("open", project):
        return False
    if tables.is_taken("setlocale", project):  # it would change how text files are decoded
        return False
    summary = _summary(function, module, project)
    is_copied = summary.result is Kind.FLAT and memoisation.container(function.node, module)
    return summary.purity is Purity.PURE and (summary.result is Kind.SCALAR or is_copied)


def _summary(function: Function, module: Module, project: Project) -> Summary:
    reading = file_read(function.node, module)
    assert reading is not None
    return summarise(Definition(module=module, node=function.node), project, assume=reading.kinds)


def _reached(node: FunctionNode, module: Module, project: Project) -> Sequence[Reached] | None:
    found = [memoisation.import_of(package, name, node, module, project) for package, name in _IMPORTS]
    reached = [one for one in found if one is not None]
    return reached if len(reached) == len(found) else None


def _size(distinct: int) -> int:
    smallest, largest = _SIZES
    return min(largest, max(smallest, 1 << (2 * distinct - 1).bit_length()))


RECIPE = FileMemo()
