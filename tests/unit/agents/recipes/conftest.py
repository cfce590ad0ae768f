"""Small projects held in memory, and profiles of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agents.recipes.project import Module, Project, parse
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import FunctionProfile, GcTotals, ImportProfile, Profile

Parsed = tuple[Module, Project]


@pytest.fixture(scope="session")
def parsed() -> Callable[..., Parsed]:
    """Return a function that parses `mod.py` with further modules and readers, by file."""

    def make(text: str, others: Mapping[str, str] | None = None, readers: Mapping[str, str] | None = None) -> Parsed:
        tree = Tree(root=Path("/nowhere"), import_roots=(".",), packages=("mod",), source_paths=(".",))
        modules = {file: _module(file, source) for file, source in {"mod.py": text, **(others or {})}.items()}
        reading = {file: _module(file, source) for file, source in (readers or {}).items()}
        return modules["mod.py"], Project(tree=tree, modules=modules, readers=reading)

    return make


@pytest.fixture(scope="session")
def profile_of() -> Callable[..., Profile]:
    """Return a function that makes a profile of functions with (key, cpu seconds) of a workload of 10 CPU seconds."""

    def make(*functions: tuple[FunctionKey, float], imports: tuple[ImportProfile, ...] = ()) -> Profile:
        usage = RunUsage(wall_s=10.0, cpu_s=10.0, max_rss_mib=10.0, exit_code=0)
        seen = tuple(
            FunctionProfile(
                key=key,
                cpu_self_s=seconds,
                cpu_total_s=seconds,
                samples_self=int(seconds * 100),
                samples_total=int(seconds * 100),
            )
            for key, seconds in functions
        )
        rest = FunctionProfile(
            key=FunctionKey(file="rest.py", first_line=1, qualname="rest"),
            cpu_self_s=10.0 - sum(seconds for _, seconds in functions),
        )
        return Profile(
            schema_version=1,
            tree_id="0" * 40,
            command=Command(argv=("python", "-c", "0")),
            interpreter=Interpreter(executable="python", version=(3, 11, 0)),
            baseline=(usage,),
            time_pass=usage,
            memory_pass=None,
            cpu_covered_s=10.0,
            samples=1000,
            functions=(*seen, rest),
            imports=imports,
            libraries=(),
            stacks=(),
            gc=GcTotals(),
            peak_bytes=None,
        )

    return make


def _module(file: str, text: str) -> Module:
    name = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return parse(text, file, name)
