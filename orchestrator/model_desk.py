"""Builds what the agents of Claude share, from what the person decided: client, account, budgets, who is told."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.claude import models as model_file
from agents.claude._client import ModelClient, ModelRejected
from agents.claude.account import Account, Budget
from agents.claude.anthropic_client import AnthropicClient
from agents.claude.desk import Desk, Watcher
from agents.claude.documentation import Documentation
from agents.claude.endpoint import Endpoint
from agents.claude.models import BadModels, Models
from agents.claude.tools.toolbox import Used
from orchestrator.errors import SettingsError
from orchestrator.ledger.damaged import read_record
from orchestrator.ledger.layout import Layout
from orchestrator.settings import Settings, option
from profiling.context.commands import BadCommand, parse

_MOST_WORDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who is told: what a person should know, and what an agent (by its name) says and does.

    The last word of `say` names the stream of a worker; empty: the agent's own.
    """

    warn: Callable[[str], None]
    say: Callable[[str, str, str], None]


def desk(
    settings: Settings, layout: Layout, session_id: str, voices: Voices, client: ModelClient | None = None
) -> Desk:
    """Return the desk of a session's agents; what an earlier run of the session spent and said is on it.

    Args:
        settings: what the person decided.
        layout: where records are.
        session_id: whose conversations these are.
        voices: who is told.
        client: asks the model; None means the real API.

    Raises:
        SettingsError: there is no key, no such file of models, or a budget that can't be kept.
    """
    models = _models(settings)
    folder = layout.claude / session_id
    account = Account(
        folder / "calls.jsonl",
        models,
        session=Budget(tokens=settings.token_budget, usd=settings.budget),
        agent=Budget(tokens=settings.agent_token_budget, usd=settings.agent_budget),
        warn=voices.warn,
    )

    return Desk(
        client=client or _client(settings),
        account=account,
        models=models,
        folder=folder,
        documentation=_documentation(settings.docs_server),
        conventions=read_record(layout.conventions) or read_record(layout.parent_conventions) or "",
        watcher=_Reporter(account=account, voices=voices).watcher,
        watchers=lambda stream: _Reporter(account=account, voices=voices, stream=stream).watcher,
    )


@dataclass(kw_only=True)
class _Reporter:
    """Brings what agents do into lines: words when a reply is whole, tools and totals as they come.

    Agents of one name may speak at the same time, in streams of their own: each stream has its reporter.
    """

    account: Account
    voices: Voices
    stream: str = ""
    heard: dict[str, str] = field(default_factory=dict)

    @property
    def watcher(self) -> Watcher:
        return Watcher(said=self.said, used=self.used, spent=self.spent, noted=self.voices.warn)

    def said(self, agent: str, text: str) -> None:
        self.heard[agent] = self.heard.get(agent, "") + text

    def used(self, agent: str, use: Used) -> None:
        refused = ", refused" if use.is_error else ""
        self._say(agent, f"used {use.name} ({use.characters:,} characters in {use.seconds:.1f} s{refused})")

    def spent(self, agent: str) -> None:
        words = " ".join(self.heard.pop(agent, "").split())
        if words:
            self._say(agent, f"says: {words[:_MOST_WORDS]}{'…' if len(words) > _MOST_WORDS else ''}")
        self._say(agent, f"{self.account.of(agent).text}; all agents: {self.account.total.text}")

    def _say(self, agent: str, text: str) -> None:
        self.voices.say(agent, text, self.stream)


def _documentation(server: str | None) -> Documentation | None:
    """Return the documentation source that the person names.

    Raises:
        SettingsError: what it takes is not installed, or it is no command.
    """
    if server is None:
        return None
    if importlib.util.find_spec("mcp") is None:
        hint = "install it beside this program: pip install 'ratchet-optimizer[mcp]'"
        raise SettingsError(f"{option('docs_server')} needs the package mcp, which is not installed", hint=hint)
    if server.startswith(("http://", "https://")):
        return Documentation(server=server)
    try:
        return Documentation(server=parse(server))
    except BadCommand as error:
        raise SettingsError(f"docs-server: {error}", hint="name one command without shell syntax, or a URL") from error


def _models(settings: Settings) -> Models:
    try:
        models = model_file.load(settings.models)
    except BadModels as error:
        raise SettingsError(str(error), hint=f"correct it, or leave out {option('models')}") from error
    models = models.all_roles_ask(settings.model) if settings.model is not None else models
    unpriced = sorted({name for name in models.roles.values() if models.card(name).price is None})
    if unpriced and (settings.budget is not None or settings.agent_budget is not None):
        raise SettingsError(
            f"a budget in dollars can't be kept: no price is known of {', '.join(unpriced)}",
            hint=f"bound it in tokens ({option('token_budget')}), or give its price with {option('models')}",
        )
    return models


def _client(settings: Settings) -> AnthropicClient:
    endpoint = Endpoint(provider=settings.provider, base_url=settings.base_url, streams=not settings.whole_replies)
    client = AnthropicClient(endpoint)
    try:
        client.check()
    except ModelRejected as error:
        raise SettingsError(str(error), hint=error.hint) from error
    return client
