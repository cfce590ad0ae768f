"""`optimize doctor`: can a session work here, and what would make it work better?"""

import json
from dataclasses import asdict

import click

from orchestrator.cli.options import python_option, repository_option


@click.command()
@repository_option
@python_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def doctor(repo: str, python: str | None, as_json: bool) -> int:
    """Check this machine and repository for what a session needs. Nothing of the repository is run.

    Ends with 3 when something prevents a session.
    """
    from orchestrator.cli.checks import Check, Level, all_checks  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.live.plain_text import one_line  # noqa: PLC0415

    def shown(check: Check) -> str:
        line = f"{check.level.value:<5} {check.name:<14} {one_line(check.detail)}"
        return f"{line}\n{'':<20} fix: {one_line(check.fix)}" if check.fix else line

    checks = all_checks(root_of(repo), python)
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        click.echo("\n".join(map(shown, checks)))
    return 3 if any(check.level is Level.FAIL for check in checks) else 0
