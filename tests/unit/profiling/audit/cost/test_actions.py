import pytest

from profiling.audit.actions import UnknownEntry, discover, entry, find, of_test
from profiling.context.manifest import Manifest
from profiling.context.scripts import Script

FILES = {
    "shop/__init__.py": "",
    "shop/__main__.py": "from shop.cli import main\nmain()\n",
    "shop/cli.py": """
        def main():
            pass
        class Client:
            def __init__(self):
                pass
            def send(self):
                pass
    """,
    "shop/other.py": "class Mailer:\n    def send(self):\n        pass\n",
    "tools/run.py": "def go():\n    pass\nif __name__ == '__main__':\n    go()\n",
    "tools/quiet.py": "TEXT = '__main__'\nif __name__ != '__main__':\n    pass\n",
    "tests/test_shop.py": """
        def test_a():
            pass
        class TestB:
            def test_c(self):
                pass
            def helper(self):
                pass
    """,
}


def manifest(**pyproject):
    return Manifest(pyproject=pyproject)


def declared(table):
    return manifest(tool={"optimize": {"audit": {"actions": table}}})


@pytest.fixture
def shop(read_tree):
    return read_tree(FILES)


def test_scripts_main_modules_and_main_blocks_are_found(shop):
    graph, sources = shop

    found = discover(graph, manifest(project={"scripts": {"shop": "shop.cli:main"}}), sources)

    by_argv = {action.argv: action for action in found.actions}
    assert found.problems == ()
    assert by_argv["python", "-m", "shop"].entry_points == ("shop.__main__",)
    assert [action.argv for action in found.actions if action.entry_points == ("shop.cli.main",)] == [
        ("python", "-c", "import sys; from shop.cli import main; sys.exit(main())")
    ]
    assert ("python", "tools/run.py") in by_argv
    assert not any("quiet" in action.name for action in found.actions)
    assert len({action.name for action in found.actions}) == len(found.actions)


def test_a_script_of_setup_cfg_is_found(shop):
    graph, sources = shop
    section = {"options.entry_points": {"console_scripts": "\nshop = shop.cli:main\n"}}

    found = discover(graph, Manifest(setup_cfg=section), sources)

    assert any(action.description == "the console script shop" for action in found.actions)


def test_scripts_that_are_known_already_are_taken_in_place_of_the_declarations(shop):
    graph, sources = shop
    section = {"options.entry_points": {"console_scripts": "\nshop = shop.cli:main\n"}}
    known = (Script(name="buy", target="shop.cli:main"), Script(name="gone", target="shop.cli:nowhere"))

    found = discover(graph, Manifest(setup_cfg=section), sources, scripts=known)

    described = [action.description for action in found.actions]
    assert "the console script buy" in described
    assert "the console script shop" not in described
    assert any("'gone'" in problem for problem in found.problems)


def test_a_declared_action_is_one_line_and_comes_first(shop):
    graph, sources = shop
    table = {"send": "shop.cli.Client.send", "both": {"entry": ["cli.main", "go"], "description": "Two at once."}}

    found = discover(graph, declared(table), sources)

    assert [(each.name, each.entry_points) for each in found.actions[:2]] == [
        ("send", ("shop.cli.Client.send",)),
        ("both", ("shop.cli.main", next(name for name in graph.nodes if name.endswith("run.go")))),
    ]
    assert found.actions[1].description == "Two at once."


@pytest.mark.parametrize("value", [3, [], {}, {"entry": 4}, {"description": "x"}])
def test_a_declaration_that_names_no_function_is_a_problem(shop, value):
    graph, sources = shop

    found = discover(graph, declared({"bad": value}), sources)

    assert "'bad'" in found.problems[0]


def test_a_declaration_of_an_unknown_function_is_a_problem_with_a_hint(shop):
    graph, sources = shop

    found = discover(graph, declared({"bad": "shop.cli.mian"}), sources)

    assert "did you mean shop.cli.main" in found.problems[0]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("shop.cli.main", "shop.cli.main"),
        ("shop.cli:main", "shop.cli.main"),
        ("cli.main", "shop.cli.main"),
        ("Client", "shop.cli.Client.__init__"),
        ("Client.send", "shop.cli.Client.send"),
    ],
)
def test_an_entry_is_a_name_or_the_end_of_one(shop, wanted, name):
    assert entry(shop[0], wanted).entry_points == (name,)


def test_an_end_that_fits_several_names_lists_them(shop):
    with pytest.raises(UnknownEntry, match=r"shop\.cli\.Client\.send, shop\.other\.Mailer\.send"):
        entry(shop[0], "send")


@pytest.mark.parametrize("wanted", ["shop.cli.maim", "Mian", "", "\n", "x" * 3000, "..", "näme"])
def test_an_unknown_entry_is_one_clear_line(shop, wanted):
    with pytest.raises(UnknownEntry) as raised:
        entry(shop[0], wanted)

    assert len(str(raised.value).splitlines()) == 1


def test_a_pytest_node_id_is_an_action(shop):
    found = find(shop[0], "tests/test_shop.py::TestB::test_c[1-a]", ())

    assert [name.rpartition(".")[2] for name in found.entry_points] == ["test_c"]
    assert found.argv == ("python", "-m", "pytest", "-q", "tests/test_shop.py::TestB::test_c[1-a]")
    assert "/" not in found.name


def test_a_test_file_stands_for_all_its_tests(shop):
    found = of_test(shop[0], "tests/test_shop.py")

    assert sorted(name.rpartition(".")[2] for name in found.entry_points) == ["test_a", "test_c"]


@pytest.mark.parametrize("wanted", ["tests/test_shop.py::test_b", "tests/none.py::test_a"])
def test_an_unknown_test_is_one_clear_line(shop, wanted):
    with pytest.raises(UnknownEntry):
        find(shop[0], wanted, ())


def test_an_action_is_found_by_its_name(shop):
    graph, sources = shop
    known = discover(graph, declared({"send": "shop.cli.Client.send"}), sources).actions

    assert find(graph, "send", known) is known[0]
