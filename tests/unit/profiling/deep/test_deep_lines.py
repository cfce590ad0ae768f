from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from profiling.deep.model import (
    Amount,
    DeepReport,
    FunctionLines,
    FunctionSpecialization,
    Heap,
    HeapFunction,
    Instability,
    LineTime,
    LineTimes,
    NativeBytes,
    NativeFunction,
    NativeShare,
    NativeTime,
    ObjectCensus,
    SampledFunction,
    Specialization,
    TachyonSamples,
    TypeCount,
    UnstableInstruction,
)
from profiling.formats.deep_lines import deep_lines
from profiling.formats.quantities import cells
from profiling.model import FunctionKey

MIB = 2**20
WORK = FunctionKey(file="shop.py", first_line=3, qualname="Shop.work")
MODULE = FunctionKey(file="bench.py", first_line=1, qualname="<module>")
REPORT = DeepReport(
    heap=Heap(
        version="1.20.0",
        peak_bytes=135 * MIB,
        cpu_ratio=1.9,
        functions=(
            HeapFunction(
                key=WORK,
                owned_bytes=117 * MIB,
                peak_bytes=120 * MIB,
                live_bytes=0,
                natives=(
                    NativeBytes(
                        stack=("_PyMem_ArenaAlloc", "new_arena", "_PyLong_FromMedium", "list_extend"),
                        size_bytes=90 * MIB,
                    ),
                ),
            ),
            HeapFunction(key=MODULE, owned_bytes=2048, peak_bytes=135 * MIB, live_bytes=2048),
        ),
    ),
    native=NativeTime(
        version="py-spy 0.4.3",
        samples=400,
        functions=(
            NativeFunction(key=WORK, samples=300, natives=(NativeShare(name="encode", file="_json.c", samples=100),)),
        ),
    ),
    lines=LineTimes(
        cpu_ratio=4.2,
        functions=(
            FunctionLines(
                key=WORK,
                tool="sys.monitoring",
                seconds=2.0,
                lines=(
                    LineTime(line=4, hits=1001, seconds=0.5, text="for item in items:"),
                    LineTime(line=5, hits=1000, seconds=1.5, text="total += item.x"),
                ),
            ),
        ),
    ),
    census=ObjectCensus(
        start=7577,
        peak=31_000,
        end=9000,
        cost_s=0.125,
        types=(
            TypeCount(
                name="shop.Order",
                key=FunctionKey(file="shop.py", first_line=9, qualname="Order"),
                has_dict=True,
                start=Amount(objects=0, size_bytes=0),
                peak=Amount(objects=20_000, size_bytes=2 * MIB),
                end=Amount(objects=3, size_bytes=300),
            ),
            TypeCount(
                name="list",
                key=None,
                has_dict=False,
                start=Amount(objects=478, size_bytes=46_000),
                peak=Amount(objects=900, size_bytes=90_000),
                end=None,
            ),
        ),
    ),
    specialization=Specialization(
        functions=(
            FunctionSpecialization(
                key=WORK,
                stable=3,
                cold=2,
                unstable=(
                    UnstableInstruction(
                        line=5,
                        text="total += item.x",
                        instruction="LOAD_ATTR",
                        operand="x",
                        instability=Instability.MISSES,
                    ),
                ),
            ),
        )
    ),
    tachyon=TachyonSamples(
        samples=200, functions=(SampledFunction(key=WORK, samples=100, native_samples=25, gc_samples=1),)
    ),
    notes=("a note\x1b[2J",),
)


def test_every_part_is_shown_and_the_notes_come_last() -> None:
    assert "\n".join(deep_lines(REPORT, 100)) == snapshot("""\
memory by memray 1.20.0: peak 135 MiB, 1.9 times the CPU
  Function               Own peak  With callees   Left
  Shop.work (shop.py:3)   117 MiB       120 MiB      -
  bench.py:1                2 KiB       135 MiB  2 KiB
  90 MiB of Shop.work (shop.py:3) by _PyLong_FromMedium < list_extend
C functions by py-spy 0.4.3: 400 samples
  Function               C function         Samples
  Shop.work (shop.py:3)  encode (_json.c)  25% ± 4%
lines of Shop.work (shop.py:3) by sys.monitoring: 2.00s (4.2 times the CPU)
  Source              Line   Hits   Time  Share
  for item in items:     4  1,001  500ms    25%
  total += item.x        5  1,000  1.50s    75%
objects: 7,577 at the start, 31,000 at the highest heap, 9,000 at the end (counting took 125ms)
  Type        At peak    Bytes  Grown by  Dict  Defined
  shop.Order   20,000  2.0 MiB        +3  each  shop.py:9
  list            900  0.1 MiB         -     -  -
specialised bytecode:
  Function               Specialised  Unstable  Cold
  Shop.work (shop.py:3)  3 of 4, 75%         1     2
  shop.py:5 types change (LOAD_ATTR x): total += item.x
Tachyon: 200 samples
  Function                    CPU  Native  GC
  Shop.work (shop.py:3)  50% ± 7%     25%  1%
notes:
  a note?[2J\
""")


def test_an_empty_report_has_no_lines() -> None:
    assert deep_lines(DeepReport(), 80) == ()


@given(st.integers(min_value=1, max_value=200))
def test_no_line_of_a_part_is_wider_than_the_terminal(width: int) -> None:
    lines = deep_lines(REPORT, width)
    assert all(cells(line) <= max(width, 40) for line in lines[:-1])


def test_text_of_the_target_can_not_move_the_cursor() -> None:
    assert not any("\x1b" in line for line in deep_lines(REPORT, 80))
