"""Measures and points of sessions that nobody ran."""

from dataclasses import replace
from typing import Any

from orchestrator.ledger.metrics import METRICS_VERSION, Moment, Point
from orchestrator.measures import Coverage, Measures, Spread

ENVIRONMENT = {"python": "3.12.4", "implementation": "cpython", "system": "Linux 6", "processor": "a processor"}


def spread(middle: float, *, by: float = 0.02) -> Spread:
    """Return a figure of three runs that differ by a share of it."""
    return Spread(middle=middle, low=middle * (1 - by), high=middle * (1 + by), runs=3)


def measures(**changes: Any) -> Measures:
    """Return the figures of a tree, some of them others than usual."""
    usual = Measures(
        wall_s=spread(1.5),
        cpu_s=spread(1.0),
        peak_rss_mib=spread(50.0),
        heap_peak_mib=20.0,
        calls={"shop.py:sell": 100},
        caches={},
        tests_passed=4,
        coverage=Coverage(percent=90.0),
    )
    return replace(usual, **changes)


def point(session: str, moment: Moment, figures: Measures | None = None, **changes: Any) -> Point:
    """Return what a session noted of one of its trees."""
    usual = Point(
        version=METRICS_VERSION,
        session=session,
        moment=moment,
        at="2026-11-22T01:35:08+00:00",
        commit=f"{session}-{moment}"[:40],
        tree=f"tree-{session}-{moment}",
        workload="python bench.py",
        tests="pytest",
        environment=ENVIRONMENT,
        measures=figures or measures(),
    )
    return replace(usual, **changes)
