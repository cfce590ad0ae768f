"""Events as JSON lines: what `--json` prints and what the log on disk holds."""

import json
import math
from collections.abc import Mapping

from orchestrator.live.events import LEAD_STREAM, Event, EventKind, JsonValue


class NotAnEvent(ValueError):
    """A line that `render` did not write; the message says what is wrong with it."""


def render(event: Event) -> str:
    """Return one event as a JSON object on one line, ASCII only, without the line end.

    Numbers that JSON has no word for (NaN, infinities) become null.
    """
    fields = {
        "number": event.number,
        "time_s": event.time_s,
        "stream": event.stream,
        "stream_number": event.stream_number,
        "kind": event.kind.value,
        "experiment": event.experiment,
        "text": event.text,
        "data": event.data,
    }
    try:
        return json.dumps(fields, allow_nan=False, default=_plain)
    except ValueError:
        return json.dumps({**fields, "data": _finite(dict(event.data))}, allow_nan=False)


def parse(line: str) -> Event:
    """Return the event that `render` wrote.

    Raises:
        NotAnEvent: the line is no JSON object, a field has another type, or the kind is not known here.
    """
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent(f"no JSON: {error}") from error
    if not isinstance(raw, dict):
        raise NotAnEvent(f"a JSON {type(raw).__name__}, not an object")
    try:
        return Event(
            kind=EventKind(_text(raw, "kind", "")),
            text=_text(raw, "text", ""),
            data=_mapping(raw),
            experiment=None if raw.get("experiment") is None else _whole(raw, "experiment"),
            stream=_text(raw, "stream", LEAD_STREAM),
            number=_whole(raw, "number"),
            stream_number=_whole(raw, "stream_number"),
            time_s=_seconds(raw),
        )
    except (ValueError, OverflowError) as error:
        raise NotAnEvent(str(error)) from error


def _plain(value: object) -> object:
    """JSON knows no other mapping than dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"an event's data holds a {type(value).__name__}: {value!r:.80}")


def _finite(value: JsonValue | Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value


def _text(raw: Mapping[str, object], name: str, default: str) -> str:
    value = raw.get(name, default)
    if not isinstance(value, str):
        raise NotAnEvent(f"{name} is no text: {value!r:.80}")
    return value


def _whole(raw: Mapping[str, object], name: str) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotAnEvent(f"{name} is no whole number: {value!r:.80}")
    return value


def _seconds(raw: Mapping[str, object]) -> float:
    value = raw.get("time_s")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAnEvent(f"time_s is no number: {value!r:.80}")
    return float(value)


def _mapping(raw: Mapping[str, object]) -> dict[str, JsonValue]:
    value = raw.get("data", {})
    if not isinstance(value, dict):
        raise NotAnEvent(f"data is no object: {value!r:.80}")
    return value
