"""Have the garbage collector look less often, from where a program starts, when it takes a share of the run."""

import ast
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import PurePosixPath

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of
from agents.recipes.imports import add_import, reach_module
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import explicit_imports
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MIN_SHARE = 0.05
"""Part of the workload's CPU time spent collecting below which nothing is gained (docs/recipes.md)."""
THRESHOLD = 10_000
"""More new containers than freed ones before the collector looks; of 700, 10000, 50000 and 100000 none was better on
any interpreter: with more, dead cycles fall out of the processor's cache before they are used again."""
_SAVED = 0.5
"""Part of the collections' time that is not spent any more (see the card's cost note)."""

_WATCHERS = frozenset({"gc", "tracemalloc", "weakref"})
_MAIN = "__main__"


class CollectLess:
    """`if __name__ == "__main__":` → the same, with `gc.set_threshold(10_000)` first."""

    card = Card(
        id="collect-less",
        title="Collect garbage less often from the program's start",
        rank=32,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, 200000 "
        "dicts with lists made and kept 2.0x / 1.8x / 2.0x [1.9, 2.3] / 2.0x / 1.2x, 20000 of them 1.1x / 1.2x / 1.1x "
        "[1.1, 1.2] / 1.2x / 1.1x; nothing where cycles are made and dropped: 1.0x / 1.0x / 1.0x [0.9, 1.0] / 1.0x / "
        "1.0x; gc.freeze() gave nothing on top",
        mechanism="Each collection of the young looks at every container made since the last one, and those of the "
        "old at all of them; most programs that make many keep them, so nothing is found.",
        hazard="Checked: the place is where the program starts, and no code of the project has finalizers, weak "
        "references or a collector setting of its own; remains: libraries may have them, and cyclic garbage is held "
        "until 10000 containers are new, which the measured peak shows.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
import json
import sys


def main(path):
    with open(path) as file:
        return json.load(file)


if __name__ == "__main__":
    main(sys.argv[1])
""",
            after="""\
import gc
import json
import sys


def main(path):
    with open(path) as file:
        return json.load(file)


if __name__ == "__main__":
    gc.set_threshold(10_000)
    main(sys.argv[1])
""",
        ),
        Example(
            before="def main():\n    return [[n] for n in range(100000)]\n\n\nmain()\n",
            after=None,
            because="who imports the module has a collector of their own to decide on",
        ),
        Example(
            before="""\
import gc


def main():
    gc.disable()


if __name__ == "__main__":
    main()
""",
            after=None,
            because="the program sets its collector itself",
        ),
        Example(
            before="""\
class Connection:
    def __del__(self):
        self.close()


if __name__ == "__main__":
    Connection()
""",
            after=None,
            because="a finalizer would run later",
        ),
        Example(
            before="""\
import weakref

known = weakref.WeakValueDictionary()

if __name__ == "__main__":
    print(len(known))
""",
            after=None,
            because="dead objects would be found in the dictionary for longer",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield the place where a module starts as a program."""
        start = _start(module)
        if start is not None and not _watches(project) and can_be_made(partial(_patch, start, module, project)):
            yield Site(
                recipe=self.card.id,
                key=FunctionKey(file=module.file, first_line=1, qualname="<module>"),
                module=module.file,
                line=start.lineno,
                requests=(),
                node_path=f"{place_of(start)}\n{module.name}",
            )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the workload is this program and collecting takes its share."""
        del facts
        _, _, name = site.node_path.partition("\n")
        if not _is_started_by(profile.command.argv, site.module, name):
            return Veto(reason=f"the workload does not start {site.module}")
        whole_s, now = profile.cpu_sampled_s, profile.gc.threshold[0]
        share = min(1.0, profile.gc.pause_s / whole_s) if whole_s > 0 else 0.0
        if share < MIN_SHARE:
            return Veto(reason=f"collecting took {share:.1%} of the CPU time, less than {MIN_SHARE:.0%}")
        if not 0 < now < THRESHOLD:
            return Veto(reason=f"the collector looks after {now} containers already")
        evidence = f"profile:gc_share={share:.4f} collections={sum(profile.gc.collections)} threshold={now}"
        return Choice(expected_share=share * _SAVED, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Set the threshold before anything else is done."""
        del choice
        start = _start(module)
        if start is None or _watches(project):
            raise NotSpliceable(f"{module.file}:{site.line}: no program starts here, or its collector is watched")
        return _patch(start, module, project)


RECIPE = CollectLess()


def _start(module: Module) -> ast.stmt | None:
    """Return the first statement that runs only when the module is the program; None when there is none."""
    guards = [statement for statement in module.syntax.body if _is_guard(statement, module)]
    if len(guards) == 1 and isinstance(guards[0], ast.If):
        return guards[0].body[0]
    if guards or PurePosixPath(module.file).name != f"{_MAIN}.py":
        return None
    last = module.syntax.body[-1] if module.syntax.body else None
    return last if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None


def _is_guard(statement: ast.stmt, module: Module) -> bool:
    """Say whether it is `if __name__ == "__main__":`."""
    test = statement.test if isinstance(statement, ast.If) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    is_main = any(isinstance(side, ast.Constant) and side.value == _MAIN for side in sides)
    return named and is_main and not names(module).bindings("__name__")


@once
def _watches(project: Project) -> bool:
    """Say whether any file notices when garbage is collected, or may."""
    return any(
        not _WATCHERS.isdisjoint(explicit_imports(module))
        or ("__del__" in module.text and any(map(_is_finalizer, walk(module.syntax))))
        for module in project.everything
    )


def _is_finalizer(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name == "__del__"
    return isinstance(node, ast.Name | ast.Attribute | ast.Constant) and "__del__" in (
        getattr(node, "id", ""),
        getattr(node, "attr", ""),
        getattr(node, "value", ""),
    )


def _is_started_by(argv: Sequence[str], file: str, name: str) -> bool:
    """Say whether a command runs a file of the project as the program: `python file`, `python -m name`."""
    for argument, value in pairwise((*argv[1:], "")):
        if argument == "-m":
            return value in (name, name.removesuffix(f".{_MAIN}"))
        if not argument.startswith("-"):
            return _is_file(PurePosixPath(argument), PurePosixPath(file))
    return False


def _is_file(given: PurePosixPath, file: PurePosixPath) -> bool:
    """Say whether a script's path, which may be absolute or name a folder with a `__main__.py`, is a file's."""
    if given == file or (file.stem == _MAIN and given == file.parent):
        return True
    return given.is_absolute() and given.parts[-len(file.parts) :] == file.parts


def _patch(start: ast.stmt, module: Module, project: Project) -> Patch:
    place = next((node for node in walk(start) if isinstance(node, ast.expr)), None)
    reached = reach_module(project, module, place, package="gc") if place is not None else None
    if reached is None or reached.line is None:
        raise NotSpliceable(f"{module.file}:{start.lineno}: the name gc is taken")
    rewrite = Rewrite(module)
    rewrite.insert_before(start, f"{reached.expression}.set_threshold({THRESHOLD:_})")
    add_import(rewrite, module, reached.line)
    return rewrite.patch()
