"""`optimize stop`: end the session that runs in a repository, from another terminal."""

import click

from orchestrator.cli.options import repository_option


@click.command()
@repository_option
@click.option("--wait", metavar="TIME", default="2m", help="How long to wait for its end. Default: 2m.")
def stop(repo: str, wait: str) -> int:
    r"""End the session that runs here: what runs is ended, its state is saved, and `optimize` goes on from there.

    \b
    Examples:
      optimize stop
      optimize stop -C ../project --wait 10s

    Ends with 0 also when none runs, with 3 when it did not end in time.
    """
    from orchestrator.cli.durations import duration  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.location import root_of  # noqa: PLC0415
    from orchestrator.cli.stopping import stopped  # noqa: PLC0415

    click.echo(stopped(root_of(repo), duration("wait", wait)))
    return 0
