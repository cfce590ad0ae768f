"""Generated documents that a safe dumper wrote: both loaders read the same objects from them."""

import pytest
from hypothesis import strategies as st

from agents.recipes.yaml_loader import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

yaml = pytest.importorskip("yaml")

READS = (
    "return yaml.safe_load(text)",
    "return yaml.load(text, Loader=yaml.SafeLoader)",
    "return [yaml.load(text, yaml.SafeLoader), len(text)]",
    "return yaml.safe_load(stream=text) if text is None else yaml.safe_load(io.StringIO(text))",
    "return yaml.safe_load(text.encode())",
)
REFUSED = (
    "return yaml.load(text, Loader=yaml.FullLoader)",
    "return list(yaml.safe_load_all(text))",
    "try:\n        return yaml.safe_load(text)\n    except yaml.YAMLError as error:\n        return error.problem_mark",
    "return yaml.safe_load(*[text])",
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12)
    | st.sampled_from(
        ("yes", "1e3", "0o7", "a: b", "- x", "# no", "~", "2024-01-01", " lead", "two\nlines\n", "=", "<<")
    )
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1 ", max_size=3), inner, max_size=3)
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    body = draw(st.sampled_from(REFUSED if draw(st.integers(0, 5)) == 5 else READS))
    flow = draw(st.sampled_from((None, True, False)))
    texts = [
        yaml.safe_dump(one, default_flow_style=flow, allow_unicode=draw(st.booleans()))
        for one in draw(st.lists(DOCUMENTS, min_size=1, max_size=2))
    ]
    source = f"import io\n\nimport yaml\n\n\ndef run(text):\n    {body}\n"
    return Program(source, tuple(f"run({text!r})" for text in texts))


def test_what_a_safe_dumper_wrote_is_read_alike() -> None:
    assert differential(RECIPE, programs(), cases=20).applied


@pytest.mark.slow
def test_what_a_safe_dumper_wrote_is_read_alike_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
