"""`optimize compare`: two commits measured against each other, in worktrees, pair by pair."""

from typing import TypedDict, Unpack

import click

from orchestrator.cli.options import python_option, repository_option


class CompareFlags(TypedDict):
    """What the command takes."""

    repo: str
    python: str | None
    base: str
    head: str
    workload: tuple[str, ...]
    inject: tuple[str, ...]
    dimension: str
    environments: str
    measure_time: str
    max_pairs: int
    timeout: str
    seed: int | None
    no_functions: bool
    fail_on: tuple[str, ...]
    out: str | None


@click.command()
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="[HEAD]", default="HEAD")
@repository_option
@python_option
@click.option(
    "--workload",
    "workload",
    metavar="WORKLOAD",
    multiple=True,
    help="What is measured; again for more: a command, a script or suite, a glob ('benchmarks/bench_*.py'), a text file"
    " that lists such, one a line, or all: every benchmark found. Default: the first one found.",
)
@click.option(
    "--inject",
    metavar="PATH",
    multiple=True,
    help="Put a file or folder of your checkout into both sides: a benchmark that BASE does not have yet.",
)
@click.option(
    "--dimension",
    type=click.Choice(["cpu_s", "wall_s", "peak_mib", "gc_collections", "import_s", "loop_block_s", "throughput"]),
    default="cpu_s",
    help="What the pairs go on for until it is decided; all others are reported too. Default: cpu_s.",
)
@click.option(
    "--environments",
    type=click.Choice(["auto", "shared", "separate"]),
    default="auto",
    help="auto: one for both, and one each where their dependencies differ. Default: auto.",
)
@click.option(
    "--measure-time", metavar="TIME", default="2m", help="Longest time to measure one workload: 90s, 10m. Default: 2m."
)
@click.option(
    "--max-pairs", metavar="N", type=click.IntRange(4, 1000), default=30, help="Most pairs a workload. Default: 30."
)
@click.option("--timeout", metavar="TIME", default="10m", help="Stop one run of a workload after this. Default: 10m.")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Seed of orders and hash seeds. Default: drawn.")
@click.option("--no-functions", is_flag=True, help="Leave out which changed functions run, and the profiles for it.")
@click.option(
    "--fail-on",
    type=click.Choice(["regression", "undecided", "no-gain"]),
    multiple=True,
    help="End with 1 when a dimension regressed beyond its limit, when a workload is undecided, when none got better.",
)
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False), help="Write the result there as well: *.md, *.json."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
def compare(as_json: bool, as_markdown: bool, **flags: Unpack[CompareFlags]) -> int:
    r"""Measure the commit HEAD against the commit BASE. Your checkout is not touched.

    Each gets a worktree, and an environment of its own where their dependencies differ. Both run at the same time, in
    fresh processes, pair by pair, until it is decided whether HEAD is better, worse, or within 5% either way.

    \b
    Examples:
      optimize compare main
      optimize compare v1.2 v1.3 --workload 'python bench.py'
      optimize compare main --workload 'benchmarks/bench_*.py'
      optimize compare main --workload all --markdown
      optimize compare main --fail-on regression --out perf.json

    Ends with 0; 1 when what --fail-on names came true; 3 when a workload could not be measured.
    """
    from orchestrator.cli import compare_run  # noqa: PLC0415  --help must not pay for it

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown: choose one; --out writes the other to a file")
    report = compare_run.compared(flags)
    form = compare_run.Form.JSON if as_json else compare_run.Form.MARKDOWN if as_markdown else compare_run.Form.TEXT
    click.echo(compare_run.rendered(report, form), nl=False)
    if flags["out"] is not None:
        compare_run.write(report, flags["out"])
    return compare_run.exit_code(report, frozenset(flags["fail_on"]))
