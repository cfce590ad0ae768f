"""Durations on the command line: one reading, one refusal."""

from orchestrator.errors import SettingsError
from orchestrator.settings import seconds


def duration(name: str, text: str, *, may_be_zero: bool = False) -> float:
    """Return `90s`, `10m` as seconds.

    Raises:
        SettingsError: it is none, or is zero where it may not be.
    """
    value = seconds(text)
    if isinstance(value, float) and (value > 0 or may_be_zero):
        return value
    allowed = "a duration: 0, 90s, 10m" if may_be_zero else "a duration over zero: 10s, 5m"
    raise SettingsError(f"{name} can't be {text!r} (from --{name})", hint=f"allowed is {allowed}")
