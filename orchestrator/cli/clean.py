"""`optimize clean`: remove what sessions left behind."""

import click

from orchestrator.cli.options import repository_option


@click.command()
@repository_option
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--all", "everything", is_flag=True, help="Also the records, the branch codeflash/optimize and its tags.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def clean(repo: str, dry_run: bool, everything: bool, as_json: bool) -> int:
    r"""Remove what sessions left behind here: worktrees, branches of workers, caches, drafts of sessions that are over.

    Records (.codeflash/) and the branch codeflash/optimize stay unless --all is given; what git tracks stays always.
    While a session runs, nothing is removed.

    \b
    Examples:
      optimize clean --dry-run
      optimize clean
      optimize clean --all
    """
    from orchestrator.cli.clean_run import cleaned  # noqa: PLC0415  --help must not pay for it

    click.echo(cleaned(repo, everything=everything, dry_run=dry_run, as_json=as_json))
    return 0
