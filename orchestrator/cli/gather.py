"""`optimize gather`: what there is to know of a repository, at a cost that a loop over a thousand of them can pay."""

from typing import TypedDict, Unpack

import click


class GatherFlags(TypedDict):
    """What the command is given."""

    repo: str
    task: str
    language: tuple[str, ...]
    probe: tuple[str, ...]
    jobs: int | None
    no_cache: bool
    refresh_tools: bool
    gc: bool
    as_json: bool


_PATH = click.Path(exists=True, file_okay=False)
_TASKS = click.Choice(["all", "setup", "scan", "audit"])


@click.command()
@click.option(
    "-C",
    "repo",
    metavar="PATH",
    type=_PATH,
    default=".",
    envvar="OPTIMIZE_REPO",
    help="The repository, or a folder in it. Default: where you are.",
)
@click.option(
    "--task", type=_TASKS, default="all", envvar="OPTIMIZE_TASK", help="Ask only what this needs. Default: all."
)
@click.option(
    "--language",
    metavar="NAME",
    multiple=True,
    envvar="OPTIMIZE_LANGUAGE",
    help="Ask only what concerns this language (python); may be repeated.",
)
@click.option(
    "--probe", metavar="NAME", multiple=True, envvar="OPTIMIZE_PROBE", help="Ask this one only; may be repeated."
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 8),
    envvar="OPTIMIZE_JOBS",
    help="Probes at once, at most 8. Default: one a processor.",
)
@click.option("--no-cache", is_flag=True, envvar="OPTIMIZE_NO_CACHE", help="Ask everything anew.")
@click.option(
    "--refresh-tools",
    is_flag=True,
    envvar="OPTIMIZE_REFRESH_TOOLS",
    help="Look anew which tools are at hand; else their answers count for 24 hours.",
)
@click.option("--gc", is_flag=True, envvar="OPTIMIZE_GC", help="Compact the cache instead, and end.")
@click.option("--json", "as_json", is_flag=True, envvar="OPTIMIZE_JSON", help="Print all of it as a JSON object.")
def gather(**flags: Unpack[GatherFlags]) -> int:
    r"""Find out what the repository is: languages, environment, tests, benchmarks, dependencies, CI, size, tools.

    Nothing of the repository is run. All of it goes to .codeflash/context/repo-context.yaml; a summary is printed. What
    did not change since the last time is not looked at again. A folder that is no git repository will do, an empty
    one too.

    \b
    Examples:
      optimize gather
      optimize gather -C ../other --json
      optimize gather --task setup
      optimize gather --probe test_framework --no-cache
      optimize gather --gc

    \b
    Exit codes:
      0  at least one probe had an answer
      2  all of them failed
      3  the result does not fit its schema (kept as *.invalid), or can't be written
    """
    from orchestrator.cli import gather_run  # noqa: PLC0415  --help must not pay for it

    return gather_run.gathered(flags)
