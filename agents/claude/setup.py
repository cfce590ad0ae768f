"""The setup agent: names the commands that nobody declared; each is really run before it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import Field

from agents.claude import briefing
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.tools._base import AnyTool, Arguments, Tool, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout
from agents.claude.tools.files import file_tools
from agents.claude.tools.proposing import GivenUp, GivenUpInput
from agents.claude.tools.toolbox import Toolbox
from agents.specialists.setup import Setup
from profiling.context.commands import BadCommand, parse
from profiling.model import Command, Tree
from prompts.inputs import Setup as SetupRole
from prompts.inputs import SetupBrief
from prompts.rendering import Data, render

AGENT = "setup"
_MOST_FILES = 300
_MOST_WORDS = 400
_RUNNERS = frozenset({"pytest", "unittest"})


class CommandsInput(Arguments):
    """The commands."""

    workload: str = Field(min_length=3, max_length=_MOST_WORDS, description="what is measured: `python bench.py`")
    tests: str = Field(default="", max_length=_MOST_WORDS, description="how the tests are run; empty: there are none")
    reason: str = Field(
        min_length=10, max_length=_MOST_WORDS, description="what these commands exercise, and where seen"
    )


class OneFolder(Arguments):
    """A folder of the checkout; empty is its root."""

    folder: str = Field(default="", max_length=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What the setup agent proposes: tests None where it saw none."""

    workload: Command
    tests: Command | None
    reason: str


Trial = Callable[[Commands], str]
"""Runs proposed commands, within limits; says what is wrong with them, nothing when they work."""


def ask(desk: Desk, found: Setup, trial: Trial) -> Ended[Commands | GivenUp]:
    """Return the commands of a repository.

    Args:
        desk: what agents share.
        found: what is known without a model.
        trial: judges an answer that keeps the rules.

    Raises:
        BudgetSpent, ModelError: it can't be asked.
    """
    checkout = Checkout(root=found.tree.root)
    opening = render(SetupBrief(known=Data(_known(found)), files=Data(_listed(checkout, OneFolder()))))
    conversation: Conversation[Commands | GivenUp] = Conversation(
        desk=desk,
        agent=AGENT,
        role="setup",
        system=(briefing.rules(found.tree, desk.conventions), render(SetupRole())),
        toolbox=Toolbox(
            tools=(*file_tools(checkout), _list_files(checkout)), watch=lambda used: desk.watcher.used(AGENT, used)
        ),
        answers=_answers(checkout, found.tree, trial),
        transcript=desk.transcript_of(AGENT, found.fingerprint, opening),
    )
    return conversation.run(opening)


def _answers(checkout: Checkout, tree: Tree, trial: Trial) -> tuple[AnyAnswer[Commands | GivenUp], ...]:
    def judge(given: CommandsInput) -> Commands | GivenUp:
        commands = Commands(
            workload=_allowed(given.workload, checkout, tree),
            tests=_allowed(given.tests, checkout, tree) if given.tests.strip() else None,
            reason=" ".join(given.reason.split()),
        )
        wrong = trial(commands)
        if wrong:
            raise ToolRefused(wrong)
        return commands

    return (
        Answering(
            name="commands",
            description="Name the commands: your answer. They are run, within limits, before they count.",
            arguments=CommandsInput,
            judge=judge,
        ),
        Answering(
            name="give_up",
            description="Say that nothing here can be run and measured, and why: your answer.",
            arguments=GivenUpInput,
            judge=lambda given: GivenUp(reason=" ".join(given.reason.split())),
        ),
    )


def _allowed(text: str, checkout: Checkout, tree: Tree) -> Command:
    """Return a command, when it runs a script or module of the checkout, or its tests, by Python and nothing else.

    Raises:
        ToolRefused: it does not.
    """
    try:
        command = parse(text)
    except BadCommand as error:
        raise ToolRefused(str(error)) from None
    program, *words = command.argv
    if command.env or program not in {"python", "python3"} or not words:
        raise ToolRefused(
            f"{text[:100]!r}: only `python FILE …` and `python -m MODULE …` can be run, without variables"
        )
    if words[0] == "-m":
        _check_module(words[1] if len(words) > 1 else "", checkout, tree)
    elif not words[0].endswith(".py"):
        raise ToolRefused(f"{text[:100]!r}: name a .py file of the checkout, or -m and a module of it")
    else:
        checkout.resolve(words[0])
    outside = [word for word in words if PurePosixPath(word.partition("=")[2] or word).is_absolute() or ".." in word]
    if outside:
        raise ToolRefused(f"{outside[0][:100]!r} is outside the checkout")
    return command


def _check_module(module: str, checkout: Checkout, tree: Tree) -> None:
    if module in _RUNNERS or module.partition(".")[0] in tree.packages:
        return
    path = module.replace(".", "/")
    for file in (f"{path}.py", f"{path}/__main__.py"):
        try:
            checkout.resolve(file)
        except ToolRefused:
            continue
        return
    raise ToolRefused(f"-m {module[:60]}: no module of the checkout, and neither pytest nor unittest")


def _list_files(checkout: Checkout) -> AnyTool:
    return Tool(
        name="list_files",
        description=f"List the files under a folder of the checkout, at most {_MOST_FILES}.",
        arguments=OneFolder,
        use=lambda asked: _listed(checkout, asked),
    )


def _listed(checkout: Checkout, asked: OneFolder) -> str:
    names: list[str] = []
    for name in checkout.files(asked.folder):
        if len(names) >= _MOST_FILES:
            names.append(f"[more than {_MOST_FILES}: name a folder]")
            break
        names.append(name)
    return "\n".join(names) or "there are no files"


def _known(found: Setup) -> str:
    python = ".".join(map(str, found.interpreter.version))
    tests = found.tests.text if found.tests else "none found"
    workload = found.workload.text if found.workload else "none found"
    return "\n".join(
        (
            f"Python {python}, {found.package_manager}",
            f"packages: {', '.join(found.tree.packages) or 'none'}; source: {', '.join(found.tree.source_paths)}",
            f"tests: {tests}; workload: {workload}",
            *found.problems,
        )
    )
