"""`optimize plan`: what to do, in which order, and what became of it."""

from typing import TYPE_CHECKING, Unpack

import click

from orchestrator.cli.options import repository_option

if TYPE_CHECKING:
    from orchestrator.cli.plan_run import PlanFlags


@click.command()
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@repository_option
@click.option(
    "--profile", metavar="FILE", help="Tell gains by this profile. Default: the newest in .codeflash/profiles."
)
@click.option("--no-profile", is_flag=True, help="Look at the source alone.")
@click.option("--top", metavar="N", type=click.IntRange(1), default=30, help="Findings to plan. Default: 30.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(**flags: Unpack["PlanFlags"]) -> int:
    r"""Write the action plan of a repository: what, where, why, the gain to expect, who can do it, what became of it.

    It is made of the scanner's findings, a profile where there is one, and the records of sessions. A session fills it
    in after each experiment, with what was measured; called again it finds what is new and keeps what was done.
    Nothing is run. Written are .codeflash/reports/action-plan.md and action-plan.json.

    \b
    Examples:
      optimize plan
      optimize profile --out .codeflash/profiles/before.json -- python bench.py && optimize plan
      optimize plan src/parser --top 10
      optimize plan --json
    """
    from orchestrator.cli import plan_run  # noqa: PLC0415  --help must not pay for it

    made = plan_run.made(flags)
    click.echo(plan_run.rendered(made, as_json=flags["as_json"]), nl=False)
    return 0
