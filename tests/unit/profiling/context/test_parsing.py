import ast
import sys
import warnings

import pytest

from profiling.context.parsing import parsed
from tests.fakes.parsing_threads import errors_of_two_who_parse


def test_two_probes_that_parse_at_the_same_time_do_not_disturb_each_other() -> None:
    if sys.version_info < (3, 12):
        assert errors_of_two_who_parse(ast.parse), "this interpreter does not mix parses up: nothing would be shown"
    assert errors_of_two_who_parse(parsed) == []


@pytest.mark.parametrize("text", ["def (:", "x = '\0'", "(" * 100_000, b"x = '\xff'", b"# coding: no-such\n"])
def test_what_is_no_python_has_no_tree(text: str | bytes) -> None:
    assert parsed(text) is None


def test_warnings_of_what_is_parsed_are_not_ours() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert parsed("x = '\\d'\n") is not None
    assert caught == []
