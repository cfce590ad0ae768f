"""`optimize targets`: the unified profile, and the table of what is worth working on."""

from typing import Unpack

import click

from orchestrator.cli.options import ObservationFlags, ScalingFlags, observation_options, scaling_options


class Flags(ObservationFlags, ScalingFlags):
    """All options, but for `as_json`."""


@click.command()
@observation_options
@scaling_options
def targets(as_json: bool, **flags: Unpack[Flags]) -> int:
    """Profile COMMAND and rank what is worth working on: functions, imports, and what joins their costs.

    Nothing is changed. Without a COMMAND the benchmark found in the repository is taken. With --scale, functions whose
    cost grows faster than the data are told too.

    Example: optimize targets -- python bench.py
    """
    from orchestrator.cli import scaling, target_view  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.observation import asked, observing  # noqa: PLC0415

    sized = scaling.wanted(flags) if flags["scale"] is not None or flags["sizes"] is not None else None
    with observing(asked(flags)) as observer:
        found = target_view.survey(observer, sized)
    click.echo(target_view.as_json(found) if as_json else "\n".join(target_view.as_lines(found)))
    return 0
