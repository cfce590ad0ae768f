"""The command line's shape: one table of commands, each imported when it is asked for; a session when none is."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from orchestrator.version import __version__

DEFAULT_COMMAND = "run"
_NARROWEST = 40
_WIDEST = 100
_USUAL_WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One command.

    Attributes:
        name: as typed.
        target: `module:attribute` of the click command.
        summary: one line of help.
    """

    name: str
    target: str
    summary: str


COMMANDS = (
    Listed(
        name=DEFAULT_COMMAND,
        target="orchestrator.cli.session:session",
        summary="Optimize a repository or go on with it (the default).",
    ),
    Listed(
        name="profile",
        target="orchestrator.cli.profile:profile",
        summary="Show where a command's CPU, memory and GC go.",
    ),
    Listed(
        name="targets",
        target="orchestrator.cli.targets:targets",
        summary="The same, and the table of what is worth working on.",
    ),
    Listed(
        name="scan",
        target="orchestrator.cli.scan:scan",
        summary="List what in the source costs time or memory, the worst first.",
    ),
    Listed(
        name="plan",
        target="orchestrator.cli.plan:plan",
        summary="Write down what to do about it, and what became of it.",
    ),
    Listed(
        name="compare",
        target="orchestrator.cli.compare:compare",
        summary="Measure one commit against another.",
    ),
    Listed(
        name="verify",
        target="orchestrator.cli.verify:verify",
        summary="Measure what was kept again, on this machine.",
    ),
    Listed(
        name="audit",
        target="orchestrator.cli.audit:audit",
        summary="Read what actions reach and cost, before anyone runs them.",
    ),
    Listed(
        name="gather",
        target="orchestrator.cli.gather:gather",
        summary="Find out what the repository is: languages, tests, tools.",
    ),
    Listed(name="mcp", target="orchestrator.cli.mcp:mcp", summary="Serve these tools to an MCP client."),
    Listed(
        name="pr", target="orchestrator.cli.pr:pr", summary="One branch and text for each optimization, proved alone."
    ),
    Listed(
        name="status", target="orchestrator.cli.status:status", summary="Where the session here stands, and what next."
    ),
    Listed(
        name="metrics",
        target="orchestrator.cli.metrics:metrics",
        summary="What is tracked over sessions: how it went, and red flags.",
    ),
    Listed(name="stop", target="orchestrator.cli.stop:stop", summary="End the session that runs here, cleanly."),
    Listed(
        name="approvals",
        target="orchestrator.cli.approvals:approvals",
        summary="What the session that runs here asks you.",
    ),
    Listed(name="approve", target="orchestrator.cli.approve:approve", summary="Agree to it, as it is or edited."),
    Listed(name="reject", target="orchestrator.cli.reject:reject", summary="Refuse it, with a reason."),
    Listed(
        name="steer",
        target="orchestrator.cli.steer:steer",
        summary="Turn the session that runs here: focus, skip, pause, continue, finish.",
    ),
    Listed(name="clean", target="orchestrator.cli.clean:clean", summary="Remove what sessions left behind."),
    Listed(
        name="doctor",
        target="orchestrator.cli.doctor:doctor",
        summary="Check machine and repository for what is needed.",
    ),
    Listed(
        name="version", target="orchestrator.cli.version:version", summary="Show the versions of what is installed."
    ),
)
_BY_NAME = {listed.name: listed for listed in COMMANDS}

_ABOUT = """\
Makes a Python repository faster or leaner, and keeps only what it can prove: profiles a workload, tries one fix at a
time, runs the tests, measures old against new in pairs, and commits what holds to the branch codeflash/optimize.
It works in worktrees of its own; your uncommitted work is left alone. Call it again to go on."""

_EXAMPLES = (
    ("optimize", "the repository you are in"),
    ('optimize --workload "python bench.py"', "name what is measured"),
    ("optimize faster parsing --domain cpu", "say what you want"),
    ("optimize --time-limit 10m", "a short look"),
    ("optimize profile -- python bench.py", "only look, change nothing"),
    ("optimize compare main", "measure this commit against main"),
    ("git merge codeflash/optimize", "take what was kept"),
)

_SETTINGS = (
    "Flags win over OPTIMIZE_* variables (OPTIMIZE_TIME_LIMIT=10m), over [tool.optimize] in the repository's"
    " pyproject.toml (time-limit = '10m'), over defaults."
)

_RECORDS = (
    (".codeflash/HANDOFF.md", "what was done and why, what is next"),
    (".codeflash/results.tsv", "one row per experiment"),
    (".codeflash/experiments/", "everything about each of them"),
    (".codeflash/events.jsonl", "all that happened, in order"),
)

_EXIT_CODES = (
    ("0", "done, also when a bound (experiments, time) ended it"),
    ("1", "the check asked for was not met"),
    ("2", "it can't be asked for: usage, settings, no repository, locked"),
    ("3", "the target can't be set up, tested or measured"),
    ("130", "interrupted; the state is saved, call it again"),
)


class Program(click.Group):
    """`optimize`: a word that is no command begins the goal of a session."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names in the order of the table."""
        return list(_BY_NAME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import a command."""
        listed = _BY_NAME.get(cmd_name)
        if listed is None:
            return None
        module, _, attribute = listed.target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return _with_kept_lines(command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front where none was given."""
        return super().parse_args(ctx, _with_command(args, ctx))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Teach the program on one page, importing no command but the default one's options."""
        formatter.write_usage("optimize", "[GOAL…] [OPTIONS]")
        formatter.write_usage("optimize", "COMMAND [ARGS]…", prefix="       ")
        formatter.write_paragraph()
        formatter.write_text(_ABOUT)
        _write_section(formatter, "Examples", _EXAMPLES)
        session = self.get_command(ctx, DEFAULT_COMMAND)
        assert session is not None
        with click.Context(session, info_name=DEFAULT_COMMAND, parent=ctx) as inner:
            session.format_options(inner, formatter)
        _write_section(formatter, "Commands", tuple((listed.name, listed.summary) for listed in COMMANDS))
        with formatter.section("Settings"):
            formatter.write_text(_SETTINGS)
        _write_section(formatter, "Records", _RECORDS)
        _write_section(formatter, "Exit codes", _EXIT_CODES)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse, which prints the help."""
        extra.setdefault("terminal_width", _terminal_width())
        with _output_may_close():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Invoke the command."""
        with _output_may_close():
            return super().invoke(ctx)


def _with_kept_lines(command: click.Command) -> click.Command:
    """Turn what raw docstrings write for a backspace into the mark after which click keeps lines as they are."""
    command.help = command.help.replace("\\b\n", "\b\n") if command.help else command.help
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _with_kept_lines(inner)
    return command


@contextmanager
def _output_may_close() -> Iterator[None]:
    """Tell `ended` that whoever read our output went away; click would end with 1, which means something else here."""
    try:
        yield
    except BrokenPipeError as error:
        from orchestrator.cli.ending import OutputClosed  # noqa: PLC0415  it is imported where a program runs

        raise OutputClosed from error


def run() -> int:
    """Run the command line of this process and return its exit code."""
    code = program.main(args=sys.argv[1:], prog_name="optimize", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _with_command(args: list[str], ctx: click.Context) -> list[str]:
    first = args[0] if args else ""
    if first in _BY_NAME or first in {"--help", "-h", "--version"}:
        return args
    if first == "-C" and len(args) > 2 and args[2] in _BY_NAME:
        return [args[2], "-C", args[1], *args[3:]]
    if first and not first.startswith("-"):
        _refuse_misspelt(first, is_alone=len(args) == 1, ctx=ctx)
    ctx.meta["optimize.default"] = True
    return [DEFAULT_COMMAND, *args]


def _refuse_misspelt(word: str, *, is_alone: bool, ctx: click.Context) -> None:
    """A misspelt command must not start a session that has it for a goal."""
    from difflib import get_close_matches  # noqa: PLC0415  --help has no use for it

    meant = get_close_matches(word, _BY_NAME, n=1, cutoff=0.8)
    if not meant and is_alone and len(word) >= 3:
        meant = [name for name in _BY_NAME if name.startswith(word)]
    if meant:
        raise click.UsageError(
            f"No such command '{word}'. Did you mean '{meant[0]}'? (As a goal: optimize {DEFAULT_COMMAND} {word} …)",
            ctx,
        )


def _terminal_width() -> int:
    """Return how wide help may be. Click would import shutil for it, and with that three compressors."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() else 0
    if not width:
        with suppress(OSError, ValueError, AttributeError):
            width = os.get_terminal_size(sys.stdout.fileno()).columns
    return max(_NARROWEST, min(width or _USUAL_WIDTH, _WIDEST))


def _write_section(formatter: click.HelpFormatter, title: str, rows: tuple[tuple[str, str], ...]) -> None:
    with formatter.section(title):
        formatter.write_dl(rows, col_max=60)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="optimize", message="%(prog)s %(version)s")
def program() -> None:
    """Make a Python repository faster, and keep only what can be proved."""
