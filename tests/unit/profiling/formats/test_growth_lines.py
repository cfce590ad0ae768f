from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.formats.growth_lines import exponent_text, growth_lines, word
from profiling.growth import Exponent, FunctionGrowth, Growth, GrowthPoint, PeakPoint, Projection
from profiling.model import FunctionKey


def point(size: float, cpu_s: float, samples: int = 200, share: float = 0.5) -> GrowthPoint:
    return GrowthPoint(size=size, cpu_s=cpu_s, samples=samples, share=share)


def key(name: str, file: str = "shop/core.py", line: int = 7) -> FunctionKey:
    return FunctionKey(file=file, first_line=line, qualname=name)


@pytest.fixture
def growth() -> Growth:
    return Growth(
        template="bench.py {n}",
        points=(point(1, 0.05, 5), point(2, 0.11, 5), point(4, 0.35, 5)),
        exponent=Exponent(value=1.96, low=1.87, high=2.12),
        functions=(
            FunctionGrowth(
                key=key("pairs"),
                points=(point(1, 0.02, 20, 0.03), point(2, 0.08, 80), point(4, 0.3, 300, 0.61)),
                exponent=Exponent(value=2.0, low=1.9, high=2.1),
                projected=Projection(size=40, value=30.2, low=24.0, high=38.0),
            ),
            FunctionGrowth(
                key=key("once"),
                points=(point(4, 0.04, 40, 0.08),),
                exponent=None,
                reason="too few samples at 2 of 3 sizes",
            ),
            FunctionGrowth(key=key("rare"), points=(point(4, 0.001, 1),), exponent=None, reason="x"),
        ),
        fixed=Projection(size=0, value=0.03, low=0.01, high=0.04),
        projected=Projection(size=40, value=32.0, low=25.0, high=41.0),
        peaks=(PeakPoint(size=1, peak_mib=12, runs=5), PeakPoint(size=4, peak_mib=40, runs=5)),
        peak_reason="2 sizes with enough behind them, at least 3 are needed",
        rounds=5,
        ended="the exponent is known within 0.10",
    )


def test_the_whole_is_told_with_its_uncertainty(growth: Growth) -> None:
    assert growth_lines(growth)[:5] == (
        "  bench.py {n} at 1, 2, 4 (5 rounds; stopped: the exponent is known within 0.10)",
        "  CPU: 50.0ms, 0.11s, 0.35s; exponent 2.0 [1.9, 2.1]: quadratic",
        "  CPU that does not depend on the size: 30.0ms [10.0ms, 40.0ms]",
        "  CPU at 40 if it goes on so: 32.00s [25.00s, 41.00s]",
        "  Peak memory: 12 MiB, 40 MiB; no exponent: 2 sizes with enough behind them, at least 3 are needed",
    )


def test_functions_are_a_table_and_steep_ones_are_marked(growth: Growth) -> None:
    lines = growth_lines(growth)[5:]
    span, unsure = "30.20s [24.00s, 38.00s]", "can't tell: too few samples at 2 of 3 sizes"
    shares = "3% of the CPU at size 1, 61% at 4"
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[:3]] == [
        ["Function", "1", "2", "4", "Exponent", "Growth", "At 40"],
        ["! pairs (shop/core.py:7)", "~20.0ms", "80.0ms", "0.30s", "2.0 [1.9, 2.1]", "quadratic", span],
        ["once (shop/core.py:7)", "-", "-", "40.0ms", "-", unsure, "-"],
    ]
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[3:] == (
        "  … 1 more, cheaper or with too few samples",
        "  ~ fewer than 30 samples: not used for the exponent",
        f"  ! pairs (shop/core.py:7) grows faster than linear: {shares}: harmless only while data is small",
    )


def test_a_whole_without_an_exponent_says_why(growth: Growth) -> None:
    flat = replace(growth, exponent=None, fixed=None, projected=None, reason="it does not grow", peaks=(), functions=())
    assert growth_lines(flat)[1:] == ("  CPU: 50.0ms, 0.11s, 0.35s; no exponent: it does not grow",)


def test_a_bend_and_a_vague_projection_are_not_passed_over(growth: Growth) -> None:
    vague = Projection(size=40, value=30.0, low=2.0, high=900.0)
    lines = growth_lines(replace(growth, bends=True, projected=vague))
    assert lines[1].endswith(": quadratic, but bends: sizes differ in kind")
    assert lines[3] == "  CPU at 40 if it goes on so: can't tell, at least 2.00s"


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (-0.1, 0.1, "constant"),
        (-0.9, -0.3, "falling"),
        (0.3, 0.6, "between constant and linear"),
        (0.9, 1.1, "linear or n log n"),
        (1.02, 1.25, "linear or n log n"),
        (1.4, 1.6, "between linear and quadratic"),
        (0.9, 1.6, "between linear and quadratic"),
        (1.9, 2.1, "quadratic"),
        (2.4, 2.6, "between quadratic and cubic"),
        (2.8, 3.2, "cubic"),
        (2.9, 3.6, "cubic or more"),
        (5.0, 9.0, "more than cubic, perhaps exponential"),
        (0.2, 3.0, "can't tell: the interval is wide"),
    ],
)
def test_growth_has_a_word_by_all_of_its_interval(low: float, high: float, told: str) -> None:
    assert word(Exponent(value=(low + high) / 2, low=low, high=high)) == told


@given(low=st.floats(-2, 40), width=st.floats(0, 20))
def test_what_may_be_linear_is_never_called_quadratic(low: float, width: float) -> None:
    told = word(Exponent(value=low + width / 2, low=low, high=low + width))
    assert told
    if low <= 1.25:
        assert told not in {"quadratic", "cubic", "more than cubic, perhaps exponential"}


def test_an_exponent_about_zero_has_no_minus() -> None:
    assert exponent_text(Exponent(value=-0.01, low=-0.04, high=0.02)) == "0.0 [0.0, 0.0]"


def test_names_of_the_target_can_not_break_the_table(growth: Growth) -> None:
    odd = replace(growth.functions[0], key=key("a|b\n\x1b[31mc"))
    long = replace(growth.functions[0], key=key("Outer.method_with_a_name", file="deep/" * 20 + "core.py"))
    longer = replace(growth.functions[0], key=key("x" * 90))
    rows = growth_lines(replace(growth, functions=(odd, long, longer)))[6:9]
    assert [row[2:].split(" | ")[0].strip() for row in rows] == [
        "| ! a?b??[31mc (shop/core.py:7)",
        "| ! Outer.method_with_a_name (…/deep/deep/core.py:7)",
        f"| ! …{'x' * 47}",
    ]
