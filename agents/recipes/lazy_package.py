"""Import a package's submodules when one of the names it offers from them is first asked for."""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.deferral import bound_name, eager_importers
from agents.recipes.expression_sites import can_be_made
from agents.recipes.import_costs import chosen, costly_line, imported_all_the_same
from agents.recipes.lazy_exports import LazyExport, lazy_exports
from agents.recipes.project import Module, Project
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, line_start
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

_FILE = "shop/__init__.py"
_OTHERS = (
    ("shop/orders.py", "class Order:\n    pass\n"),
    ("shop/prices.py", "class Price:\n    pass\n\n\ndef total(prices):\n    return sum(prices)\n"),
)


class LazyPackage:
    """`from .child import name` in an `__init__.py` → the same in the package's `__getattr__`."""

    card = Card(
        id="lazy-package",
        title="Import submodules when their names are asked for",
        rank=64,
        domain=Domain.STRUCTURE,
        dimension=Dimension.IMPORT_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "importing a package with a submodule of 100 classes that nothing asks for 12x / 12x / 12x [10, 17] / 14x / "
        "17x; with one name of it asked for no difference (0.9x [0.9, 1.0] on 3.11)",
        mechanism="A package that imports all of its submodules makes every program pay for all of them; with "
        "`__getattr__` one is imported when a name from it is first asked for.",
        hazard="Checked: the names are in `__all__`, no file of the package takes them from it, nobody replaces them, "
        "and the imports have no other effect; remains: `dir` and `vars` of the package don't show them before, type "
        "checkers see names without a type, and errors of the import are raised where a name is first asked for.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
\"\"\"A shop.\"\"\"

from .orders import Order
from .prices import Price, total as total_of

__all__ = ["Order", "Price", "total_of"]
EMPTY = Order()
""",
            after="""\
\"\"\"A shop.\"\"\"

from .orders import Order

__all__ = ["Order", "Price", "total_of"]
EMPTY = Order()


def __getattr__(name):
    global Price, total_of

    if name in ("Price", "total_of"):
        from .prices import Price, total as total_of

        return {"Price": Price, "total_of": total_of}[name]
    if name == "prices":
        import shop.prices

        return shop.prices
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
""",
            file=_FILE,
            others=_OTHERS,
        ),
        Example(
            before="from .prices import Price\n\n__version__ = 1\n",
            after=None,
            because="without `__all__`, `from shop import *` would not find the name",
            file=_FILE,
            others=_OTHERS,
        ),
        Example(
            before='from .prices import Price\n\n__all__ = ["Price"]\n',
            after=None,
            because="a file of the package takes the name from it",
            file=_FILE,
            others=(*_OTHERS, ("shop/bills.py", "from . import Price\n")),
        ),
        Example(
            before='from .prices import Price\n\n__all__ = ["Price"]\n',
            after=None,
            because="importing the submodule registers something",
            file=_FILE,
            others=(("shop/prices.py", "import codecs\n\ncodecs.register(len)\n\n\nclass Price:\n    pass\n"),),
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield the package when some of its imports are for others alone."""
        found = tuple(lazy_exports(module, project)) if module.file.endswith("__init__.py") else ()
        found = tuple(one for one in found if can_be_made(partial(_patch, (one,), module)))
        if found and can_be_made(partial(_patch, found, module)):
            yield Site(
                recipe=self.card.id,
                key=FunctionKey(file=module.file, first_line=found[0].statement.lineno, qualname="<module>"),
                module=module.file,
                line=found[0].statement.lineno,
                requests=(),
                node_path="\n".join(_described(one, module, project) for one in found),
            )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose the submodules that were costly and of no use."""
        del facts
        choices, reasons = dict[str, Choice](), list[str]()
        for row in site.node_path.split("\n"):
            child, first, last, *others = row.split(":")
            line = costly_line(replace(site, line=int(first)), int(last), profile)
            again = imported_all_the_same(others, profile)
            if isinstance(line, Veto) or again:
                reasons.append(f"{child}: {line.reason if isinstance(line, Veto) else again}")
            else:
                choices[child] = chosen(line, profile)
        if not choices:
            return Veto(reason="; ".join(reasons))
        return Choice(
            expected_share=min(1.0, sum(one.expected_share for one in choices.values())),
            evidence="; ".join(f"{child}: {one.evidence}" for child, one in choices.items()),
            parameters=tuple((child, 1) for child in choices),
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Move the imports into `__getattr__`."""
        asked = {child for child, _ in choice.parameters}
        found = tuple(one for one in lazy_exports(module, project) if one.child in asked)
        if not found:
            raise NotSpliceable(f"{module.file}:{site.line}: nothing is imported for others alone here")
        return _patch(found, module)


RECIPE = LazyPackage()


def _described(export: LazyExport, module: Module, project: Project) -> str:
    """Return the submodule, the lines of its import, and the files that import it too when they are imported."""
    statement = export.statement
    last_line = statement.end_lineno or statement.lineno
    others = (file for file in eager_importers(statement, module, project) if ":" not in file)
    return ":".join([export.child, str(statement.lineno), str(last_line), *others])


def _patch(found: Sequence[LazyExport], module: Module) -> Patch:
    rewrite, gone = Rewrite(module), {one.statement for one in found}
    for statement in gone:
        if "#" in module.text[line_start(module, statement.lineno) : end_of_lines(module, statement)]:
            raise NotSpliceable(f"{module.file}:{statement.lineno}: a comment stands beside the import")
    for statement in sorted(gone, key=lambda one: one.lineno):
        rewrite.remove(statement)
    kept = [statement for statement in module.syntax.body if statement not in gone]
    rewrite.insert_after(kept[-1], "\n\n" + "\n".join(_hook(found, module.name)))
    return rewrite.patch()


def _hook(found: Sequence[LazyExport], package: str) -> Iterator[str]:
    """Yield the lines of `__getattr__`.

    A submodule is imported under its whole name: `from . import child` would ask the package for it again.
    """
    everything = sorted(bound_name(alias) for one in found for alias in one.statement.names)
    yield "def __getattr__(name):"
    yield f"    global {', '.join(everything)}"
    yield ""
    for one in found:
        bound = sorted(bound_name(alias) for alias in one.statement.names)
        aliases = sorted(_written(alias) for alias in one.statement.names)
        yield f"    if name {_is_among(bound)}:"
        yield f"        from .{one.child} import {', '.join(aliases)}"
        yield ""
        yield f"        return {bound[0]}" if len(bound) == 1 else f"        return {_table(bound)}[name]"
    for child in sorted({child for one in found for child in one.loaded}):
        yield f'    if name == "{child}":'
        yield f"        import {package}.{child}"
        yield ""
        yield f"        return {package}.{child}"
    yield '    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")'


def _is_among(bound: Collection[str]) -> str:
    quoted = [f'"{name}"' for name in bound]
    return f"== {quoted[0]}" if len(quoted) == 1 else f"in ({', '.join(quoted)})"


def _table(bound: Sequence[str]) -> str:
    return "{" + ", ".join(f'"{name}": {name}' for name in bound) + "}"


def _written(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name
