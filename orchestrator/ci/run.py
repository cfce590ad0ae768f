"""One run in CI: a session on what the pull request changed, and its result delivered and told once."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import session
from orchestrator.ci.annotations import annotations
from orchestrator.ci.comment import Comments
from orchestrator.ci.delivery import Delivery
from orchestrator.ci.environment import git_credentials
from orchestrator.ci.event import pull_request
from orchestrator.ci.ground import Ground, stand
from orchestrator.ci.introduced import Introduced
from orchestrator.ci.scope import PullRequestScope
from orchestrator.ci.summary import Outcome, effect, summary
from orchestrator.comparing.report import Report
from orchestrator.errors import GateNotMet
from orchestrator.ledger import experiment_json, setup_md
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live import says
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.session import SessionResult
from orchestrator.settings import Settings
from orchestrator.terms import Terms
from orchestrator.verifier import standing
from orchestrator.workspace import branch
from orchestrator.workspace.repository import Repository

SUMMARY = "summary.md"
_GH = "PATH HOME GH_TOKEN GITHUB_TOKEN GH_HOST SSL_CERT_FILE SSL_CERT_DIR".split()
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


async def run_in_ci(settings: Settings, bus: Bus) -> SessionResult:
    """Run a session on the branch that is checked out, and deliver what it kept.

    Raises:
        OptimizeError: with its exit code.
    """
    repository = Repository.open(settings.repo)
    credentials = git_credentials(os.environ)
    ground = stand(repository, pull_request(os.environ), settings.base, dry_run=settings.dry_run, env=credentials)
    delivery = Delivery(
        repository=repository, layout=Layout(root=repository.root), ground=ground, credentials=credentials
    )
    run = _Run(settings=_with_an_agent(settings, bus), bus=bus, repository=repository, ground=ground, delivery=delivery)
    return await run.whole()


@dataclass(kw_only=True)
class _Heard:
    """What the session said of itself."""

    session_id: str = ""
    headline: str = ""

    def __call__(self, event: Event) -> None:
        if event.kind is EventKind.SESSION:
            self.session_id = str(event.data["session"])
        elif event.kind is EventKind.COMPLETE:
            self.headline = str(event.data["headline"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run: settings, where it stands, and who delivers."""

    settings: Settings
    bus: Bus
    repository: Repository
    ground: Ground
    delivery: Delivery
    heard: _Heard = field(default_factory=_Heard)

    async def whole(self) -> SessionResult:
        scope = self._scope()
        if scope is not None and not scope.changed:
            return self._told(None)
        self.bus.listen(self.heard)
        terms = Terms(branch=self.ground.private_branch, begins_anew=True)
        await session.run(self.settings, self.bus, terms=terms if scope is None else _within(terms, scope))
        try:
            outcome = await self._outcome()
        finally:
            branch.delete(self.repository, self.ground.private_branch)
        return self._told(outcome)

    def _scope(self) -> PullRequestScope | None:
        """Return what the run looks at; None for everything."""
        if self.ground.merge_base is None or self.settings.scope == "repo":
            return None
        return PullRequestScope.between(self.repository, self.ground.merge_base, self.ground.head)

    async def _outcome(self) -> Outcome:
        result = self.repository.branch_head(self.ground.private_branch) or self.ground.head
        kept = self._standing(result)
        delivered = ""
        if kept:
            result = self.delivery.tidied(result, [record.commit for record in kept])
            delivered = self.delivery.deliver(result, dry_run=self.settings.dry_run)
        return Outcome(
            kept=kept,
            headline=self.heard.headline,
            introduced=await self._introduced(),
            delivered=delivered,
            workload=kept[0].workload if kept else "",
            base=self.ground.head,
            head=result,
        )

    async def _introduced(self) -> Report | str:
        """Return what the branch itself did; nothing in words where it has no base."""
        setup = setup_md.load(self.delivery.layout.setup)
        parted = self.ground.merge_base
        if parted is None or parted == self.ground.head or setup is None or setup.workload is None:
            return ""
        asked = Introduced(repository=self.repository, settings=self.settings, bus=self.bus)
        return await asked.measured(parted, self.ground.head, setup.workload.text)

    def _standing(self, result: str) -> tuple[ExperimentRecord, ...]:
        """Return the fixes of this run that were not undone at its end."""
        there = {one.commit for one in self.repository.log(self.ground.head, result)}
        records = experiment_json.load_all(self.delivery.layout.experiments)
        mine = [one for one in records if one.session == self.heard.session_id and one.commit in there]
        return standing(mine, self.repository, result)

    def _told(self, outcome: Outcome | None) -> SessionResult:
        """Tell the result everywhere it belongs, once; nothing where there is nothing to tell."""
        text = summary(outcome) if outcome is not None and outcome.is_material else None
        if text is not None:
            write_text(self.delivery.layout.reports / SUMMARY, text)
            self._to_step_summary(text)
        self._comment(text)
        if outcome is None:
            return SessionResult(exit_code=0, lines=("no Python code was changed: nothing to look at",))
        worse = ", ".join(one.dimension.value for one in outcome.regressions)
        if worse:
            self.bus.publish(says.warning(f"the branch is worse than its base: {worse}; the summary has the figures"))
        failed = bool(worse) and self.settings.fail_on == "regression"
        return SessionResult(exit_code=GateNotMet.exit_code if failed else 0, lines=self._lines(outcome))

    def _lines(self, outcome: Outcome) -> tuple[str, ...]:
        effects = {record.number: effect(record) for record in outcome.kept}
        notices = annotations(outcome.kept, effects) if os.environ.get("GITHUB_ACTIONS") == "true" else ()
        return (*((outcome.delivered,) if outcome.delivered else ()), *notices)

    def _to_step_summary(self, text: str) -> None:
        path = os.environ.get("GITHUB_STEP_SUMMARY")
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self.bus.publish(says.warning(f"the step summary can't be written: {error}"))

    def _comment(self, text: str | None) -> None:
        found = self.ground.pull_request
        if found is None or found.is_fork or self.settings.dry_run:
            return
        environ = {name: os.environ[name] for name in _GH if name in os.environ}
        if "GH_TOKEN" not in environ and "GITHUB_TOKEN" not in environ:
            return
        why_not = Comments(pull_request=found, environ=environ).put(text)
        if why_not:
            self.bus.publish(says.warning(f"the comment on pull request {found.number} can't be written: {why_not}"))


def _within(terms: Terms, scope: PullRequestScope) -> Terms:
    return Terms(branch=terms.branch, begins_anew=terms.begins_anew, in_scope=scope)


def _with_an_agent(settings: Settings, bus: Bus) -> Settings:
    """Return the settings with recipes in place of a model that there is no key for: forks have none."""
    if settings.agent != "claude" or settings.provider != "anthropic" or any(map(os.environ.get, _KEYS)):
        return settings
    bus.publish(says.warning(f"there is no {_KEYS[0]} here: recipes alone propose"))
    return settings.model_copy(update={"agent": "recipes"})
