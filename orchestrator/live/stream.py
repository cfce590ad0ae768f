"""A publisher that speaks in one stream: what a worker says is told under its name."""

from dataclasses import dataclass, replace
from typing import Protocol

from orchestrator.live.events import Event


class _Publisher(Protocol):
    def publish(self, event: Event) -> Event: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPublisher:
    """Hands events on in its own stream, whichever they were made for.

    Attributes:
        bus: takes them.
        stream: of the worker.
    """

    bus: _Publisher
    stream: str

    def publish(self, event: Event) -> Event:
        """Publish one event in the stream."""
        return self.bus.publish(replace(event, stream=self.stream))


def stream_of(agent: str) -> str:
    """Return the stream of an agent's own words: `cpu-specialist` speaks in `Tier 2 (Cpu specialist)`."""
    return f"Tier 2 ({agent.replace('-', ' ').capitalize()})"
