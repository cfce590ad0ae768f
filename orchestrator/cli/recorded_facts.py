"""Records what fixes are weighed by, and keeps it beside a profile: `optimize scan` reads both."""

import sys
from pathlib import Path

from agents.recipes.backend import RecipesBackend
from orchestrator.cli.observation import Observer, workload_errors
from orchestrator.errors import NotWritable
from orchestrator.ledger.layout import Layout
from profiling.collect import facts as facts_pass
from profiling.collect import store
from profiling.facts import Facts
from profiling.profile import Profile

_NAME = "profile.json"


def recorded(observer: Observer, profile: Profile, backend: RecipesBackend) -> Facts:
    """Run the command once more and return what was seen where a fix may be possible.

    Raises:
        orchestrator.errors.WorkloadFailed: the command can't be run.
    """
    requests = backend.nominate(observer.setup.tree, profile)
    observer.say(f"recording facts at {len(requests)} place{'s' if len(requests) != 1 else ''}")
    with workload_errors():
        return facts_pass.collect(
            requests,
            observer.setup.tree,
            observer.command,
            observer.setup.interpreter,
            processes=observer.processes,
            scratch=observer.folder(),
        )


def keep(observer: Observer, profile: Profile, out: str | None) -> Facts:
    """Record facts and keep them beside the profile, in `out` or among the records of the checkout.

    Args:
        observer: of the profile.
        profile: it is written too.
        out: a file's name; None for `.codeflash/profiles/profile.json`, which is said on standard error.

    Raises:
        NotWritable: they can't be written there.
        orchestrator.errors.WorkloadFailed: the command can't be run.
    """
    path = Path(out) if out is not None else Layout(root=observer.asked.root).profiles_folder() / _NAME
    facts = recorded(observer, profile, RecipesBackend())
    try:
        store.write(profile, path)
        facts_pass.write(facts, facts_pass.beside(path))
    except OSError as error:
        raise NotWritable(f"the profile can't be written to {path}: {error.strerror or error}") from error
    sys.stderr.write(f"wrote {path} and {facts_pass.beside(path).name}: optimize scan weighs its findings by them\n")
    return facts
