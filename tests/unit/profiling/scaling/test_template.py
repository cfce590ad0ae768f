import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.scaling.template import BadSizes, BadTemplate, Template, checked_sizes, parse_sizes, size_text


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("bench.py {n}", ("python", "bench.py", "4")),
        ("python -m pkg --n={n} --again {n}", ("python", "-m", "pkg", "--n=4", "--again", "4")),
        ("tool 'a {n} b' {m}", ("tool", "a 4 b", "{m}")),
        ("python3 -c 'print({n}, {})'", ("python3", "-c", "print(4, {})")),
    ],
)
def test_a_template_is_a_command_as_typed(text: str, argv: tuple[str, ...]) -> None:
    assert Template.parse(text).at(4).argv == argv


def test_a_size_can_be_a_variable_of_the_command() -> None:
    command = Template.parse("N={n} bench.py").at(0.5)
    assert (command.argv, command.env) == (("python", "bench.py"), (("N", "0.5"),))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bench.py 4", "has no {n}, where each size is put: for example --scale 'bench.py {n}'"),
        ("{n}", "has no {n}"),
        ("", "holds no command"),
        ("bench.py '{n}", "No closing quotation"),
        ("bench.py {n} | tail", "needs a shell"),
    ],
)
def test_what_is_no_template_is_told_how_to_write_one(text: str, told: str) -> None:
    with pytest.raises(BadTemplate) as caught:
        Template.parse(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sizes"), [("1,2,4,8", (1, 2, 4, 8)), (" 8, 0.5 ,2,", (0.5, 2, 8)), ("1e3,2000", (1000, 2000))]
)
def test_sizes_are_sorted(text: str, sizes: tuple[float, ...]) -> None:
    assert parse_sizes(text) == sizes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 sizes were given, 2 to 16 can be compared"),
        ("5", "1 sizes were given"),
        (",".join(map(str, range(1, 18))), "17 sizes were given"),
        ("1,2,2", "a size is given twice among 1, 2, 2"),
        ("0,1,2", "0 is no size"),
        ("-1,1,2", "-1 is no size"),
        ("1,nan", "nan is no size"),
        ("1,inf", "inf is no size"),
        ("1,two", "no list of numbers"),
    ],
)
def test_sizes_that_can_not_be_compared_say_why(text: str, told: str) -> None:
    with pytest.raises(BadSizes) as caught:
        parse_sizes(text)
    assert told in str(caught.value)


@given(st.text())
def test_any_text_is_sizes_or_an_error_of_ours(text: str) -> None:
    try:
        sizes = parse_sizes(text)
    except BadSizes:
        return
    assert list(sizes) == sorted(set(sizes))


@given(st.lists(st.floats(min_value=1e-6, max_value=1e15), min_size=2, max_size=16, unique=True))
def test_a_size_is_written_so_that_it_reads_the_same(sizes: list[float]) -> None:
    assert [float(size_text(size)) for size in checked_sizes(sizes)] == sorted(sizes)


@given(st.integers(1, 10**15))
def test_a_whole_number_stays_one(size: int) -> None:
    assert size_text(float(size)) == str(size)
