from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from profiling.attach.model import Attached, BusyFunction, BusyLine, BusyPlace
from profiling.formats.attach_lines import attach_lines
from profiling.model import FunctionKey

SELL = FunctionKey(file="shop.py", first_line=1, qualname="Shop.sell")
BODY = FunctionKey(file="shop.py", first_line=1, qualname="<module>")
FOUND = Attached(
    pid=7,
    program="python shop.py",
    python="3.13.0",
    tool="py-spy 0.4.3",
    seconds=2.0,
    rate_hz=100,
    samples=200,
    processes=1,
    threads=2,
    functions=(
        BusyFunction(
            key=SELL, samples=150, samples_total=150, lines=(BusyLine(line=2, samples=120, text="x = f(\x1b[2J)"),)
        ),
        BusyFunction(key=BODY, samples=0, samples_total=150, lines=()),
    ),
    libraries=(BusyPlace(name="json", samples=40),),
    elsewhere=(BusyPlace(name="select (loop.py)", samples=20),),
    stacks=(),
    notes=("a note\nin lines",),
)


def test_a_person_reads_who_ran_how_much_and_where() -> None:
    assert "\n".join(attach_lines(FOUND, 100)) == snapshot("""\
[attached] process 7: python shop.py
  Python 3.13.0, 2.0 s at 100 Hz by py-spy 0.4.3: 200 samples of busy threads
  2 threads of 1 process seen busy, 1.00 at once on average

functions:
function                   busy  with callees  samples  where
Shop.sell              75% ± 6%      75% ± 6%      150  shop.py:1
shop.py (module body)         -      75% ± 6%        0  shop.py:1

busiest lines:
source           busy  at
x = f(?[2J)  60% ± 7%  shop.py:2

libraries below them:
name      busy
json  20% ± 6%

outside the project:
name                     busy
select (loop.py)  10% too few

notes:
  a note?in lines\
""")


@pytest.mark.parametrize("width", [0, 40, 60, 200])
def test_no_line_of_the_tables_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, attach_lines(FOUND, width))) <= max(width, 40)


def test_of_a_process_that_waited_only_its_head_and_notes_are_told() -> None:
    idle = replace(FOUND, samples=0, functions=(), libraries=(), elsewhere=(), notes=("it waited",))

    lines = attach_lines(idle, 100)

    assert lines[-3:] == ("", "notes:", "  it waited")
    assert len(lines) == 5
