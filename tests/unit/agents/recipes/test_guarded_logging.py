"""A message is left unmade only where making it can't be noticed, and only for a logger that is one."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.guarded_logging import RECIPE
from profiling.facts import Facts
from profiling.run_facts import LogUse, RunFacts
from tests.fakes.recipe_programs import expression_facts, profile_of, reason_of, rewritten, sites_of

HEAD = "import logging\n\nlog = logging.getLogger(__name__)\n\n\n"
LOAD = HEAD + 'def load(path, *more):\n    log.debug(f"loading {path}")\n    return path\n'


def logging_with(argument: str, before: str = "pass") -> str:
    return f"{HEAD}def load(path, *more):\n    {before}\n    log.debug({argument})\n    return path\n"


@pytest.mark.parametrize(
    "argument",
    [
        "f'{path}'",
        "f'{path!r:>20} {len(more)}'",
        "'%s of %r' % (path, more)",
        "'%s', repr(path)",
        "'{} {}'.format(path, more)",
        "'a' + str(path)",
        "'%s', ', '.join(map(str, more))",
        "f'{type(path).__name__} {path}', exc_info=True",
    ],
)
def test_a_message_of_texts_is_guarded(argument: str) -> None:
    after = rewritten(RECIPE, logging_with(argument))
    assert after is not None
    assert f"    if log.isEnabledFor(logging.DEBUG):\n        log.debug({argument})\n" in after


@pytest.mark.parametrize(
    "argument",
    [
        "f'{path.name}'",
        "f'{path[0]}'",
        "f'{path + 1}'",
        "f'{path:>9}'",
        "f'{path!r:>99999}'",
        "f'{len(path)}'",
        "f'{missing}'",
        "f'{later}'",
        "f'{path()}'",
        "'%s' % path",
        "'%d' % (path,)",
        "'%s' % (path, more)",
        "'%(a)s' % {'a': path}",
        "'{}{}'.format(path)",
        "'{0.name}'.format(path)",
        "'{!x}'.format(path)",
        "'a' + path",
        "'%s', ','.join(path)",
        "'%s', map(str, more).__next__()",
        "'%s', [str(one) for one in path]",
        "'%s', (path := 3) or str(path)",
        "'%s', path",
        "*[str(path)]",
        "**{'msg': str(path)}",
        "'%s', str(path).center()",
        "'%s', 'a'.center(path)",
        "'%s', str(path, 'ascii')",
    ],
)
def test_a_message_that_may_raise_or_do_something_is_made(argument: str) -> None:
    assert rewritten(RECIPE, logging_with(argument) + "\n    later = 1\n") is None


@pytest.mark.parametrize("before", ["del path", "if more:\n        path = 1\n        del path"])
def test_a_name_that_may_be_unbound_is_read(before: str) -> None:
    assert rewritten(RECIPE, logging_with("f'{path}'", before)) is None


def test_a_local_counts_as_bound_behind_its_assignment_only() -> None:
    assert rewritten(RECIPE, logging_with("f'{seen}'", "seen = path")) is not None
    assert rewritten(RECIPE, logging_with("f'{seen}'", "if path:\n        seen = path")) is None
    assert rewritten(RECIPE, logging_with("f'{seen}'", "for seen in path:\n        pass")) is None
    assert rewritten(RECIPE, logging_with("f'{late}'") + "\n\nlate = 1\n") is None


@pytest.mark.parametrize(
    "text",
    [
        LOAD.replace("logging.getLogger(__name__)", "make()"),
        LOAD.replace("\n\ndef load", "\nlog = None\n\n\ndef load"),
        LOAD.replace("(path, *more)", "(path, log)"),
        LOAD + "\n\nlogging.setLoggerClass(int)\n",
        LOAD + "\n\nclass Mine(logging.Logger):\n    pass\n",
        LOAD + "\n\nlog.debug = print\n",
        LOAD.replace("    log.debug", "    if log.isEnabledFor(10): log.debug"),
        LOAD.replace("    log.debug", "    return log.debug"),
        LOAD.replace("log.debug", "log.error"),
        LOAD.replace("    return path", "    return log.debug(f'{path}')").replace(
            '    log.debug(f"loading {path}")\n', ""
        ),
    ],
)
def test_what_is_no_plain_statement_of_a_plain_logger_is_left_alone(text: str) -> None:
    assert rewritten(RECIPE, LOAD) is not None
    assert rewritten(RECIPE, text) is None


@pytest.mark.parametrize(
    "reader",
    [
        "from unittest import mock\n\n\ndef test(m):\n    m.patch('app.log.debug')\n",
        "def test(m):\n    m.setattr('app.log', None)\n",
        "import app\n\n\ndef test(m):\n    m.patch.object(app.log, 'isEnabledFor')\n",
    ],
)
def test_a_logger_that_a_test_replaces_is_left_alone(reader: str) -> None:
    assert rewritten(RECIPE, LOAD, readers={"test_app.py": reader}) is None


@pytest.mark.parametrize(
    "body",
    [
        "self.asked += 1\n        return ''",
        "print('asked')\n        return ''",
        "raise ValueError",
        "return self.make()",
        "return self.made",
        "KEPT.append(self)\n        return ''",
        "global KEPT\n        KEPT = self\n        return ''",
    ],
)
def test_a_class_whose_text_does_something_forbids_it_in_the_whole_project(body: str) -> None:
    own = (
        f"\n\nclass Own:\n    def __repr__(self):\n        {body}\n\n    def make(self):\n        self.x = 1\n"
        "        return ''\n\n    @property\n    def made(self):\n        self.y = 1\n        return ''\n"
    )
    quiet = own.replace(body, "return f'<{type(self).__name__} {self.it}>'")
    assert rewritten(RECIPE, LOAD + quiet) is not None
    assert rewritten(RECIPE, LOAD + own) is None


def test_text_over_several_lines_with_line_ends_of_its_own_is_not_indented() -> None:
    assert rewritten(RECIPE, logging_with("f'''a\n{path}'''")) is None


def use_of(calls: int, disabled: int) -> RunFacts:
    return RunFacts(logging={"app.py:7 debug": LogUse(calls=calls, disabled=disabled)})


def test_messages_that_were_hardly_ever_wanted_choose_it() -> None:
    (site,) = sites_of(RECIPE, LOAD)
    made = expression_facts(site.requests[0].id, types={"str": 1}, total_len=200_000)
    facts = Facts(expressions={made.id: made}, run=use_of(10_000, 9_900))
    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), facts)
    assert isinstance(choice, Choice)
    assert 0.001 < choice.expected_share < 0.01


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (RunFacts(), "0 messages were not wanted"),
        (use_of(499, 499), "fewer than 500"),
        (use_of(10_000, 5_000), "5000 of 10000 messages were written"),
        (RunFacts(logging={"app.py:99 debug": LogUse(calls=9999, disabled=9999)}), "0 messages were not wanted"),
    ],
)
def test_messages_that_were_wanted_or_few_speak_against_it(run: RunFacts, reason: str) -> None:
    (site,) = sites_of(RECIPE, LOAD)
    assert reason in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), Facts(run=run)))
