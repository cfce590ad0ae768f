"""`optimize doctor`: can a session work here, and what would make it work better?"""

import json
import sys
from dataclasses import asdict

import click

from orchestrator.cli.options import python_option, repository_option


@click.command()
@repository_option
@python_option
@click.option("--quick", "--no-measure", "quick", is_flag=True, help="Leave out what is measured (15 seconds).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def doctor(repo: str, python: str | None, quick: bool, as_json: bool) -> int:
    """Check this machine and repository for what a session needs. Nothing of the repository is run.

    At the end a small program of our own is measured against itself: how noisy this machine is, and the smallest gain
    that can be told in a minute.

    Ends with 3 when something prevents a session.
    """
    from orchestrator.cli.checks import Check, Level  # noqa: PLC0415
    from orchestrator.cli.checkup import all_checks  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.cli.noise import MEASURING_S, noise  # noqa: PLC0415
    from orchestrator.live.plain_text import one_line  # noqa: PLC0415

    def shown(check: Check) -> str:
        line = f"{check.level.value:<5} {check.name:<14} {one_line(check.detail)}"
        return f"{line}\n{'':<20} fix: {one_line(check.fix)}" if check.fix else line

    checks = list(all_checks(root_of(repo), python))
    if not as_json:
        click.echo("\n".join(map(shown, checks)))
    if not quick:
        checks.append(noise(MEASURING_S, _tell_pairs, _tell_wait))
        _tell("")
        if not as_json:
            click.echo(shown(checks[-1]))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    return 3 if any(check.level is Level.FAIL for check in checks) else 0


def _tell_pairs(count: int) -> None:
    _tell(f"measuring how noisy this machine is: {count} pairs of identical programs (about 15 s) …")


def _tell_wait(text: str) -> None:
    click.echo(text, err=True)


def _tell(progress: str) -> None:
    """Show how far it is, in place of what stood there, where a person may be looking."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{progress}", err=True, nl=False)
