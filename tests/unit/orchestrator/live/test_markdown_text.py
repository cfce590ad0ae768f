import re

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.live.markdown_text import code, plain


@given(text=st.text(alphabet="ab`|<@ \n", max_size=40))
def test_code_ends_where_it_was_meant_to(text: str) -> None:
    written = code(text)

    marks = re.match("`+", written).group()
    inner = written[len(marks) : -len(marks)]
    assert written.endswith(marks)
    assert marks not in re.findall("`+", inner)
    assert "|" not in written
    assert "\n" not in written


@given(text=st.text(max_size=60))
def test_plain_text_holds_no_markup(text: str) -> None:
    written = plain(text)

    assert "<" not in written
    assert not re.search(r"@(?!\u200b)", written)
    assert not re.search(r"(?<!\\)(\\\\)*[`*_\[\]#|]", written)
