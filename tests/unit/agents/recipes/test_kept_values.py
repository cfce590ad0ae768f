"""memo_const, cached_property and file_memo: what is licensed, what the facts say, and that behaviour stays."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agents.recipes import cached_property, file_memo, memo_const
from agents.recipes._base import Choice, Recipe, Veto
from profiling.facts import Facts, FunctionFacts

FACTS = FunctionFacts(
    id="",
    calls=1000,
    distinct_arguments=1,
    keyable_calls=1000,
    consistent=True,
    consistent_by_receiver=True,
    receivers=10,
    argument_types={"path": {"str": 1000}},
    result_types={"str": 1000},
    results_immutable=True,
    raised=0,
    max_depth=1,
    opened_files={"a.txt": 500, "b.txt": 500},
)
TABLE = "def table():\n    return {'a': 1, 'b': 2}\n"
PERSON = (
    "class Person:\n    def __init__(self, first: str, last: str):\n"
    "        self.first = first\n        self.last = last\n"
    "\n    @property\n    def name(self):\n        return f'{self.first} {self.last}'\n"
)
CATCHING = """\
def load(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ''
"""
LOAD = "def load(path):\n    with open(path) as file:\n        return file.read().strip()\n"


def chosen(parsed, profile_of, recipe: Recipe, text: str, facts: FunctionFacts) -> Choice | Veto:
    site = next(recipe.sites(*parsed(text)))
    return recipe.choose(site, profile_of((site.key, 4.0)), Facts(functions={site.requests[0].id: facts}))


def rewritten(parsed, recipe: Recipe, text: str, parameters: tuple = ()) -> dict:
    module, project = parsed(text)
    choice = Choice(expected_share=0.1, evidence="", parameters=parameters)
    patch = recipe.rewrite(next(recipe.sites(module, project)), choice, module, project)
    namespace: dict = {}
    exec(compile(patch.apply({"mod.py": text})["mod.py"], "mod", "exec"), namespace)
    return namespace


@pytest.mark.parametrize(
    ("recipe", "text", "share"),
    [(memo_const.RECIPE, TABLE, 0.4), (cached_property.RECIPE, PERSON, 0.396), (file_memo.RECIPE, LOAD, 0.399)],
)
def test_the_expected_share_is_what_the_repeated_calls_take(parsed, profile_of, recipe, text, share) -> None:
    choice = chosen(parsed, profile_of, recipe, text, FACTS)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize(
    ("recipe", "text", "change"),
    [
        (memo_const.RECIPE, TABLE, {"calls": 1}),
        (memo_const.RECIPE, TABLE, {"consistent": False}),
        (memo_const.RECIPE, TABLE, {"calls": 2_000_000}),
        (cached_property.RECIPE, PERSON, {"calls": 29}),
        (cached_property.RECIPE, PERSON, {"receivers": 0}),
        (cached_property.RECIPE, PERSON, {"receivers": 4096, "calls": 10**6}),
        (cached_property.RECIPE, PERSON, {"consistent_by_receiver": False}),
        (cached_property.RECIPE, PERSON, {"results_immutable": False}),
        (cached_property.RECIPE, PERSON, {"calls": 300_000_000}),
        (file_memo.RECIPE, LOAD, {"opened_files": {"a.txt": 2, "b.txt": 3}}),
        (file_memo.RECIPE, LOAD, {"opened_files": {}}),
        (file_memo.RECIPE, LOAD, {"written_files": 1}),
        (file_memo.RECIPE, LOAD, {"consistent": False}),
        (file_memo.RECIPE, LOAD, {"argument_types": {"path": {"str": 1, "int": 1}}}),
        (file_memo.RECIPE, LOAD, {"argument_types": {"path": {"PosixPath": 1}}}),
        (file_memo.RECIPE, LOAD, {"calls": 3_000_000}),
    ],
)
def test_facts_against_it_veto(parsed, profile_of, recipe, text, change) -> None:
    assert isinstance(chosen(parsed, profile_of, recipe, text, replace(FACTS, **change)), Veto)


@pytest.mark.parametrize("recipe", [memo_const.RECIPE, cached_property.RECIPE, file_memo.RECIPE])
def test_nothing_is_chosen_that_was_not_sampled(parsed, profile_of, recipe) -> None:
    text = {"memo-const": TABLE, "cached-property": PERSON, "file-memo": LOAD}[recipe.card.id]
    site = next(recipe.sites(*parsed(text)))
    assert isinstance(recipe.choose(site, profile_of(), Facts(functions={site.requests[0].id: FACTS})), Veto)


def test_each_caller_gets_a_container_of_its_own(parsed) -> None:
    table = rewritten(parsed, memo_const.RECIPE, TABLE)["table"]
    table().clear()
    assert table() == {"a": 1, "b": 2}
    assert table() is not table()


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return iter([1])\n",
        "def f():\n    return [[1]]\n",
        "def f():\n    if a:\n        return [1]\n    return None\n",
        "STATE = []\ndef g():\n    STATE.append(1)\ndef f():\n    return len(STATE)\n",
        "import time\ndef f():\n    return time.time()\n",
        "import os\ndef f():\n    return os.getcwd()\n",
        "def f(x=1):\n    return x\n",
        "def f():\n    x = [1]\n    for x in [(1,)]:\n        pass\n    return x\n",
        "def f():\n    pass\n",
        "def f():\n    return {8 * x for x in range(9)}\n",
        "def f():\n    found = set('abc')\n    return found\n",
    ],
)
def test_what_may_change_or_be_shared_is_not_kept(parsed, text: str) -> None:
    assert list(memo_const.RECIPE.sites(*parsed(text))) == []


def test_a_platform_that_a_test_replaces_is_not_kept(parsed) -> None:
    text = "import sys\n\n\ndef f():\n    return sys.platform == 'win32'\n"
    assert list(memo_const.RECIPE.sites(*parsed(text)))
    readers = {"test_mod.py": "def test_f(monkeypatch):\n    monkeypatch.setattr(sys, 'platform', 'win32')\n"}
    assert list(memo_const.RECIPE.sites(*parsed(text, readers=readers))) == []


def test_a_kept_property_reads_as_before_and_is_computed_once(parsed) -> None:
    person = rewritten(parsed, cached_property.RECIPE, PERSON)["Person"]("Ada", "Byron")
    assert (person.name, person.name) == ("Ada Byron", "Ada Byron")
    assert person.name is person.name


@pytest.mark.parametrize(
    "more",
    [
        "\n    @name.setter\n    def name(self, value): pass\n",
        "\n    def marry(self, last):\n        self.last = last\n",
        "\n    def __getattr__(self, name): pass\n",
        "\n    __slots__ = ('first', 'last', '__dict__')\n",
        "\n    def state(self):\n        return self.__dict__\n",
        "\nclass Child(Person):\n    __slots__ = ()\n",
        "\nclass Child(Person):\n    name = 1\n",
        "\nclass Child(Person):\n    def __init__(self):\n        self.last = []\n",
        "\nclass Child(Person, Unknown):\n    pass\n",
        "\ndef rename(person):\n    person.first = 1\n",
        "\ndef rename(person):\n    person.name = 1\n",
        "\ndef rename(person):\n    setattr(person, field, 1)\n",
        "\ndef rename(person):\n    del person.first\n",
        "\ndef rename(person):\n    person.__init__('A', 'B')\n",
        "\ndef rename(person):\n    Person.__init__(person, 'A', 'B')\n",
        "\ndef rename(person):\n    getattr(person, '__init__')('A', 'B')\n",
        "\ndef rename(person):\n    begin = person.__init__\n    begin('A', 'B')\n",
        "\n    def rename(self):\n        type(self).__init__(self, 'A', 'B')\n",
        "\nclass Child(Person):\n    def __init__(self):\n        super().__init__(super().__init__('A', ''), 'C')\n",
        "\nclass Child(Person):\n    def __init__(self):\n        for a in 'A':\n            super().__init__(a, '')\n",
        "\nclass Child(Person):\n    def rename(self):\n        super().__init__('A', 'B')\n",
        "\n    def become(self, other):\n        self.__class__ = other\n",
        "\ndef told(person):\n    return isinstance(type(person).name, property)\n",
        "\ndef told():\n    return Person.name.fget\n",
    ],
)
def test_a_property_that_may_go_stale_or_is_asked_for_is_left_alone(parsed, more: str) -> None:
    assert list(cached_property.RECIPE.sites(*parsed(PERSON)))
    assert list(cached_property.RECIPE.sites(*parsed(PERSON + more))) == []


@pytest.mark.parametrize(
    "more",
    [
        "\nclass Child(Person):\n    def __init__(self):\n        super().__init__('A', 'B')\n",
        "\nclass Child(Person):\n    def __init__(self):\n        Person.__init__(self, 'A', 'B')\n",
        "\nclass Error(Exception):\n    def again(self):\n        self.__init__()\n        OSError.__init__(self)\n",
        "\n    other = property(lambda self: 1)\n",
    ],
)
def test_an_instance_that_is_initialised_once_is_as_good_as_before(parsed, more: str) -> None:
    assert list(cached_property.RECIPE.sites(*parsed(PERSON + more)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("class Person:", "class Person(Base):"),
        ("class Person:", "class Person(metaclass=Meta):"),
        ("class Person:", "@decorated\nclass Person:"),
        ("class Person:", "@dataclass(slots=True)\nclass Person:"),
        ("first: str", "first: list"),
        ("first: str", "first"),
        ("self.first = first", "self.first = first\n        self.first = 'x'"),
        ("self.first = first", "for first in last:\n            self.first = first"),
        ("self.first = first", "self.first = [first]"),
        ("self.first = first", "first = []\n        self.first = first"),
        ("f'{self.first} {self.last}'", "[self.first]"),
        ("f'{self.first} {self.last}'", "f'{self.first} {self}'"),
        ("f'{self.first} {self.last}'", "1"),
        ("@property", "@property\n    @traced"),
    ],
)
def test_a_class_out_of_the_ordinary_is_left_alone(parsed, old: str, new: str) -> None:
    assert list(cached_property.RECIPE.sites(*parsed(PERSON.replace(old, new)))) == []


def test_the_fields_of_a_dataclass_count_by_their_declaration(parsed) -> None:
    text = (
        "from dataclasses import dataclass\n\n\n"
        "@dataclass(frozen=True)\nclass Point:\n    x: int\n    y: 'int | None'\n"
        "    tags: list\n\n    @property\n    def label(self):\n        return f'{self.x}/{self.y}'\n\n"
        "    @property\n    def count(self):\n        return len(self.tags)\n"
    )
    assert [site.key.qualname for site in cached_property.RECIPE.sites(*parsed(text))] == ["Point.label"]


def aged(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


@pytest.fixture
def load(parsed, monkeypatch: pytest.MonkeyPatch):
    """Return the rewritten loader, in a world where every file is an hour old."""
    namespace = rewritten(parsed, file_memo.RECIPE, LOAD, (("path", 1), (".size", 8)))
    namespace["time_ns"] = lambda: time.time_ns() + 3600 * 10**9
    return namespace


def test_an_unchanged_file_is_read_once(load, tmp_path: Path) -> None:
    path = aged(tmp_path / "a.txt", "one\n")
    assert [load["load"](path), load["load"](path)] == ["one", "one"]
    assert load["_load_cached"].cache_info().hits == 1


def test_a_changed_or_replaced_file_is_read_again(load, tmp_path: Path) -> None:
    path = aged(tmp_path / "a.txt", "one\n")
    first = load["load"](path)
    (tmp_path / "b.txt").write_text("two\n")
    before = Path(path).stat()
    os.utime(tmp_path / "b.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "b.txt").replace(path)
    assert (first, load["load"](path)) == ("one", "two")


def test_a_relative_path_means_the_file_it_leads_to_now(load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
    found = []
    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        found.append(load["load"]("a.txt"))
    assert found == ["one", "two", "one"]


@pytest.mark.parametrize("path", ["missing.txt", "nul\0.txt", ".", 10**6, None, ["a"]])
def test_what_cannot_be_opened_fails_as_before(load, path: object) -> None:
    old: dict = {}
    exec(LOAD, old)
    with pytest.raises(Exception) as before:  # noqa: PT011 - whatever the original raises
        old["load"](path)
    with pytest.raises(type(before.value)) as after:
        load["load"](path)
    assert after.value.args == before.value.args


@pytest.mark.parametrize("name", ["os.stat", "time.time_ns", "functools.lru_cache"])
def test_a_reader_asks_nothing_that_a_test_replaces(parsed, name: str) -> None:
    assert list(file_memo.RECIPE.sites(*parsed(LOAD)))
    readers = {"test_mod.py": f"def test_f(monkeypatch):\n    monkeypatch.setattr({name!r}, None)\n"}
    assert list(file_memo.RECIPE.sites(*parsed(LOAD, readers=readers))) == []


def test_a_file_that_has_just_been_written_is_not_kept(parsed, tmp_path: Path) -> None:
    namespace = rewritten(parsed, file_memo.RECIPE, LOAD, (("path", 1), (".size", 8)))
    path = tmp_path / "a.txt"
    for text in ("one", "two"):
        path.write_text(text)
        assert namespace["load"](str(path)) == text
    assert namespace["_load_cached"].cache_info().currsize == 0


@pytest.mark.parametrize(
    "text",
    [
        "def load(path):\n    return open(path).read()\n",
        "def load(path):\n    with open(path, 'a') as file:\n        return file.read()\n",
        "def load(path, mode):\n    with open(path, mode) as file:\n        return file.read()\n",
        "def load(path):\n    with open('fixed') as file:\n        return file.read() + path\n",
        "def load(path):\n    path = path + 'x'\n    with open(path) as file:\n        return file.read()\n",
        "def load(path):\n    with open(path) as file:\n        return file\n",
        CATCHING,
        "def load(path):\n    with open(path) as file:\n        return [line.split() for line in file]\n",
        "def load(path):\n    with lock, open(path) as file:\n        return file.read()\n",
        "import locale\nlocale.setlocale(0)\ndef load(path):\n    with open(path) as f:\n        return f.read()\n",
    ],
)
def test_a_read_that_is_not_surely_of_one_unchanged_file_is_left_alone(parsed, text: str) -> None:
    assert list(file_memo.RECIPE.sites(*parsed(text))) == []


def test_lines_of_a_file_are_copied_for_each_caller(parsed, tmp_path: Path) -> None:
    text = "def load(path):\n    with open(path) as file:\n        return [line.strip() for line in file]\n"
    namespace = rewritten(parsed, file_memo.RECIPE, text, (("path", 1), (".size", 8)))
    namespace["time_ns"] = lambda: time.time_ns() + 3600 * 10**9
    path = aged(tmp_path / "a.txt", "one\ntwo\n")
    namespace["load"](path).clear()
    assert namespace["load"](path) == ["one", "two"]
