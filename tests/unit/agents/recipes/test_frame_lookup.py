"""One frame is asked for where one is used; where another error or the source could show, the stack is walked."""

import inspect
import subprocess
import sys

import pytest

from agents.recipes import stack_entry
from agents.recipes._base import Choice
from agents.recipes.frame_lookup import RECIPE
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

PROGRAM = "import inspect\nimport sys\n\n\ndef f(x):\n    return {use}\n"
BODY = "import inspect\nimport sys\n\n\ndef f(x):\n    {body}\n"
ENTRY = stack_entry.function_text(inspect="inspect", sys="sys")
WITH_ENTRY = f"import inspect\nimport sys\n\n\n{ENTRY}\n\n\ndef f(x):\n    {{body}}\n"
READERS = {"test_app.py": "from unittest import mock\nmock.patch('{name}')\n"}


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ("inspect.stack()[1][3]", "sys._getframe(1).f_code.co_name"),
        ("inspect.stack(0)[0].lineno", "sys._getframe(0).f_lineno"),
        ("inspect.getmodule(inspect.stack()[1][0])", "inspect.getmodule(sys._getframe(1))"),
        ("inspect.stack()[1].frame.f_locals", "sys._getframe(1).f_locals"),
        ("inspect.stack()[1].filename", "inspect.getframeinfo(sys._getframe(1), 0).filename"),
        ("[inspect.stack()[1].function for _ in x]", "[sys._getframe(1).f_code.co_name for _ in x]"),
    ],
)
def test_the_field_that_is_used_is_asked_of_a_frame_that_is_surely_there(use, after):
    assert rewritten(RECIPE, PROGRAM.format(use=use)) == PROGRAM.format(use=after)


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        ("return inspect.stack()[2].function", "2"),
        ("return inspect.stack()[x].function", "x"),
        ("return inspect.stack()[x.depth + 1][0]", "x.depth + 1"),
        ("return inspect.stack(2)[4][1:3]", "4"),
        ("return inspect.stack()[1][:4]", "1"),
        ("return lambda: inspect.stack()[x - 1].lineno", "x - 1"),
        ("with x: y = inspect.stack()[1].function", "1"),
        ("_, file, line, *_ = inspect.stack()[1]; return file, line", "1"),
        ("frame, file, line, name, _, _ = inspect.stack()[x]; return file, line", "x"),
        ("info = inspect.stack()[1]; return info.frame.f_locals, info[1]", "1"),
        ("info = inspect.stack()[1]; g(info.frame); del info", "1"),
        ("info: inspect.FrameInfo = inspect.stack()[1]; return info.lineno", "1"),
    ],
)
def test_any_other_entry_is_given_by_a_function_whatever_is_used_of_it_but_the_source(body, entry):
    context = "2" if "stack(2)" in body else ""
    after = WITH_ENTRY.format(body=body.replace(f"inspect.stack({context})[{entry}]", f"_stack_entry({entry})"))
    assert rewritten(RECIPE, BODY.format(body=body)) == after


@pytest.mark.parametrize(
    "body",
    [
        "return inspect.stack()[-1].function",
        "return inspect.stack()[True].function",
        "return inspect.stack()['1'].function",
        "return inspect.stack()[x()].function",
        "return inspect.stack()[(y := x)].function",
        "return inspect.stack(x)[1].function",
        "return inspect.stack(2)[x].function",
        "return inspect.stack()[1:]",
        "return inspect.stack()[0][1:3]",
        "return inspect.stack()[1].code_context",
        "return inspect.stack()[1].positions",
        "return inspect.stack()[x]._replace(index=0).function",
        "return inspect.stack()[1][4]",
        "return inspect.stack()[1][-1]",
        "return inspect.stack()[1][1:5]",
        "return inspect.stack()[1][1:]",
        "return inspect.stack()[1][3:4:-1]",
        "return inspect.stack()[1][x]",
        "inspect.stack()[x].frame = None",
        "del inspect.stack()[1].frame",
        "return inspect.stack()[x]",
        "return inspect.trace()[1].function",
        "info = inspect.stack()[x]; return info",
        "info = inspect.stack()[x]; return len(info)",
        "info = inspect.stack()[x]; return info.function, info.index",
        "info = inspect.stack()[x]; return info.function, locals()",
        "info = other = inspect.stack()[x]; return info.function",
        "x = inspect.stack()[x]; return x.function",
        "global info; info = inspect.stack()[x]; return info.function",
        "info = inspect.stack()[x]; info = g(info.function); return info",
        "frame, file, line, name, lines, at = inspect.stack()[1]; return lines",
        "frame, file, line, name, lines = inspect.stack()[1]; return file",
        "frame, file, *rest = inspect.stack()[1]; return file, rest",
        "_, file, *_, x.at = inspect.stack()[1]; return file",
        "_, file, *_ = inspect.stack()[1]; return file, locals()",
        "info.frame, info.file, *info.rest = inspect.stack()[1]",
    ],
)
def test_where_the_source_could_show_or_the_index_is_not_plain_the_stack_is_walked(body):
    assert sites_of(RECIPE, BODY.format(body=body)) == []


@pytest.mark.parametrize("name", ["inspect.stack", "sys._getframe", "inspect.getsourcefile", "inspect.FrameInfo"])
def test_what_a_test_replaces_stays(name):
    readers = {file: text.format(name=name) for file, text in READERS.items()}
    assert sites_of(RECIPE, PROGRAM.format(use="inspect.stack()[x].function"), readers=readers) == []


def test_where_the_name_of_the_module_is_taken_another_one_is_used():
    text = "import inspect\n\n\ndef f(sys):\n    return inspect.stack()[1].function\n"
    after = "import inspect\nimport sys as _sys\n\n\ndef f(sys):\n    return _sys._getframe(1).f_code.co_name\n"
    assert rewritten(RECIPE, text) == after
    entry = rewritten(RECIPE, text.replace("[1]", "[2]"))
    assert entry is not None
    assert stack_entry.function_text(inspect="inspect", sys="_sys") in entry


@pytest.mark.parametrize(
    "line",
    [
        "inspect = None",
        "type = None",
        "class ValueError(Exception): pass",
        "def _stack_entry(index): return None",
        "from os import *",
        "globals()",
    ],
)
def test_where_a_name_that_the_function_needs_means_something_else_the_stack_is_walked(line):
    text = PROGRAM.format(use="inspect.stack()[x].function")
    assert len(sites_of(RECIPE, text)) == 1
    assert sites_of(RECIPE, text.replace("\n\n\n", f"\n{line}\n\n\n", 1)) == []


def test_a_module_that_has_no_name_is_imported():
    text = "from inspect import stack\n\n\ndef f():\n    return stack()[1].{field}\n"
    start = "import inspect\nimport sys\nfrom inspect import stack\n\n\ndef f():\n    return "
    after = f"{start}inspect.getframeinfo(sys._getframe(1), 0).filename\n"
    assert rewritten(RECIPE, text.format(field="filename")) == after
    after = start.replace("import inspect\n", "", 1) + "sys._getframe(1).f_code.co_name\n"
    assert rewritten(RECIPE, text.format(field="function")) == after


def test_a_second_fix_uses_the_function_of_the_first():
    text = BODY.format(body="return inspect.stack()[x].function") + "\n\ndef g(n):\n    return inspect.stack()[n][3]\n"
    once = rewritten(RECIPE, text)
    assert once is not None
    twice = rewritten(RECIPE, once)
    assert twice is not None
    assert twice.count("def _stack_entry") == 1
    assert twice.endswith("def g(n):\n    return _stack_entry(n)[3]\n")
    assert rewritten(RECIPE, twice) is None


def test_the_function_stands_behind_what_is_above_and_keeps_comments_where_they_are():
    text = "import inspect\nimport sys\nx = 1\n# of f\ndef f(n) -> str:\n    return inspect.stack()[n][3]\n"
    typed = stack_entry.function_text(inspect="inspect", sys="sys", is_annotated=True)
    after = (
        f"import inspect\nimport sys\nx = 1\n\n\n{typed}\n\n\n# of f\ndef f(n) -> str:\n    return _stack_entry(n)[3]\n"
    )
    assert rewritten(RECIPE, text) == after


INDICES = (0, 1, 2, 7, 10**6, 2**31 - 1, 2**70, -1, -3, True, False, 1.0, None, "1", slice(1, 2))


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_the_function_gives_for_every_index_what_the_walk_gives(index):
    namespace: dict[str, object] = {"inspect": inspect, "sys": sys}
    exec(ENTRY, namespace)
    entry, found = namespace["_stack_entry"], []

    for is_walk in (True, False):
        try:
            given = inspect.stack()[index] if is_walk else entry(index)  # on one line, in one frame
        except Exception as error:  # noqa: BLE001  # whatever the walk raises
            found.append((type(error), error.args))
        else:
            found.append([one[:4] for one in given] if isinstance(given, list) else given[:4])

    assert found[0] == found[1]


def test_a_frame_tells_the_line_of_its_description_at_every_step_that_is_traced():
    seen: list[tuple[int, int]] = []

    def traced(frame, _event, _given):
        frame.f_trace_opcodes = True
        seen.append((frame.f_lineno, inspect.getframeinfo(frame, 0).lineno))
        return traced

    def steps(numbers):
        for one in numbers:
            try:
                yield (one +
                       1 // one)  # fmt: skip
            except ZeroDivisionError:
                continue

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        found = [*steps([1, 0, 2])]
    finally:
        sys.settrace(before)

    assert found == [2, 2]
    assert len(seen) > 50
    assert all(told == described for told, described in seen)


@pytest.mark.slow
def test_the_function_passes_strict_type_checks(tmp_path):
    typed = stack_entry.function_text(inspect="inspect", sys="sys", is_annotated=True)
    file = tmp_path / "app.py"
    file.write_text(f"import inspect\nimport sys\n\n\n{typed}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(file)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stack_that_is_walked_often_in_sampled_time_is_chosen():
    site = sites_of(RECIPE, PROGRAM.format(use="inspect.stack()[1].function"))[0]
    often = facts_of(expression_facts(site.requests[0].id, evaluations=100))

    chosen = RECIPE.choose(site, profile_of({site.key: 0.5}), often)
    assert isinstance(chosen, Choice)
    assert 0 < chosen.expected_share <= 0.5
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), often))
    assert "0 walks" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of()))
