"""`optimize scan`: what stands in the source that costs time or memory."""

from typing import TYPE_CHECKING, Unpack

import click

from orchestrator.cli.options import repository_option

if TYPE_CHECKING:
    from orchestrator.cli.scan_run import ScanFlags


@click.command()
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@repository_option
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Only this rule; again for more.")
@click.option("--rules", "lists_rules", is_flag=True, help="List the rules and end.")
@click.option(
    "--profile", metavar="FILE", help="Say what is hot by this profile. Default: the newest in .codeflash/profiles."
)
@click.option("--no-profile", is_flag=True, help="Look at the source alone.")
@click.option("--top", metavar="N", type=click.IntRange(1), default=25, help="Findings in the table. Default: 25.")
@click.option("--baseline", metavar="FILE", help="Leave out findings that this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings into such a file and end.")
@click.option(
    "--fail-on",
    type=click.Choice(["note", "warning", "error"]),
    help="End with 1 when a finding is at least that loud: error: saves 5%; warning: saves 1%, or is in a loop.",
)
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--sarif", "form", flag_value="sarif", help="Print SARIF 2.1.0, for code scanning.")
@click.option("--annotations", "form", flag_value="annotations", help="Print annotations for GitHub.")
def scan(**flags: Unpack["ScanFlags"]) -> int:
    r"""List what in the source costs time or memory, the most telling first. Nothing is run.

    Rules and the matchers of recipes look at every file of the source. With a profile and its facts (optimize profile
    --facts, or an earlier session) a fix is told where it would save 0.5% of the workload or more. Without them only
    rules that were found precise are heard, where the source shows that much is asked for; optimize scan --rules says
    which, --rule NAME hears any other.
    A comment on the line silences it: # optimize: ignore[rule], or without brackets all rules.

    \b
    Examples:
      optimize scan
      optimize scan src/parser --rule regex-hoist --rule set-membership
      optimize scan --write-baseline .optimize-baseline.json
      optimize scan --baseline .optimize-baseline.json --fail-on warning
      optimize scan --sarif > optimize.sarif
    """
    from orchestrator.cli import scan_run  # noqa: PLC0415  --help must not pay for it

    if flags["lists_rules"]:
        click.echo("\n".join(scan_run.rule_lines()))
        return 0
    seen = scan_run.scanned(flags)
    click.echo(scan_run.rendered(seen, flags), nl=False)
    return scan_run.exit_code(seen, flags["fail_on"])
