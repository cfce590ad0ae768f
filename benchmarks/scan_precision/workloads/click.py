"""A program of many commands is called with good and bad arguments, and asked for help."""

import hashlib

import click
from click.testing import CliRunner


@click.group()
@click.option("--verbose", "-v", count=True, help="Say more; again for even more of it.")
@click.version_option("1.0")
@click.pass_context
def main(context, verbose):
    """Do something, with a text that is long enough to be wrapped when it is shown on a terminal of eighty columns."""
    context.obj = verbose


def made(number):
    """Return one command."""

    @main.command(f"command{number}")
    @click.argument("names", nargs=-1)
    @click.option("--count", type=click.IntRange(0, 100), default=1, show_default=True, help="How many of them.")
    @click.option("--kind", type=click.Choice(["one", "two", "three"]), envvar="KIND", help="Which kind of them.")
    @click.option("--flag/--no-flag", default=False, help="Whether it is done at all, or only looked at.")
    @click.option("--pair", type=(str, float), multiple=True, metavar="NAME VALUE", help="A pair; may be repeated.")
    @click.pass_obj
    def command(verbose, names, count, kind, flag, pair):
        """Run one command of many, which says what it got."""
        click.echo(click.style(f"{verbose} {names} {count} {kind} {flag} {pair}", fg="green"))

    return command


for made_number in range(30):
    made(made_number)
runner = CliRunner()
digest = hashlib.sha256()
for number in range(900):
    words = [
        "-vv",
        f"command{number % 30}",
        "--count",
        str(number % 120),
        "--kind",
        "two",
        "--pair",
        "x",
        "1.5",
        "a",
        "b",
    ]
    for arguments in (words, ["--help"] if number % 4 else [f"command{number % 30}", "--help"], ["nothing"]):
        answer = runner.invoke(main, arguments)
        digest.update(f"{answer.exit_code} {answer.output}".encode())
print(digest.hexdigest())
