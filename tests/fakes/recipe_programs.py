"""One-module projects, profiles with known shares, and what a program does when it is called: for recipe tests."""

import contextlib
import copy
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import GeneratorType

from agents.recipes._base import Choice, Recipe, Site, Veto
from agents.recipes.project import Module, Project, parse
from profiling.facts import ExpressionFacts, Facts, FunctionFacts, LoopFacts
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import FunctionProfile, GcTotals, ImportProfile, Profile

FILE = "app.py"
ANY = Choice(expected_share=0.1, evidence="a test")


def project_of(
    text: str, *, modules: Mapping[str, str] | None = None, readers: Mapping[str, str] | None = None
) -> Project:
    """Return a project of `app.py` and of further modules and readers, given by file."""
    sources = {FILE: text, **(modules or {})}
    tree = Tree(root=Path("/nowhere"), import_roots=(".",), packages=("app",), source_paths=(".",))
    return Project(
        tree=tree,
        modules={file: _module(file, source) for file, source in sources.items()},
        readers={file: _module(file, source) for file, source in (readers or {}).items()},
    )


def sites_of(recipe: Recipe, text: str, **others: Mapping[str, str]) -> list[Site]:
    """Return the sites of a recipe in `app.py`."""
    project = project_of(text, **others)
    return list(recipe.sites(project.modules[FILE], project))


def rewritten(recipe: Recipe, text: str, **others: Mapping[str, str]) -> str | None:
    """Return the text after the rewrite of the first site; None when there is none."""
    project = project_of(text, **others)
    module = project.modules[FILE]
    site = next(iter(recipe.sites(module, project)), None)
    if site is None:
        return None
    return recipe.rewrite(site, ANY, module, project).apply({FILE: text})[FILE]


def assert_examples_hold(recipe: Recipe) -> None:
    """Check that a recipe does with its examples what they say, once."""
    for example in recipe.examples:
        found = rewritten(recipe, example.before)
        assert found == example.after, example.because
        if found is not None:
            compile(found, FILE, "exec")
            assert rewritten(recipe, found) is None, "applied to its own result"
        else:
            assert example.because


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one call does: how it ends, what it gives or raises, its arguments afterwards, its output."""

    ending: str
    value: object
    arguments: object
    output: str


def behaviour(text: str, function: str, arguments: Sequence[object], *, drawn: int = 1000) -> Behaviour:
    """Call a function of a program on copies of the arguments; a generator is run, for at most `drawn` values."""
    namespace: dict[str, object] = {"__name__": "app"}
    exec(compile(text, FILE, "exec"), namespace)
    given, printed, yielded = copy.deepcopy(list(arguments)), io.StringIO(), []
    ending, value = "returned", None
    with contextlib.redirect_stdout(printed):
        try:
            value = namespace[function](*given)  # type: ignore[operator]
            if isinstance(value, GeneratorType):
                yielded.extend(one for _, one in zip(range(drawn), value, strict=False))
                value = None
        except Exception as error:  # noqa: BLE001  # the program may raise anything
            ending, value = type(error).__name__, error.args
    return Behaviour(ending=ending, value=repr((value, yielded)), arguments=repr(given), output=printed.getvalue())


def profile_of(
    functions: Mapping[FunctionKey, float] | None = None,
    *,
    imports: tuple[ImportProfile, ...] = (),
    whole_s: float = 1.0,
) -> Profile:
    """Return a profile with these CPU seconds by function, the rest of `whole_s` spent elsewhere."""
    given = dict(functions or {})
    rest = FunctionKey(file="rest.py", first_line=1, qualname="rest")
    given[rest] = max(0.0, whole_s - sum(given.values()))
    usage = RunUsage(wall_s=whole_s, cpu_s=whole_s, max_rss_mib=50.0, exit_code=0)
    return Profile(
        schema_version=1,
        tree_id="0" * 40,
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python", version=(3, 11, 0)),
        baseline=(usage, usage, usage),
        time_pass=usage,
        memory_pass=None,
        cpu_covered_s=whole_s,
        samples=1000,
        functions=tuple(_function(key, seconds) for key, seconds in given.items() if seconds),
        imports=imports,
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
    )


def expression_facts(identity: str, **changed: object) -> ExpressionFacts:
    """Return facts of an expression seen 1000 times as a list of 100 integers, but for what is changed."""
    seen: dict[str, object] = {
        "evaluations": 1000,
        "types": {"list": 1000},
        "max_len": 100,
        "total_len": 100_000,
        "elements_hashable": True,
    }
    return ExpressionFacts(id=identity, **{**seen, **changed})  # type: ignore[arg-type]


def facts_of(*seen: ExpressionFacts | LoopFacts | FunctionFacts) -> Facts:
    """Return the facts of one run."""
    return Facts(
        functions={fact.id: fact for fact in seen if isinstance(fact, FunctionFacts)},
        loops={fact.id: fact for fact in seen if isinstance(fact, LoopFacts)},
        expressions={fact.id: fact for fact in seen if isinstance(fact, ExpressionFacts)},
    )


def reason_of(decision: Choice | Veto) -> str:
    """Return why the facts spoke against a site."""
    assert isinstance(decision, Veto), decision
    return decision.reason


def _module(file: str, text: str) -> Module:
    name = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return parse(text, file, name)


def _function(key: FunctionKey, seconds: float) -> FunctionProfile:
    samples = int(seconds * 1000)
    return FunctionProfile(
        key=key, cpu_self_s=seconds, cpu_total_s=seconds, samples_self=samples, samples_total=samples, calls=10
    )
