"""`optimize approve`: agree to what the session that runs here asks, as it is or edited."""

from typing import TextIO

import click

from orchestrator.cli.options import repository_option


@click.command()
@click.argument("question", metavar="ID")
@repository_option
@click.option(
    "--edited",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="Agree to this instead: the edited diff, command line, message or assignment; - for standard input.",
)
def approve(question: str, repo: str, edited: TextIO | None) -> int:
    r"""Agree to a question, by its ID or the beginning of one.

    An edited diff goes through the same checks as any fix: scope, syntax, tests, replay, measurement.

    \b
    Examples:
      optimize approve 3f52d7b4
      optimize approvals 3f52d7b4 > fix.diff; $EDITOR fix.diff; optimize approve 3f52d7b4 --edited fix.diff
    """
    from orchestrator.approvals.question import Answer, Decision  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.cli.speaking import answer  # noqa: PLC0415

    given = Answer(decision=Decision.APPROVE)
    if edited is not None:
        given = Answer(decision=Decision.EDIT, text=edited.read())
    click.echo(answer(root_of(repo), question, given))
    return 0
