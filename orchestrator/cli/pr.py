"""`optimize pr`: what was kept, as independent branches with their texts."""

from typing import TYPE_CHECKING, Unpack

import click

from orchestrator.cli.options import python_option, repository_option

if TYPE_CHECKING:
    from orchestrator.cli.pr_run import PullRequestFlags


@click.command()
@click.argument("numbers", metavar="[N…|all]", nargs=-1)
@repository_option
@python_option
@click.option(
    "--base", metavar="REF", help="What the branches begin at. Default: where the first of them was tried, before it."
)
@click.option("--no-measure", is_flag=True, help="Do not measure each alone; the texts have its experiment's figures.")
@click.option(
    "--measure-time", metavar="TIME", default="2m", help="Longest time to measure one: 90s, 10m. Default: 2m."
)
@click.option(
    "--max-pairs", metavar="N", type=click.IntRange(4, 1000), default=30, help="Most pairs each. Default: 30."
)
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Seed of orders and hash seeds. Default: drawn.")
@click.option(
    "--open", "opens", is_flag=True, help="Push the branches and open pull requests with gh. Else nothing is."
)
@click.option("--remote", metavar="NAME", default="origin", help="With --open: pushed to. Default: origin.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def pr(as_json: bool, **flags: "Unpack[PullRequestFlags]") -> int:
    r"""Make one branch deep/<number>-<words> for each kept optimization, with title and body of a pull request.

    Each is taken out alone, onto the base: its tests must end as before, and it must gain when measured alone. Only one
    that does not apply without an earlier one is put on top of it. The texts are in .codeflash/reports/pr/.

    \b
    Examples:
      optimize pr
      optimize pr 3 5 --base origin/main
      optimize pr --open

    Ends with 1 when one of them could not be proved alone, or with --open not be pushed.
    """
    from orchestrator.cli import pr_run  # noqa: PLC0415  --help must not pay for it

    seen = pr_run.prepared(flags)
    click.echo(pr_run.as_json(seen) if as_json else "\n".join(pr_run.as_lines(seen)))
    return pr_run.exit_code(seen)
