"""`optimize profile`: where a command's CPU, memory, GC, waiting and imports go, and how they grow."""

from typing import Unpack

import click

from orchestrator.cli.options import ObservationFlags, ScalingFlags, observation_options, scaling_options


class ProfileFlags(ObservationFlags):
    """What the command takes beside what it shares."""

    out: str | None
    against: str | None
    deep: str | None
    lines: tuple[str, ...]
    flame: bool
    facts: bool
    attach: int | None
    duration: str | None


class Flags(ProfileFlags, ScalingFlags):
    """All of it, but for `as_json`."""


@click.command()
@observation_options
@scaling_options
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the profile there: *.html (flame graph), *.speedscope.json, *.collapsed, *.pstats, else all as JSON.",
)
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Compare with an earlier profile, written as JSON by --out.",
)
@click.option(
    "--deep",
    metavar="TOOLS",
    is_flag=False,
    flag_value="all",
    help="Look deeper, in further runs: --deep for all that can, or --deep=lines,census,specialization,memray,"
    "py-spy,tachyon.",
)
@click.option(
    "--lines",
    metavar="FUNC",
    multiple=True,
    help="Time the lines of this function, in a further run: name, Class.name, file.py:name or file.py:12; may be"
    " repeated.",
)
@click.option(
    "--flame",
    is_flag=True,
    help="Write a flame graph and a speedscope file to .codeflash/profiles/.",
)
@click.option(
    "--facts",
    is_flag=True,
    help="Record, in a further run, what fixes would save, and keep it with the profile for optimize scan: beside the"
    " JSON of --out, else in .codeflash/profiles/.",
)
@click.option(
    "--attach",
    metavar="PID",
    type=click.IntRange(1, 2**31 - 1),
    help="Look at a process that runs already, through py-spy, in place of running a COMMAND.",
)
@click.option("--duration", metavar="TIME", help="How long to look at it: 5s, 2m. Default: 10s.")
def profile(as_json: bool, **flags: Unpack[Flags]) -> int:
    r"""Profile COMMAND on the repository's files as they are. Nothing is changed.

    It runs from the repository's root, several times, unmodified. Without a COMMAND the benchmark found there is
    taken.

    \b
    Examples:
      optimize profile -- pytest -q tests/test_parser.py
      optimize profile --flame -- python bench.py
      optimize profile --lines Parser.parse -- python bench.py
      optimize profile --facts -- python bench.py
      optimize profile --attach 4242 --duration 30s
      optimize profile --scale 'bench.py {n}' --sizes 100,1000

    Ends with the program's own exit code, 128 and more for a signal, as a shell shows it; 0 when it was stopped at its
    time limit; 2 or 3, with a message, when there is no profile.
    """
    from orchestrator.cli import profile_view  # noqa: PLC0415  --help must not pay for it

    if flags["attach"] is not None:
        shown = profile_view.attached(flags, flags["attach"], as_json=as_json)
    elif flags["duration"] is not None:
        raise click.UsageError("--duration is for --attach, which is missing")
    elif flags["scale"] is not None or flags["sizes"] is not None:
        shown = profile_view.scaled(flags, as_json=as_json)
    else:
        shown = profile_view.profiled(flags, as_json=as_json)
    click.echo(shown.text)
    return shown.exit_code
