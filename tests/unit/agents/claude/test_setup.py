import pytest

from agents.claude import setup
from agents.claude.conversation import Why
from agents.claude.setup import Commands
from agents.claude.tools.proposing import GivenUp
from agents.specialists.setup import Setup
from profiling.model import Command, Interpreter
from tests.fakes.claude_player import give_up, holds, results_of, use
from tests.fakes.messages_server import Body, in_order
from tests.unit.agents.claude.conftest import Shop

REASON = "it reads a day of orders, as README says"


def found(shop: Shop) -> Setup:
    return Setup(
        tree=shop.tree,
        interpreter=Interpreter(executable="python3", version=(3, 12, 1)),
        package_manager="pip",
        tests=None,
        workload=None,
        workload_candidates=(),
        documents=(),
        speed_dependencies=(),
        tools=(),
        problems=("no test command was found",),
        fingerprint="f",
    )


def answer(workload: str, tests: str = "") -> object:
    return use("commands", {"workload": workload, "tests": tests, "reason": REASON})


def test_it_is_told_what_is_known_and_reads_before_it_names_what_is_then_tried(shop: Shop) -> None:
    tried: list[Commands] = []

    def agent(body: Body) -> object:
        holds(body, "Python 3.12.1, pip", "no test command was found", "shop/text.py", "bench.py")
        if not results_of(body):
            return use("list_files", {"folder": "shop"})
        assert "shop/__init__.py\nshop/text.py" in results_of(body)[0]
        return answer("python bench.py --size 3", "python -m unittest discover")

    def trial(commands: Commands) -> str:
        tried.append(commands)
        return ""

    ended = setup.ask(shop.desk(agent), found(shop), trial)
    assert ended.answer == tried[0]
    assert tried[0].workload == Command(argv=("python", "bench.py", "--size", "3"))
    assert tried[0].tests is not None
    assert tried[0].reason == REASON


def test_what_goes_wrong_when_it_is_run_is_sent_back_twice(shop: Shop) -> None:
    seen: list[list[str]] = []

    def agent(body: Body) -> object:
        seen.append(results_of(body))
        return answer("python bench.py")

    ended = setup.ask(shop.desk(agent), found(shop), lambda _: "the workload ended with exit code 1: no data")
    assert (ended.why, ended.answer) == (Why.RULES_BROKEN, None)
    assert [len(one) for one in seen] == [0, 1, 2]
    assert "exit code 1: no data" in seen[1][0]


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ("rm -rf /", "only `python FILE …` and `python -m MODULE …`"),
        ("sh bench.sh", "only `python FILE …`"),
        ("python -c 'print(1)'", "name a .py file of the checkout"),
        ("python", "only `python FILE …`"),
        ("PYTHONPATH=/tmp python bench.py", "without variables"),
        ("python bench.py | tee out", "needs a shell"),
        ("python nowhere.py", "is not in the checkout"),
        ("python ../bench.py", "is outside the checkout"),
        ("python /etc/bench.py", "is outside the checkout"),
        ("python bench.py --out=/etc/passwd", "'--out=/etc/passwd' is outside the checkout"),
        ("python bench.py ../../x", "is outside the checkout"),
        ("python -m pip install evil", "-m pip: no module of the checkout"),
        ("python -m http.server", "no module of the checkout"),
        ("python -m", "no module of the checkout"),
        ("python 'bench.py", "No closing quotation"),
    ],
)
def test_nothing_but_python_of_the_checkout_is_ever_run(shop: Shop, workload: str, said: str) -> None:
    def never(_: Commands) -> str:
        raise AssertionError("it was run")

    ended = setup.ask(shop.desk(lambda _: answer(workload)), found(shop), never)
    assert ended.why is Why.RULES_BROKEN
    assert said in ended.detail


@pytest.mark.parametrize(
    "workload", ["python -m shop.text", "python -m bench", "python -m pytest -q", "python bench.py"]
)
def test_scripts_and_modules_of_the_checkout_and_its_tests_may_be_run(shop: Shop, workload: str) -> None:
    ended = setup.ask(shop.desk(in_order(answer(workload))), found(shop), lambda _: "")
    assert isinstance(ended.answer, Commands)
    assert ended.answer.workload.text == workload


def test_it_may_give_up_and_then_a_person_is_asked(shop: Shop) -> None:
    ended = setup.ask(shop.desk(in_order(give_up("it is a web server"))), found(shop), lambda _: "")
    assert ended.answer == GivenUp(reason="it is a web server")
