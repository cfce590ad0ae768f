from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.columns import Column, table_lines
from profiling.formats.quantities import cells, percent_text, printable, sampled_share_text, seconds_text, shortened

NAMES = Column(title="function", rows=("a_function_with_quite_a_long_name", "b"), align="left")


def test_numbers_are_right_aligned_and_names_left() -> None:
    lines = table_lines((NAMES, Column(title="calls", rows=("12,345", "7"))), 80)

    assert lines == (
        "function                            calls",
        "a_function_with_quite_a_long_name  12,345",
        "b                                       7",
    )


def test_columns_leave_in_their_order_and_are_named() -> None:
    columns = (
        NAMES,
        Column(title="kept", rows=("1" * 9, "2")),
        Column(title="second", rows=("1" * 9, "2"), leaves=1),
        Column(title="first", rows=("1" * 9, "2"), leaves=2),
    )

    assert [table_lines(columns, width)[-1] for width in (80, 55, 45)] == [
        table_lines(columns, 80)[2],
        "(no room for: first)",
        "(no room for: first, second)",
    ]


def test_a_column_of_nothing_is_not_shown() -> None:
    assert "waiting" not in table_lines((NAMES, Column(title="waiting", rows=("-", "-"))), 80)[0]


def test_a_name_is_shortened_in_its_middle() -> None:
    assert shortened("pkg/models/customer.py:120", 16) == "pkg/mo…er.py:120"
    assert shortened("short", 16) == "short"


def test_what_could_move_the_cursor_is_replaced() -> None:
    (_, row) = table_lines((Column(title="x", rows=("\x1b[2Jname\r\n",), align="left"),), 80)

    assert row == "?[2Jname??"


names = st.lists(st.text(max_size=70), min_size=1, max_size=5)


@given(names=names, width=st.integers(1, 200), count=st.integers(0, 9), leaves=st.integers(0, 3))
def test_no_line_is_wider_than_the_terminal(names: list[str], width: int, count: int, leaves: int) -> None:
    numbers = [Column(title=f"title {index}", rows=tuple(names), leaves=leaves * index) for index in range(count)]

    lines = table_lines((Column(title="name", rows=tuple(names), align="left"), *numbers), width)

    assert len(lines) in {1 + len(names), 2 + len(names)}
    assert all(cells(line) <= max(width, 40) and line.isprintable() for line in lines)


@given(text=st.text(), width=st.integers(1, 90))
def test_a_shortened_name_fits_whatever_it_is_made_of(text: str, width: int) -> None:
    assert cells(shortened(printable(text), width)) <= width


def test_wide_characters_count_as_two() -> None:
    assert cells("価格") == 4
    assert cells("e\u0301") == 1


def test_figures_keep_about_three_digits() -> None:
    assert [seconds_text(value) for value in (0.00123, 0.1234, 1.234, 12.34)] == ["1.2ms", "123ms", "1.23s", "12.3s"]
    assert [percent_text(value) for value in (0.0, 0.001, 0.456)] == ["0%", "<1%", "46%"]
    assert sampled_share_text(0.5, 29) == "50% too few"
    assert sampled_share_text(0.5, 200) == "50% ± 5%"
