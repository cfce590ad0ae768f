"""`optimize profile`: where a command's CPU, memory, GC and imports go."""

from typing import Unpack

import click

from orchestrator.cli.options import ObservationFlags, observation_options


@click.command()
@observation_options
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the profile there: *.speedscope.json, *.collapsed (stacks for flame graphs), else all of it as JSON.",
)
def profile(as_json: bool, out: str | None, **flags: Unpack[ObservationFlags]) -> int:
    """Profile COMMAND on the repository's files as they are. Nothing is changed.

    It runs from the repository's root, several times, unmodified. Without a COMMAND the benchmark found there is
    taken. Example: optimize profile -- python bench.py --size 1000
    """
    from orchestrator.cli.observation import as_lines, asked, observing, write  # noqa: PLC0415  --help must not pay

    with observing(asked(flags)) as observer:
        found = observer.profile()
        if out is not None:
            write(found, out)
        click.echo(observer.as_json(found) if as_json else "\n".join(as_lines(found)))
    return 0
