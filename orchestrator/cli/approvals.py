"""`optimize approvals`: what the session that runs here waits for."""

import sys

import click

from orchestrator.cli.options import repository_option


@click.command()
@click.argument("question", metavar="[ID]", required=False)
@repository_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every question whole.")
def approvals(question: str | None, repo: str, as_json: bool) -> int:
    r"""List the questions that the session here waits with; with an ID, or the beginning of one, show that one whole.

    \b
    Examples:
      optimize approvals
      optimize approvals 3f52d7b4
      optimize approvals 3f52d7b4 > fix.diff     only the diff, to be edited
      optimize approve 3f52d7b4
      optimize reject 3f52d7b4 --reason "too clever"
    """
    from orchestrator.cli.approvals_view import as_text  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.cli.speaking import waiting  # noqa: PLC0415

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    click.echo(as_text(waiting(root_of(repo)), question, as_json=as_json, is_terminal=is_terminal))
    return 0
