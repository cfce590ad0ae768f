"""`optimize audit`: what actions reach and cost, read from the source; `graph` and `trace` look at its call graph."""

from typing import TypedDict, Unpack

import click

from orchestrator.cli.options import repository_option


class AuditFlags(TypedDict):
    """What the command takes."""

    repo: str
    action: str | None
    entry: str | None
    depth: int
    as_dsl: bool
    as_tree: bool
    as_markdown: bool
    as_mermaid: bool
    as_json: bool
    diff: str | None
    calibrate: str | None
    python: str | None
    timeout: str


_DEPTH = click.IntRange(0, 1000)


@click.group(invoke_without_command=True, subcommand_metavar="[graph|trace …]")
@repository_option
@click.option("--action", metavar="NAME", help="Audit this action only; also a pytest node id. Default: all found.")
@click.option(
    "--entry", metavar="FUNCTION", help="Audit what this function reaches: its dotted name, or the end of it."
)
@click.option("--depth", type=_DEPTH, default=10, show_default=True, help="Calls followed from an entry point.")
@click.option("--dsl", "as_dsl", is_flag=True, help="Print the actions in the postfix language of the .dsl files.")
@click.option("--tree", "as_tree", is_flag=True, help="Print them as trees of calls, with costs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print them as Markdown.")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print them as Mermaid flowcharts.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as a JSON object.")
@click.option(
    "--diff",
    metavar="DATE|REF",
    help="Tell what changed since the audit of that day (2026-01-31), or since a commit, a branch or a tag.",
)
@click.option(
    "--calibrate",
    metavar="COMMAND",
    is_flag=False,
    flag_value="",
    help="Run COMMAND (default: the benchmark found here) under the profiler, fit the weights to it, and run the"
    " declared micro-benchmarks. Used by every later audit.",
)
@click.option(
    "--python", metavar="PYTHON", help="Interpreter for --calibrate. Default: the repository's .venv, else python3."
)
@click.option("--timeout", metavar="TIME", default="10m", show_default=True, help="Stop a run of COMMAND after this.")
@click.pass_context
def audit(context: click.Context, **flags: Unpack[AuditFlags]) -> int:
    r"""Read what each action of the repository reaches, costs and changes. Nothing of it is run or changed.

    Actions are console scripts, modules with a main part, those named in pyproject.toml, tests by their node id, and
    any function. Everything goes to .codeflash/audit/<date>/; a summary, or what you ask for, is printed.

    \b
    Examples:
      optimize audit
      optimize audit --action serve --tree
      optimize audit --entry shop.orders.total --markdown
      optimize audit --diff main
      optimize audit trace shop.orders.total
      optimize audit graph . --json > calls.json

    \b
    Actions can be declared in pyproject.toml:
      [tool.optimize.audit.actions]
      checkout = "shop.orders.checkout"
    """
    if context.invoked_subcommand is not None:
        return 0
    from orchestrator.cli import audit_view  # noqa: PLC0415  --help must not pay for it

    click.echo(audit_view.audited(flags))
    return 0


@audit.command()
@click.argument("path", type=click.Path(exists=True), default=".")
@click.option("--json", "as_json", is_flag=True, help="Print {caller: [callees]} as a JSON object.")
@click.option(
    "--tiers",
    metavar="LIST",
    help="Only calls found so: exact,typed,flow,callback,name,external. Default: all.",
)
def graph(path: str, as_json: bool, tiers: str | None) -> int:
    """Print the call graph of a folder or file: who calls what, and how sure that is.

    Names are dotted from PATH; a module's body has the module's name, builtins are <builtin>.name, lambdas
    owner.<lambdaN>.
    """
    from orchestrator.cli import audit_view  # noqa: PLC0415  --help must not pay for it

    click.echo(audit_view.graphed(path, tiers, as_json=as_json))
    return 0


@audit.command()
@repository_option
@click.argument("symbol")
@click.option("--depth", type=_DEPTH, default=10, show_default=True, help="Calls followed.")
def trace(repo: str, symbol: str, depth: int) -> int:
    """Print what one function reaches, with costs (!), state changes (~) and unknown calls (?).

    SYMBOL is its dotted name, or the end of it that no other has.
    """
    from orchestrator.cli import audit_view  # noqa: PLC0415  --help must not pay for it

    click.echo(audit_view.traced(repo, symbol, depth))
    return 0
