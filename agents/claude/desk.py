"""What every agent of a session shares: client, account, models, the folder of conversations, and who watches."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.claude import transcript
from agents.claude._client import ModelClient
from agents.claude.account import Account
from agents.claude.documentation import Documentation
from agents.claude.models import Models
from agents.claude.tools.toolbox import Used
from agents.claude.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Who is told what agents do, each by the agent's name.

    Attributes:
        said: words, as they come; used: a tool; spent: a call was made; noted: what a person should know.
    """

    said: Callable[[str, str], None] = lambda _agent, _text: None
    used: Callable[[str, Used], None] = lambda _agent, _used: None
    spent: Callable[[str], None] = lambda _agent: None
    noted: Callable[[str], None] = lambda _text: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Shared by all agents of a session.

    Attributes:
        client: asks the model; account: counts; models: which, and their windows.
        folder: of this session's conversations.
        conventions: what the maintainers want, as they wrote it.
        documentation: is asked what libraries advise; None where the person names no source.
        watcher: hears the agents in their own streams; watchers: gives who hears them in a worker's.
    """

    client: ModelClient
    account: Account
    models: Models
    folder: Path
    conventions: str = ""
    documentation: Documentation | None = None
    watcher: Watcher = field(default_factory=Watcher)
    watchers: Callable[[str], Watcher] | None = None

    def heard_in(self, stream: str) -> "Desk":
        """Return the desk for a conversation that is told in a worker's stream; empty: in the agent's own."""
        return replace(self, watcher=self.watchers(stream)) if stream and self.watchers is not None else self

    def stop(self) -> None:
        """End every question under way and refuse new ones; from any thread."""
        self.client.stop()
        if self.documentation is not None:
            self.documentation.stop()

    def transcript_of(self, agent: str, *question: str) -> Transcript:
        """Return the conversation of an agent about a question: the same question is never paid for twice."""
        digest = hashlib.sha256(repr((agent, question)).encode()).hexdigest()[:16]
        return transcript.load(self.folder / f"{agent}-{digest}.json")
