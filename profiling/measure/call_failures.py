"""Why calls of one function could not be measured."""

from profiling.measure.failures import MeasurementFailed


class CallsUnusable(MeasurementFailed):
    """There are no calls to measure by: the function is not found, its arguments can't be made, or all calls raise."""


class CallsDiffer(MeasurementFailed):
    """Calls raise on one side and not on the other: their times compare different work."""


class Implausible(MeasurementFailed):
    """What a worker reports can't be: more or less time than our own clocks saw, or no report at all."""
