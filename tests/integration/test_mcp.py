"""`optimize mcp` as a client meets it: over real pipes, with the SDK's own client."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent

from orchestrator.ledger.results_tsv import COLUMNS, HEADER
from tests.integration.conftest import command, environment, make_shop

T = TypeVar("T")
LIMIT_S = 120.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_shop(tmp_path_factory.mktemp("served"))
    (root / "shop" / "__main__.py").write_text(
        "import json\nfrom shop.text import describe\n\n\ndef main():\n"
        "    for _ in range(500):\n        print(json.dumps(describe(['a'], ['b'])))\n\n\nmain()\n"
    )
    return root


def served(root: Path, talk: Callable[[Client], Awaitable[T]], errors: Path) -> T:
    """Start a server, talk to it, and let it end with the talk."""
    program, *arguments = command("mcp", "-C", str(root))

    async def call() -> T:
        with anyio.fail_after(LIMIT_S), errors.open("w") as log:
            server = StdioServerParameters(command=program, args=arguments, env=environment(), cwd=errors.parent)
            async with Client(stdio_client(server, errlog=log)) as client:
                return await talk(client)

    return anyio.run(call)


def text_of(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, TextContent))


def test_a_client_finds_the_tools_and_calls_them(shop: Path, tmp_path: Path) -> None:
    rows = [
        "\t".join({"status": "keep", "description": f"faster {n}"}.get(column, "") for column in COLUMNS)
        for n in range(3)
    ]
    (shop / ".codeflash").mkdir(exist_ok=True)
    (shop / ".codeflash" / "results.tsv").write_text("\n".join([HEADER, *rows]) + "\n")

    async def talk(client: Client) -> tuple[list[str], CallToolResult, CallToolResult, CallToolResult, CallToolResult]:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        results = await client.call_tool("results", {"last": 2})
        audit = await client.call_tool("code_path_audit", {"action_name": "shop", "max_depth": 5})
        missing = await client.call_tool("code_path_audit", {"action_name": "shop.text.descrbe"})
        gathered = await client.call_tool("gather", {})
        return tools, results, audit, missing, gathered

    tools, results, audit, missing, gathered = served(shop, talk, tmp_path / "errors.txt")

    assert {"gather", "code_path_audit", "profile", "targets", "results"} <= set(tools)
    assert gathered.structured_content is not None
    assert gathered.structured_content["context"]["language_stack"]["primary"] == "python"
    assert results.structured_content is not None
    assert results.structured_content["experiments"] == 3
    assert [row["description"] for row in results.structured_content["rows"]] == ["faster 1", "faster 2"]
    assert not audit.is_error, text_of(audit)
    assert audit.structured_content is not None
    (action,) = audit.structured_content["actions"]
    assert {"shop.__main__.main", "shop.text.describe"} <= {function["name"] for function in action["functions"]}
    assert any(op["callee"] == "json.dumps" for op in action["expensive_ops"])
    assert action["mermaid"].startswith("flowchart")
    assert missing.is_error
    assert "shop.text.describe" in text_of(missing)


def test_arguments_that_can_not_be_are_refused_as_results_not_as_a_broken_connection(
    shop: Path, tmp_path: Path
) -> None:
    async def talk(client: Client) -> list[CallToolResult]:
        return [
            await client.call_tool("profile", {"command": []}),
            await client.call_tool("profile", {"command": ["no-such-program-here"]}),
            await client.call_tool("code_path_audit", {"action_name": "--help"}),
            await client.call_tool("results", {"experiment": 7}),
            await client.call_tool("results", {}),
        ]

    *refused, answered = served(shop, talk, tmp_path / "errors.txt")

    assert [result.is_error for result in refused] == [True] * 4
    assert "no-such-program-here" in text_of(refused[1])
    assert "--help" in text_of(refused[2])
    assert "007.json" in text_of(refused[3])
    assert not answered.is_error


@pytest.mark.slow
def test_a_profile_reports_progress_and_its_own_exit_code(shop: Path, tmp_path: Path) -> None:
    heard: list[str | None] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)

    work = "import sys, shop.text as t; print([t.checksum('abc' * 900) for _ in range(900)][0]); sys.exit(3)"

    async def talk(client: Client) -> CallToolResult:
        return await client.call_tool(
            "profile", {"command": ["python", "-c", work], "most": 2}, progress_callback=listen
        )

    found = served(shop, talk, tmp_path / "errors.txt").structured_content

    assert found is not None
    assert found["exit_code"] == 3
    assert found["functions"][0]["key"]["qualname"] == "checksum"
    assert len(found["functions"]) <= 2
    assert heard


def test_nothing_but_the_protocol_is_printed_and_the_end_of_input_ends_the_server(shop: Path) -> None:
    asked = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    lines = [*map(json.dumps, asked), "no json at all", ""]

    process = subprocess.Popen(
        command("mcp", "-C", str(shop)),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(lines))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, _ = process.communicate(timeout=60)

    assert [answer["id"] for answer in answers] == [1, 2]
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert process.returncode == 0


def test_no_other_command_imports_the_sdk() -> None:
    script = (
        "import sys\n"
        "from orchestrator.cli.program import COMMANDS, program\n"
        "import click\n"
        "context = click.Context(program)\n"
        "for listed in COMMANDS:\n"
        "    assert program.get_command(context, listed.name) is not None\n"
        "heavy = {'mcp', 'mcp_types', 'starlette', 'langgraph'}\n"
        "found = [name for name in sys.modules if name.partition('.')[0] in heavy]\n"
        "assert not found, found\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment()}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
