import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.context.answering import Wishes
from profiling.context.catalogue import PROBES
from profiling.context.gathering import gather
from profiling.context.schema import SCHEMA_FILE, offences
from profiling.context.schema_compiler import compiled_schema

REAL = (
    {},
    {"pyproject.toml": "[project\n", "setup.py": "x", ".github/workflows/ci.yml": "python-version: 3.11\n"},
    {
        "pyproject.toml": '[project]\nname="p"\nscripts={p="p:main"}\n',
        "src/p/__init__.py": "async def f(): pass\nimport asyncio\n",
        "src/p/__main__.py": "",
        "src/p/speed.pyx": "",
        "tests/test_p.py": "import pytest\ndef test_p(benchmark): pass\n",
        "asv.conf.json": "{}",
    },
)


@cache
def _schema() -> Any:
    return json.loads(SCHEMA_FILE.read_text())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Mapping[str, object]]:
    found = []
    for files in REAL:
        root = tmp_path_factory.mktemp("repo")
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found.append(gather(root, Wishes()).context)
    return found


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def test_the_schema_is_a_schema_and_knows_every_probe() -> None:
    jsonschema.Draft202012Validator.check_schema(_schema())
    assert set(_schema()["properties"]) == {"schema_version", "repository", *(probe.name for probe in PROBES)}


def test_what_holds_contexts_against_the_schema_was_compiled_from_it() -> None:
    assert SCHEMA_FILE.with_name("compiled_schema.py").read_text() == compiled_schema(), "run: make schema"


def test_what_is_gathered_fits_by_both_validators_and_says_all_there_is_to_say(
    corpus: list[Mapping[str, object]],
) -> None:
    for context in corpus:
        assert offences(context) == ()
        jsonschema.Draft202012Validator(_schema()).validate(context)
    richest = corpus[-1]
    for probe in PROBES:
        answer = richest[probe.name]
        assert isinstance(answer, dict)
        expected = set(_schema()["properties"][probe.name]["properties"])
        if probe.name == "git_state":
            expected = {"confidence", "errors", "is_checkout"}
        assert set(answer) == expected


@settings(max_examples=60)
@given(data=st.data())
def test_both_validators_agree_on_whatever_is_changed(corpus: list[Mapping[str, object]], data: st.DataObject) -> None:
    context: Any = copy.deepcopy(data.draw(st.sampled_from(corpus)))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from([place for place in _places(context) if place]))
        holder = context
        for key in path[:-1]:
            holder = holder[key]
        action = data.draw(st.sampled_from(["replace", "remove", "add"]))
        value = data.draw(st.sampled_from([None, 0, -1, 2, 1.5, True, "", "text", "high", "3.11", [], ["x"], [1], {}]))
        if action == "replace":
            holder[path[-1]] = value
        elif action == "remove":
            del holder[path[-1]]
        elif isinstance(holder, dict):
            holder["added"] = value
        else:
            holder.append(value)
    fits = jsonschema.Draft202012Validator(_schema()).is_valid(context)
    assert (offences(context) == ()) == fits


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda context: context["tools"].update(missing=3), "tools.missing must be array"),
        (lambda context: context.pop("repository"), "must contain what the schema requires"),
        (lambda context: context.update(more=1), "must not contain {'more'} properties"),
    ],
)
def test_an_offence_names_its_path(
    corpus: list[Mapping[str, object]], break_it: Callable[[Any], object], told: str
) -> None:
    context: Any = copy.deepcopy(corpus[0])
    break_it(context)
    assert told in "\n".join(offences(context))


def test_the_schema_file_is_part_of_the_package() -> None:
    assert SCHEMA_FILE.parent == Path(__file__).parents[4] / "profiling" / "context"
