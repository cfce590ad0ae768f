"""Runs `optimize gather`: from flags to what is printed, and to the exit code."""

import json
from dataclasses import asdict

import click

from orchestrator.cli.gather import GatherFlags
from orchestrator.cli.location import root_of
from orchestrator.cli.patience import Patience
from orchestrator.errors import NotWritable, TargetError, UsageError
from orchestrator.ledger.layout import Layout
from profiling.context.answering import Wishes
from profiling.context.cache import Cache
from profiling.context.catalogue import PROBES
from profiling.context.gathering import DoesNotFit, Gathered, NothingFound, gather
from profiling.context.probe import Task

ALL_FAILED = 2


def gathered(flags: GatherFlags) -> int:
    """Gather, or compact the cache, print the outcome and return the exit code.

    Raises:
        UsageError: no probe has a name that was given.
        TargetError: the result does not fit its schema.
        NotWritable: `.codeflash/` can't be written.
    """
    layout = Layout(root=root_of(flags["repo"]))
    layout.hide_bulk_from_git()
    try:
        if flags["gc"]:
            _compact(layout)
            return 0
        with Patience() as patience:
            patience("looking at the repository")
            found = gather(layout.root, _wishes(flags))
    except NothingFound as error:
        click.echo(f"optimize: error: every probe failed: {error}", err=True)
        return ALL_FAILED
    except DoesNotFit as error:
        hint = f"what was gathered is kept in {error.kept}; this is an error of optimize, not of the repository"
        raise TargetError(f"what was gathered does not fit its schema: {error}", hint=hint) from error
    except OSError as error:
        hint = f"make {layout.folder} writable for this user, with room on its disk"
        raise NotWritable(f"what was gathered can't be written: {error}", hint=hint) from error
    click.echo(_json(found) if flags["as_json"] else _text(found))
    return 0


def _wishes(flags: GatherFlags) -> Wishes:
    wanted = [name.replace("-", "_") for name in flags["probe"]]
    _refuse_unknown(wanted)
    return Wishes(
        task=Task(flags["task"]),
        languages=frozenset(name.lower() for name in flags["language"]) or None,
        probes=frozenset(wanted),
        jobs=flags["jobs"],
        uses_cache=not flags["no_cache"],
        refreshes_tools=flags["refresh_tools"],
    )


def _refuse_unknown(wanted: list[str]) -> None:
    names = [probe.name for probe in PROBES]
    for name in wanted:
        if name not in names:
            from difflib import get_close_matches  # noqa: PLC0415  only who misspells has a use for it

            close = get_close_matches(name, names, n=1)
            meant = f"; did you mean {close[0]}?" if close else ""
            raise UsageError(f"no probe is called {name!r}{meant}", hint=f"there are: {', '.join(names)}")


def _compact(layout: Layout) -> None:
    done = Cache(folder=layout.cache).compact()
    click.echo(
        f"kept {done.kept_records} records; removed {done.removed_records} records and {done.removed_blobs} answers"
        f" ({done.freed_bytes / 1024:,.1f} KiB)"
    )


def _json(found: Gathered) -> str:
    steps = [asdict(step) for step in found.steps]
    run = {"wall_ms": round(found.wall_ms, 1), "steps": steps, "notes": list(found.notes)}
    return json.dumps({"path": str(found.path), "context": found.context, "run": run}, indent=2)


def _text(found: Gathered) -> str:
    from orchestrator.cli.gather_view import summary  # noqa: PLC0415  not for --json

    return summary(found)
