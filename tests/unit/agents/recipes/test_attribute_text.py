"""Pieces of an attribute's text are joined at the end only where nobody can look at it before."""

import textwrap

import pytest

from agents.recipes._base import Choice
from agents.recipes.attribute_text import RECIPE
from profiling.facts import LoopFacts
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

METHOD = """\
def add(self, rows):
    self.text = ""
    for row in rows:
        self.text += f"{row}."
"""


def in_class(method: str, head: str = "class Report:", more: str = "") -> str:
    return f"{head}\n{textwrap.indent(method, '    ')}{textwrap.indent(more, '    ')}"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (in_class(METHOD.replace('""', "rows")), "the attribute may be a list"),
        (in_class(METHOD.replace('""', '""\n    self.reset()')), "what is called may set it to anything"),
        (in_class(METHOD.replace('f"{row}."', "row.name")), "the piece may be of any type"),
        (in_class(METHOD.replace('f"{row}."', 'f"{row}"')), "one value formatted alone may be a subclass of str"),
        (in_class(METHOD.replace('f"{row}."', 'f"{row}."\n        yield row')), "others run meanwhile"),
        (in_class(METHOD.replace('f"{row}."', 'f"{row}."\n        self.show()')), "a method may look at it"),
        (in_class(METHOD.replace('f"{row}."', 'f"{row}."\n        print(self.text)')), "it is read"),
        (in_class(METHOD.replace('f"{row}."', 'f"{row}."\n        self = row')), "self is bound again"),
        (in_class(METHOD.replace("+=", "=")), "it is set"),
        (in_class(METHOD.replace("self.text", "rows.text")), "an object of any class"),
        (in_class(METHOD, "class Report(Base):"), "a base from outside"),
        (in_class(METHOD, "class Report(metaclass=Meta):"), "a metaclass"),
        (in_class(METHOD, "@frozen\nclass Report:"), "a decorator"),
        (in_class(METHOD, more="def __setattr__(self, name, value):\n    print(name)\n"), "setting runs code"),
        (in_class(METHOD, more="text = Field()\n"), "it may be a descriptor"),
        (in_class(METHOD, more="def __str__(self):\n    return self.text\n"), "formatting a row may read it"),
        (in_class(METHOD, more="@property\ndef size(self):\n    return self.text\n"), "a property may read it"),
        (in_class(METHOD, more="def steps(self):\n    yield self.text\n"), "the rows may read it"),
        (in_class(METHOD, more="def get(self):\n    return getattr(self, 'text')\n"), "it is read by name"),
        (in_class(METHOD) + "\n\nclass Other(Report):\n    text = property(print)\n", "a subclass computes it"),
        (in_class("@staticmethod\n" + METHOD), "no method"),
        (METHOD, "no class"),
        (in_class(METHOD.replace("add(self, rows)", "add()")), "no receiver"),
        (in_class(METHOD.replace('f"{row}."', '"""a\n        b"""')), "text over several lines would be moved too"),
        (in_class(METHOD.replace("rows", "_text_parts")), "the name is taken"),
    ],
)
def test_an_attribute_that_may_be_looked_at_is_left_alone(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_a_piece_over_several_lines_and_empty_lines_keep_their_shape():
    before = in_class(
        METHOD.replace('f"{row}."', '("a"\n                      "b")\n\n        # more\n        self.text += "c"')
    )

    after = rewritten(RECIPE, before)

    assert after is not None
    assert '_text_parts.append(("a"\n                              "b"))\n\n' in after
    assert after.count("# more\n                _text_parts.append") == 1


def test_a_file_without_a_last_newline_gets_one_before_the_end():
    after = rewritten(RECIPE, in_class(METHOD).removesuffix("\n"))

    assert after is not None
    assert after.endswith('        finally:\n            self.text = "".join(_text_parts)\n')


def test_a_long_loop_is_chosen_and_a_short_one_is_not():
    (site,) = sites_of(RECIPE, in_class(METHOD))
    loop, piece = (request.id for request in site.requests)
    pieces = expression_facts(piece, evaluations=10**4, total_len=10**5)

    def decision(trips: int, share: float = 0.5):
        entered = LoopFacts(id=loop, entries=1, trips=trips, max_trips=trips)
        return RECIPE.choose(site, profile_of({site.key: share}), facts_of(pieces, entered))

    chosen = decision(10**4)
    assert isinstance(chosen, Choice)
    assert 0.001 < chosen.expected_share < 0.1
    assert "at most 499 trips" in reason_of(decision(499))
    assert "was not seen running" in reason_of(decision(10**4, share=0.0))
