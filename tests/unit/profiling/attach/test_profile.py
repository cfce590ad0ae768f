import pytest

from profiling.attach.model import Attached, BusyFunction, BusyPlace
from profiling.attach.profile import as_profile
from profiling.formats.collapsed import collapsed
from profiling.formats.flamegraph import flamegraph
from profiling.model import FunctionKey
from profiling.profile import Stack

SELL = FunctionKey(file="shop.py", first_line=1, qualname="sell")


@pytest.fixture
def found() -> Attached:
    return Attached(
        pid=7,
        program="python shop.py",
        python="3.13.0rc2",
        tool="py-spy 0.4.3",
        seconds=2.0,
        rate_hz=100,
        samples=150,
        processes=1,
        threads=1,
        functions=(BusyFunction(key=SELL, samples=90, samples_total=120, lines=()),),
        libraries=(BusyPlace(name="json", samples=40),),
        elsewhere=(BusyPlace(name="select (loop.py)", samples=30),),
        stacks=(Stack(frames=(SELL,), thread="main", cpu_s=0.9, wall_s=0.9, samples=90, library="json"),),
        notes=("a note",),
    )


def test_a_profile_of_samples_holds_their_seconds_and_says_what_they_are(found: Attached) -> None:
    profile = as_profile(found)

    (sell,) = profile.functions
    assert (sell.cpu_self_s, sell.cpu_total_s, sell.samples_self) == (pytest.approx(0.9), pytest.approx(1.2), 90)
    assert profile.cpu_sampled_s == pytest.approx(1.5)
    assert profile.interpreter.version == (3, 13, 0)
    assert "nothing else was measured" in profile.notes[0]


def test_it_can_be_drawn_and_collapsed(found: Attached) -> None:
    profile = as_profile(found)

    assert collapsed(profile) == "main;sell (shop.py:1);[json] 900000\n"
    page = flamegraph(profile, title="x")
    assert "plain run" not in page
    assert '"shop.py:1"' in page
