"""`optimize version`: what is installed, for a report."""

import platform
import sys
from importlib import metadata

import click

from orchestrator.version import __version__

_SHOWN = ("langgraph", "pydantic", "click", "gitpython", "rich", "anthropic")


@click.command()
def version() -> int:
    """Show the versions of what is installed."""
    click.echo(f"optimize {__version__}")
    click.echo(f"Python {platform.python_version()} ({sys.executable}), {platform.platform()}")
    for name in _SHOWN:
        click.echo(f"{name} {_installed(name)}")
    return 0


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
