"""Options that several commands share. Light: every `--help` imports it."""

from collections.abc import Callable
from typing import TypedDict, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])


class ObservationFlags(TypedDict):
    """What `observation_options` adds, but for `as_json`."""

    repo: str
    python: str | None
    memory_budget: str
    timeout: str
    stdin: str | None
    show_output: bool
    command: tuple[str, ...]


class ScalingFlags(TypedDict):
    """What `scaling_options` adds."""

    scale: str | None
    sizes: str | None
    scale_budget: str


def repository_option(command: F) -> F:
    """Add `-C PATH`."""
    return click.option(
        "-C",
        "repo",
        metavar="PATH",
        type=click.Path(exists=True, file_okay=False),
        default=".",
        help="The repository, or a folder in it. Default: where you are.",
    )(command)


def python_option(command: F) -> F:
    """Add `--python P`."""
    return click.option(
        "--python",
        metavar="PYTHON",
        help="Interpreter that runs the repository's code, 3.9 or newer. Default: its .venv, else python3.",
    )(command)


def observation_options(command: F) -> F:
    """Add what `profile` and `targets` have in common, the command to observe among it."""
    budget = click.option(
        "--memory-budget",
        metavar="TIME",
        default="60s",
        help="Longest time for the memory pass: 90s, 10m; 0 for no such pass. Default: 60s.",
    )
    timeout = click.option(
        "--timeout",
        metavar="TIME",
        default="10m",
        help="Stop a run of the program after this: 10s, 5m. What was seen until then is reported. Default: 10m.",
    )
    stdin = click.option(
        "--stdin",
        metavar="FILE",
        help="What every run reads on its standard input; - reads ours to its end. Default: ours if it is a file or"
        " a pipe that brings something, else nothing.",
    )
    shown = click.option("--show-output", is_flag=True, help="Run it once more, first, and show what it prints.")
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    words = click.argument("command", nargs=-1, type=click.UNPROCESSED)
    return repository_option(python_option(budget(timeout(stdin(shown(as_json(words(command))))))))


def scaling_options(command: F) -> F:
    """Add what runs a command at several sizes."""
    scale = click.option(
        "--scale",
        metavar="TEMPLATE",
        help="Run a command at several sizes, {n} standing for the size, and fit how its cost grows.",
    )
    sizes = click.option("--sizes", metavar="LIST", help="The sizes, for example 1000,2000,4000,8000.")
    budget = click.option(
        "--scale-budget", metavar="TIME", default="60s", help="Longest time for all sizes: 60s, 5m. Default: 60s."
    )
    return scale(sizes(budget(command)))
