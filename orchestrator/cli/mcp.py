"""`optimize mcp`: the tools for clients of the Model Context Protocol."""

import click

from orchestrator.cli.options import repository_option


@click.command()
@repository_option
def mcp(repo: str) -> int:
    r"""Serve this repository to an MCP client over standard input and output, until the client goes away.

    Tools: gather, code_path_audit, profile, targets, results. Of these, profile and targets run the command that the
    client names, as you would: let clients ask you first.

    \b
    To register it:
      claude mcp add optimize -- optimize mcp -C /path/to/repository
    """
    from orchestrator.cli.location import root_of  # noqa: PLC0415  --help must not pay for it
    from orchestrator.errors import UsageError  # noqa: PLC0415

    try:
        from orchestrator.mcp_server import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise UsageError(
            "the MCP SDK is not installed", hint='install it beside optimize: pip install "ratchet-optimizer[mcp]"'
        ) from error
    serve(root_of(repo))
    return 0
