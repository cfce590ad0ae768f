"""`optimize steer`: turn the session that runs here, from another terminal."""

import click

from orchestrator.cli.options import repository_option

_HEEDED = (("focus", "skip"), ("pause", "continue", "finish"), ("stop",))


@click.command()
@click.argument("word", type=click.Choice([word for words in _HEEDED for word in words]))
@click.argument("where", required=False, default="")
@repository_option
def steer(word: str, where: str, repo: str) -> int:
    r"""Turn the session that runs here: heeded before the next experiment, and kept if it is interrupted.

    \b
    Words:
      focus WHERE   try fixes there first: a function, a file, a folder, a glob, or a
                    domain (cpu, memory, async, structure); without WHERE: no focus
      skip          give up the experiment under way; nothing of it is left or recorded
      skip WHERE    leave a function or file alone for the rest of this session; or
                    give up what one worker (cpu-1) is at
      pause         begin nothing new, until:
      continue      go on
      finish        end in order after what is under way: reviewed, measured, written up
      stop          end now and save the state, as `optimize stop` does

    \b
    Examples:
      optimize steer focus parse_header
      optimize steer skip src/shop/legacy.py
    """
    from orchestrator.cli.location import root_of  # noqa: PLC0415  --help must not pay for it
    from orchestrator.cli.speaking import steer as say  # noqa: PLC0415
    from orchestrator.cli.stopping import stopped  # noqa: PLC0415
    from orchestrator.policy.steering import Word  # noqa: PLC0415

    if where and word not in _HEEDED[0]:
        raise click.UsageError(f"'{word}' names nothing: optimize steer {word}")
    click.echo(stopped(root_of(repo), 120.0) if word == "stop" else say(root_of(repo), Word(word), where))
    return 0
