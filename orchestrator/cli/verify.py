"""`optimize verify`: measure what sessions kept here again, on this machine."""

from typing import TYPE_CHECKING, Unpack

import click

from orchestrator.cli.options import python_option, repository_option

if TYPE_CHECKING:
    from orchestrator.cli.claims import ClaimFlags


@click.command()
@click.argument("numbers", metavar="[N…|all]", nargs=-1)
@repository_option
@python_option
@click.option(
    "--measure-time", metavar="TIME", default="2m", help="Longest time to measure one claim: 90s, 10m. Default: 2m."
)
@click.option(
    "--max-pairs", metavar="N", type=click.IntRange(4, 1000), default=30, help="Most pairs a claim. Default: 30."
)
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Seed of orders and hash seeds. Default: drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def verify(as_json: bool, **flags: Unpack["ClaimFlags"]) -> int:
    r"""Measure the kept experiments again, each against its own base, with new pairs.

    N are their numbers (.codeflash/experiments/, the first column of a session's table); without any, all that still
    stand. Each is measured as it was decided: on its workload, or on its function's own calls.

    \b
    Examples:
      optimize verify
      optimize verify 3 5 --measure-time 10m

    Ends with 1 when a claim does not hold or stays undecided, with 3 when none could be measured. A claim whose commits
    are gone is named, and counts for neither.
    """
    from orchestrator.cli import verify_run  # noqa: PLC0415  --help must not pay for it

    seen = verify_run.verified(flags)
    click.echo(verify_run.as_json(seen) if as_json else "\n".join(verify_run.as_lines(seen)))
    return verify_run.exit_code(seen)
