"""`optimize reject`: refuse what the session that runs here asks, with the reason."""

import click

from orchestrator.cli.options import repository_option


@click.command()
@click.argument("question", metavar="ID")
@repository_option
@click.option("--reason", metavar="WORDS", required=True, help="Why: it is recorded, and proposers are told.")
def reject(question: str, repo: str, reason: str) -> int:
    r"""Refuse a question, by its ID or the beginning of one. A fix that was refused is not proposed again.

    \b
    Example:
      optimize reject 3f52d7b4 --reason "this table must stay a list"
    """
    from orchestrator.approvals.question import Answer, Decision  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.cli.speaking import answer  # noqa: PLC0415

    click.echo(answer(root_of(repo), question, Answer(decision=Decision.REJECT, reason=reason)))
    return 0
