"""`optimize metrics`: what is tracked over the sessions of a repository, how it went, and what got worse."""

import click

from orchestrator.cli.options import repository_option


@click.command()
@repository_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.option("--fail-on-red-flags", is_flag=True, help="End with 1 when something got worse.")
def metrics(repo: str, as_json: bool, fail_on_red_flags: bool) -> int:
    r"""Show the figures of every session's base and head, and what got worse from one to the next.

    Each session notes them at its end, in .codeflash/metrics.jsonl: time, peak memory, calls of the top functions,
    hit rates of lru_caches, tests, coverage, complexity of the files it changed. Only figures of the same workload,
    interpreter and machine are compared; nothing is run.

    \b
    Examples:
      optimize metrics
      optimize metrics --json
      optimize metrics --fail-on-red-flags
    """
    from orchestrator.cli import metrics_view  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415

    trends = metrics_view.look(root_of(repo))
    click.echo(metrics_view.as_json(trends) if as_json else "\n".join(metrics_view.as_lines(trends)))
    return int(fail_on_red_flags and any(trend.flags for trend in trends))
