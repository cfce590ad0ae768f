"""`optimize run`: the options of a session. What they do is in `orchestrator.cli.conductor`."""

import os

import click

from orchestrator.cli.options import python_option, repository_option


@click.command(short_help="Optimize a repository, or go on with it.")
@click.argument("goal", nargs=-1)
@repository_option
@click.option(
    "--workload", metavar="COMMAND", help="What is measured. Default: a benchmark script found in the repository."
)
@click.option("--tests", metavar="COMMAND", help="What must stay green. Default: the tests found.")
@python_option
@click.option(
    "--domain", metavar="DOMAIN", help="Work on one only: cpu, memory, async or structure (start-up). Default: all."
)
@click.option(
    "--agent",
    metavar="AGENT",
    help="Who proposes fixes: auto or recipes (embedded, needs no key), or claude: recipes first, then the model, with"
    " your key (ANTHROPIC_API_KEY). Default: auto.",
)
@click.option(
    "--model", metavar="NAME", help="With --agent claude: the model of every agent. Default: one for each role."
)
@click.option("--budget", metavar="DOLLARS", help="With --agent claude: what the session may cost. Default: no limit.")
@click.option("--token-budget", metavar="N", help="With --agent claude: tokens it may take. Default: 10000000.")
@click.option(
    "--docs-server",
    metavar="COMMAND",
    help="With --agent claude: an MCP server, as command or URL, that is asked what libraries advise. Default: none.",
)
@click.option("--max-experiments", metavar="N", help="End after so many experiments. Default: 20.")
@click.option("--time-limit", "time_limit_s", metavar="TIME", help="End after this long: 90s, 10m, 2h. Default: 1h.")
@click.option(
    "--workers",
    metavar="N",
    help="Specialists that work at the same time, each in its own worktrees; 1: one after the other. Default: 2.",
)
@click.option("--seed", metavar="N", help="Seed of everything random. Default: chosen and recorded.")
@click.option(
    "--history", is_flag=True, help="Let what your earlier sessions kept, here and elsewhere, move fixes up or down."
)
@click.option("--resume", is_flag=True, help="Go on with the session that is here; an error where there is none.")
@click.option(
    "--ci",
    is_flag=True,
    help="Work on the branch of a pull request: what it changed, and what that calls. Never asks; pushes what was"
    " proved; one summary, none when there is nothing to tell.",
)
@click.option("--base", metavar="REF", help="With --ci: what the branch is compared with. Default: the pull request's.")
@click.option(
    "--scope", metavar="pr|repo", help="With --ci: repo looks at everything. Default: pr where a base is known."
)
@click.option(
    "--fail-on", metavar="regression", help="With --ci: exit 1 when the branch is measurably worse than its base."
)
@click.option(
    "--dry-run", is_flag=True, help="With --ci: commit, push and comment nothing; leave a patch and a summary."
)
@click.option("--json", "as_json", is_flag=True, help="Print every event as one JSON object a line.")
@click.option("--plain", is_flag=True, help="Print plain status lines even in a terminal.")
@click.option(
    "--ask",
    metavar="KINDS",
    help="Ask before every one of these: spawn, experiment, command, commit, push; all; none; needed: only what needs"
    " agreement. Answer here or with optimize approve. Default: needed in a terminal, else none.",
)
@click.option("--interactive", is_flag=True, help="The same as --ask all.")
@click.option(
    "--yes",
    is_flag=True,
    help="Never ask: also try fixes that a person has to agree to, such as awaiting calls side by side.",
)
@click.pass_context
def session(ctx: click.Context, /, goal: tuple[str, ...], repo: str, **flags: str | bool | None) -> int:
    """Optimize a repository, or go on with the session that is there.

    GOAL says in words what you want. It may be left out.
    """
    from orchestrator.cli.conductor import conduct  # noqa: PLC0415  --help must not pay for it

    _refuse_command_as_goal(ctx, goal)
    _refuse_without_ci(ctx, flags)
    _settle_asking(ctx, flags)
    given = {name: value for name, value in flags.items() if value not in {None, False}}
    return conduct({"goal": " ".join(goal), "repo": repo, **given})


def _refuse_without_ci(ctx: click.Context, flags: dict[str, str | bool | None]) -> None:
    given = [name for name in ("base", "scope", "fail_on", "dry_run") if flags.get(name)]
    if given and not flags.get("ci") and not os.environ.get("OPTIMIZE_CI"):
        raise click.UsageError(f"--{given[0].replace('_', '-')} goes with --ci", ctx)


def _settle_asking(ctx: click.Context, flags: dict[str, str | bool | None]) -> None:
    """Make one of the three words for it; two of them contradict each other."""
    named = [name for name in ("ask", "interactive", "yes") if flags.get(name)]
    if len(named) > 1:
        raise click.UsageError(f"--{named[0]} goes without --{named[1]}", ctx)
    if flags.pop("interactive", None):
        flags["ask"] = "all"


def _refuse_command_as_goal(ctx: click.Context, goal: tuple[str, ...]) -> None:
    parent = ctx.parent
    if not goal or parent is None or not isinstance(parent.command, click.Group):
        return
    if parent.meta.get("optimize.default") and goal[0] in parent.command.list_commands(parent):
        as_goal = f"As a goal: optimize run {' '.join(goal)}"
        raise click.UsageError(f"'{goal[0]}' is a command and comes first: optimize {goal[0]} … ({as_goal})", ctx)
