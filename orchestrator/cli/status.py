"""`optimize status`: where the session of a repository stands, what it did last, how to go on."""

import json

import click

from orchestrator.cli.options import repository_option


@click.command()
@repository_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def status(repo: str, as_json: bool) -> int:
    """Show where the session here stands, its last experiments, and how to go on."""
    from orchestrator.cli.location import root_of  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.standing import as_dict, as_lines, look  # noqa: PLC0415
    from orchestrator.live.plain_text import neutral  # noqa: PLC0415

    standing = look(root_of(repo))
    if as_json:
        click.echo(json.dumps(as_dict(standing), indent=2))
    else:
        click.echo("\n".join(neutral(line).replace("\n", " ") for line in as_lines(standing)))
    return 0
