"""What `optimize plan` does: scan, join with the earlier plan and the records, write both files."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from agents.scan.aside import processors
from agents.scan.plan import items_of
from agents.scan.tree import Wanted, scan_tree
from orchestrator import plan_keeper
from orchestrator.cli.kept_profile import Kept, kept
from orchestrator.cli.location import root_of
from orchestrator.cli.scan_progress import ScanProgress
from orchestrator.cli.scan_run import within
from orchestrator.cli.scanned_project import known_to_probes
from orchestrator.errors import NotARepository
from orchestrator.ledger import action_plan, experiment_json
from orchestrator.ledger.action_plan import ActionPlan
from orchestrator.ledger.layout import Layout
from orchestrator.plan_text import lines
from orchestrator.planning import Done, baseline_of, planned
from orchestrator.workspace.repository import Repository


class PlanFlags(TypedDict):
    """What the command takes."""

    paths: tuple[str, ...]
    repo: str
    profile: str | None
    no_profile: bool
    top: int
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A plan, and where its texts are."""

    plan: ActionPlan
    layout: Layout


def made(flags: PlanFlags) -> Made:
    """Make the plan and write it.

    Raises:
        OptimizeError: a path or a profile can't be what it is said to be, records are damaged, or nothing can be
            written.
    """
    root = root_of(flags["repo"])
    layout = Layout(root=root)
    wanted = Wanted(paths=tuple(within(root, path) for path in flags["paths"]), unproven=True)
    tree = known_to_probes(root).tree
    seen = Kept() if flags["no_profile"] else kept(root, flags["profile"])
    before = action_plan.load(plan_keeper.json_path(layout))
    temperature = seen.temperature(root)
    with ScanProgress(root) as progress:
        found = scan_tree(tree, wanted, temperature, processes=processors(), on_file=progress.files).findings
    at = datetime.now(UTC).isoformat(timespec="seconds")
    plan = planned(
        items_of(found[: flags["top"]], temperature),
        before,
        baseline_of(seen.profile, seen.name, at) if seen.profile is not None else None,
        _done(layout),
        left_out=max(0, len(found) - flags["top"]),
        entry_points=seen.entry_points(root),
    )
    layout.create()
    plan_keeper.write(plan, layout)
    return Made(plan=plan, layout=layout)


def rendered(one: Made, *, as_json: bool) -> str:
    """Return what is printed, with its last line's end."""
    if as_json:
        return action_plan.dump(one.plan)
    where = plan_keeper.markdown_path(one.layout).relative_to(one.layout.root).as_posix()
    return "\n".join([*lines(one.plan), f"written to {where}, and beside it as JSON"]) + "\n"


def _done(layout: Layout) -> Done:
    """Return what was done; nothing where there is no git repository, and so no session."""
    records = experiment_json.load_all(layout.experiments)
    try:
        repository = Repository.open(layout.root)
    except NotARepository:
        return Done(records=records)
    return plan_keeper.done(layout, repository, records)
