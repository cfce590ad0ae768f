"""What `optimize audit` does with its options, and what it prints."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from orchestrator.cli import audit_run, audit_tree
from orchestrator.cli.audit import AuditFlags
from orchestrator.cli.location import root_of
from orchestrator.cli.patience import Patience
from orchestrator.errors import NotWritable, SettingsError, UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import neutral
from profiling.audit.actions import UnknownEntry
from profiling.audit.auditor import Wanted, audit, chosen
from profiling.audit.call_graph import as_benchmark_json
from profiling.audit.cost_model import STANDARD
from profiling.audit.drift import Drift, drift, drift_lines, snapshot
from profiling.audit.dsl import contents
from profiling.audit.dsl.write import write as as_dsl
from profiling.audit.graph import build_call_graph
from profiling.audit.model import ActionProfile, Tier
from profiling.audit.render.document import as_document
from profiling.audit.render.markdown import render_markdown
from profiling.audit.render.mermaid import render_action
from profiling.audit.render.overview import overview
from profiling.audit.render.tree import render_tree
from profiling.audit.report import Audit
from profiling.audit.trace import trace
from profiling.audit.writer import CannotWrite, write

_DRIFT: TypeAdapter[Drift] = TypeAdapter(Drift)


def audited(flags: AuditFlags) -> str:
    """Audit the checkout, write its files, and return what is to be printed.

    Raises:
        UsageError: no action, function, audit or commit has the name given, or the options don't go together.
        TargetError: the files can't be written, or the command to calibrate with can't be run.
    """
    root, wanted = root_of(flags["repo"]), _wanted(flags)
    _prepare(Layout(root=root))
    with _unknown_names():
        with Patience() as say:
            tree = audit_tree.working_tree(root, say)
            # A name that is unknown is told before anything runs, or is compared.
            chosen(tree, wanted)
        ran = audit_run.ran(tree, flags) if flags["calibrate"] is not None else None
        with Patience() as say:
            notes: list[str] = []
            calibration = audit_tree.calibration_of(root, notes.append)
            measured = None if ran is None else ran.profile
            today = audit_tree.today()
            found = audit(tree, wanted, day=today, calibration=calibration, measured=measured, say=say)
            found = replace(found, notes=(*notes, *found.notes))
            found = found if ran is None else _with_run(found, ran)
            # The audit of today may be the one to compare with: it is read before it is replaced.
            before = audit_tree.earlier(root, flags["diff"], wanted, calibration, say) if flags["diff"] else None
            say("writing the audit")
            folder = _written(found, root)
    changes = None if before is None else drift(before, snapshot(found))
    return _json(found, folder, changes) if flags["as_json"] else "\n".join(_lines(found, flags, folder, changes))


def graphed(path: str, tiers: str | None, *, as_json: bool) -> str:
    """Return the call graph of a folder or file.

    Raises:
        SettingsError: a tier is unknown.
    """
    wanted = _tiers(tiers)
    with Patience() as say:
        say("reading the source")
        edges = as_benchmark_json(build_call_graph(Path(path)), wanted)
    if as_json:
        return json.dumps(edges, indent=1)
    return "\n".join(neutral(f"{caller} -> {callee}") for caller, callees in edges.items() for callee in callees)


def traced(repo: str, symbol: str, depth: int) -> str:
    """Return what one function reaches.

    Raises:
        UsageError: no function, or more than one, has that name.
    """
    root = root_of(repo)
    with _unknown_names(), Patience() as say:
        tree = audit_tree.working_tree(root, say)
        notes: list[str] = []
        calibration = audit_tree.calibration_of(root, notes.append)
        model = STANDARD if calibration is None else calibration.model()
        text = trace(tree.graph, symbol, depth, model=model)
        return "\n".join(map(neutral, (text, *notes, *tree.graph.notes)))


def _prepare(layout: Layout) -> None:
    layout.create()
    if layout.audit.is_symlink():
        # A repository may bring it along: weights and files would be written wherever it points.
        raise NotWritable(f"{layout.audit} is a symbolic link", hint=f"replace it by a folder: rm {layout.audit}")


def _wanted(flags: AuditFlags) -> Wanted:
    if flags["action"] is not None and flags["entry"] is not None:
        raise UsageError("--action and --entry name two different things to audit", hint="give one of them")
    return Wanted(action=flags["action"], entry=flags["entry"], depth=flags["depth"])


def _tiers(text: str | None) -> frozenset[Tier]:
    if text is None:
        return frozenset(Tier)
    known = [tier.value for tier in Tier]
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            raise SettingsError(f"tiers can't be {name!r} (from --tiers)", hint=f"allowed are {', '.join(known)}")
    return frozenset(map(Tier, names))


@contextmanager
def _unknown_names() -> Iterator[None]:
    try:
        yield
    except UnknownEntry as error:
        raise UsageError(
            str(error), hint="optimize audit graph . lists the functions, optimize audit the actions"
        ) from error


def _with_run(found: Audit, ran: audit_run.Ran) -> Audit:
    notes = (*ran.notes, *found.notes)
    return replace(found, stray=ran.stray, micro_benchmarks=ran.micro_benchmarks, notes=notes)


def _written(found: Audit, root: Path) -> Path:
    try:
        return write(found, Layout(root=root).audit)
    except CannotWrite as error:
        raise NotWritable(str(error), hint="make .codeflash writable for this user; the audit is kept there") from error


def _lines(found: Audit, flags: AuditFlags, folder: Path, changes: Drift | None) -> Iterator[str]:
    renderings = [line for profile in found.actions for line in _renderings(found, profile, flags)]
    if renderings:
        yield from renderings
    else:
        yield from overview(found)
    if changes is not None:
        yield from drift_lines(changes)
    if not renderings:
        yield f"written to {neutral(str(folder))}: summary.md, optimization_candidates.md, actions/, call_graph.dsl …"


def _renderings(found: Audit, profile: ActionProfile, flags: AuditFlags) -> Iterator[str]:
    name = profile.action.name
    if flags["as_dsl"]:
        yield "".join(as_dsl(contents.action(found, profile))).rstrip("\n")
    if flags["as_tree"]:
        yield from render_tree(profile, found.shapes, found.action_shapes.get(name, ""))
    if flags["as_markdown"]:
        yield from render_markdown(profile, found.findings_of(profile), found.measured.get(name, ()))
    if flags["as_mermaid"]:
        yield render_action(profile).rstrip("\n")


def _json(found: Audit, folder: Path, changes: Drift | None) -> str:
    whole = {**as_document(found), "folder": str(folder)}
    if changes is not None:
        whole["drift"] = _DRIFT.dump_python(changes, mode="json")
    return json.dumps(whole)
