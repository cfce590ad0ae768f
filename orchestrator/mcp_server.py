"""The MCP server: what the command line finds out about one repository, as tools over standard input and output."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import anyio.to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field, JsonValue, TypeAdapter

from orchestrator import own_commands
from orchestrator.errors import OptimizeError
from orchestrator.ledger.experiment_json import load as load_experiment
from orchestrator.ledger.experiment_json import path_of
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.results_tsv import COLUMNS
from orchestrator.ledger.results_tsv import read as read_results
from orchestrator.live.plain_text import one_line
from orchestrator.version import __version__

_ABOUT = (
    "Finds what costs CPU, memory and time in one Python repository. gather and code_path_audit only read it; profile"
    " and targets run the command you name in the repository, several times. Nothing in the source is changed."
)

_RECORD: TypeAdapter[ExperimentRecord] = TypeAdapter(ExperimentRecord)

Result = dict[str, JsonValue]
Words = Annotated[
    list[Annotated[str, Field(max_length=8192)]],
    Field(min_length=1, max_length=256, description="The command, word by word: ['python', 'bench.py', '--size=9']"),
]
Seconds = Annotated[int, Field(ge=1, le=3600, description="A run of the command is stopped after so many seconds.")]
Most = Annotated[int, Field(ge=1, le=1000, description="Rows of each list; how many are left out is told.")]
Depth = Annotated[int, Field(ge=1, le=100, description="Calls followed from an entry point.")]


def serve(root: Path) -> None:
    """Serve a repository over standard input and output until the client goes away.

    Args:
        root: of the checkout: every tool looks at this one and at no other.
    """
    build(root).run("stdio")


def build(root: Path) -> MCPServer[object]:
    """Return the server with its tools."""
    server: MCPServer[object] = MCPServer(
        "ratchet-optimizer", instructions=_ABOUT, version=__version__, log_level="WARNING"
    )
    tools = Tools(root=root)
    reads, runs = ToolAnnotations(read_only_hint=True), ToolAnnotations(destructive_hint=False, open_world_hint=True)
    server.add_tool(tools.gather, annotations=reads)
    server.add_tool(tools.code_path_audit, annotations=reads)
    server.add_tool(tools.profile, annotations=runs)
    server.add_tool(tools.targets, annotations=runs)
    server.add_tool(tools.results, annotations=reads)
    return server


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The tools. Their docstrings are what a client's model reads.

    Attributes:
        root: of the served checkout.
    """

    root: Path

    async def gather(self, context: Context[object, object]) -> Result:
        """Tell what the repository is, from its files alone: languages, environment, tests, benchmarks, CI, size.

        What did not change since the last time is known already, so that asking again costs little.
        """
        return (await self._run(["gather", f"-C{self.root}", "--json"], context)).result

    async def code_path_audit(
        self,
        action_name: Annotated[str, Field(min_length=1, max_length=1000)],
        context: Context[object, object],
        max_depth: Depth = 10,
    ) -> Result:
        """Tell what an action costs before anyone runs it, from the source alone.

        action_name: an action of the project (a console script, a declared one), a pytest node id, or the dotted name
        of a function. The answer holds what it reaches, expensive operations, state changes, what is done twice,
        what could run at once, candidates for optimization, unresolved calls, and pages as Markdown and Mermaid. When
        the name is unknown the error says what may have been meant.
        """
        arguments = ["audit", f"-C{self.root}", "--json", f"--action={action_name}", f"--depth={max_depth}"]
        return (await self._run(arguments, context)).result

    async def profile(
        self, command: Words, context: Context[object, object], timeout_s: Seconds = 600, most: Most = 30
    ) -> Result:
        """Run a command in the repository, several times, and tell where its CPU, memory, GC, waiting and imports go.

        Functions come with the largest share first; exit_code is the command's own.
        """
        ended = await self._run(["profile", *self._observation(timeout_s), "--", *command], context)
        return _shortened(ended.result, most) | {"exit_code": ended.exit_code}

    async def targets(
        self, command: Words, context: Context[object, object], timeout_s: Seconds = 600, most: Most = 30
    ) -> Result:
        """Run a command in the repository, several times, and rank what is worth working on, with the evidence."""
        ended = await self._run(["targets", *self._observation(timeout_s), "--", *command], context)
        return _shortened(ended.result, most)

    async def results(
        self,
        last: Most = 50,
        experiment: Annotated[int | None, Field(ge=1, description="Give this one's whole record.")] = None,
    ) -> Result:
        """Tell what the sessions in this repository tried, kept and discarded, the newest last."""
        read = self._experiment if experiment is not None else self._rows
        try:
            return await anyio.to_thread.run_sync(read, experiment or last)
        except OptimizeError as error:
            raise _said(error) from error

    def _observation(self, timeout_s: int) -> Sequence[str]:
        return (f"-C{self.root}", "--json", f"--timeout={timeout_s}s")

    async def _run(self, arguments: Sequence[str], context: Context[object, object]) -> own_commands.Ended:
        try:
            return await own_commands.run(arguments, told=_progress(context))
        except OptimizeError as error:
            raise _said(error) from error

    def _rows(self, last: int) -> Result:
        rows = read_results(Layout(root=self.root).results)
        shown: list[JsonValue] = [{name: getattr(row, name) for name in COLUMNS} for row in rows[-last:]]
        return {"experiments": len(rows), "rows": shown}

    def _experiment(self, number: int) -> Result:
        record = load_experiment(path_of(Layout(root=self.root).experiments, number))
        plain: Result = _RECORD.dump_python(record, mode="json")
        return plain


def _progress(context: Context[object, object]) -> Callable[[str], Awaitable[None]]:
    steps = 0

    async def told(what: str) -> None:
        nonlocal steps
        steps += 1
        await context.report_progress(steps, message=one_line(what))

    return told


def _said(error: OptimizeError) -> ToolError:
    return ToolError(f"{error}\nhint: {error.hint}" if error.hint else str(error))


def _shortened(found: Result, most: int) -> Result:
    """Return a result with at most so many rows a list, and how many rows were left out of which."""
    left_out: Result = {
        name: len(value) - most for name, value in found.items() if isinstance(value, list) and len(value) > most
    }
    short = {name: value[:most] if isinstance(value, list) else value for name, value in found.items()}
    return short | {"left_out": left_out} if left_out else short
