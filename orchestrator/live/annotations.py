"""Lines that GitHub shows beside the code: workflow commands."""

from typing import Literal

from orchestrator.live.plain_text import one_line


def annotation(kind: Literal["notice", "warning", "error"], file: str, line: int, *, title: str, text: str) -> str:
    """Return one annotation.

    Args:
        kind: how it is shown.
        file: relative to the repository's root.
        line: 1-based.
        title, text: what it says.
    """
    place = f"file={_property(file)},line={max(line, 1)},title={_property(title)}"
    return f"::{kind} {place}::{_data(one_line(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
