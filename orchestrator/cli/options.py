"""Options that several commands share. Light: every `--help` imports it."""

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])


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
