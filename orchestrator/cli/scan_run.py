"""What `optimize scan` does: scan, leave out what is known, show it in one of four forms."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TypedDict

from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.scan import baseline, sarif
from agents.scan.aside import processors
from agents.scan.catalogue import RULES
from agents.scan.finding import CodeFinding, Level
from agents.scan.hearing import Where, where
from agents.scan.tree import Scanned, Wanted, rule_ids, scan_tree
from orchestrator.cli.kept_profile import Kept, kept
from orchestrator.cli.location import root_of
from orchestrator.cli.scan_progress import ScanProgress
from orchestrator.cli.scanned_project import Project, known_to_probes
from orchestrator.errors import UsageError
from orchestrator.ledger.atomic import write_text
from orchestrator.live.annotations import annotation
from orchestrator.live.plain_text import one_line
from orchestrator.version import __version__
from profiling.audit.render.text import counted
from profiling.entry_points.advice import Advice, foremost, headline

_WIDEST = 100
_RECORD = "optimize profile --facts -- COMMAND"
_MOST_ANNOTATIONS = 10
_MOST_POINTS = 2


class ScanFlags(TypedDict):
    """What the command takes."""

    paths: tuple[str, ...]
    repo: str
    rules: tuple[str, ...]
    lists_rules: bool
    profile: str | None
    no_profile: bool
    top: int
    baseline: str | None
    write_baseline: str | None
    fail_on: str | None
    form: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A scan, and what is to be told of it.

    Attributes:
        scanned: all of it; fresh: the findings that no baseline knows.
        kept: the profile that the heat comes from, and the facts beside it.
        project: what gather's probes know of it.
        written: the baseline that was written, empty when none was.
        entry_points: what each did with its time in the profile.
    """

    scanned: Scanned
    fresh: tuple[CodeFinding, ...]
    kept: Kept
    project: Project
    written: str = ""
    entry_points: tuple[Advice, ...] = ()


def rule_lines() -> Iterator[str]:
    """Yield one line a rule."""
    recipes = {one.card.id: (one.card.title, "a recipe does it") for one in CATALOGUE}
    asked = {one.card.id: (one.card.title, "a recipe does it once you agree") for one in ASKED_FOR}
    rules = {rule.id: (rule.title, "") for rule in RULES}
    for name, (title, how) in sorted({**recipes, **asked, **rules}.items()):
        notes = [note for note in (how, where(name).value if where(name) is Where.ASKED else "") if note]
        told = f" ({'; '.join(notes)})" if notes else ""
        yield f"{name:22} {title}{told}"


def scanned(flags: ScanFlags) -> Seen:
    """Scan what the flags name.

    Raises:
        OptimizeError: a rule, a path, a profile or a baseline can't be what it is said to be.
    """
    root = root_of(flags["repo"])
    wanted = Wanted(rules=_rules(flags["rules"]), paths=tuple(within(root, path) for path in flags["paths"]))
    project = known_to_probes(root)
    known = _known(flags["baseline"])
    seen = Kept() if flags["no_profile"] else kept(root, flags["profile"])
    with ScanProgress(root) as progress:
        found = scan_tree(project.tree, wanted, seen.temperature(root), processes=processors(), on_file=progress.files)
    written = flags["write_baseline"] or ""
    if written:
        write_text(Path(written), baseline.render(found.findings))
    fresh = tuple(one for one in found.findings if known.isdisjoint(one.names))
    return Seen(
        scanned=found,
        fresh=fresh,
        kept=seen,
        project=project,
        written=written,
        entry_points=seen.entry_points(root),
    )


def rendered(seen: Seen, flags: ScanFlags) -> str:
    """Return what is printed, with its last line's end."""
    if seen.written:
        return f"{len(seen.scanned.findings)} findings written to {seen.written}: from now on only others are new\n"
    match flags["form"]:
        case "json":
            return json.dumps(_document(seen), indent=1) + "\n"
        case "sarif":
            return sarif.document(seen.fresh, __version__)
        case "annotations":
            loud = [one for one in seen.fresh if one.level > Level.NOTE][:_MOST_ANNOTATIONS]
            return "".join(f"{_annotation(one)}\n" for one in loud)
        case _:
            return "\n".join(_lines(seen, flags["top"])) + "\n"


def exit_code(seen: Seen, fail_on: str | None) -> int:
    """Return 1 when a finding is as loud as was asked, else 0."""
    least = Level[fail_on.upper()] if fail_on is not None else None
    return int(least is not None and not seen.written and any(one.level >= least for one in seen.fresh))


def _lines(seen: Seen, top: int) -> Iterator[str]:
    for one in seen.fresh[:top]:
        share = f"{one.share:.0%} CPU" if one.share is not None and one.share >= 0.01 else one.heat.value
        share = f"confirmed, {share}" if one.confirmed else share
        yield f"{one.key.file}:{one.line}: {one.level.word}: {one_line(one.title)} [{one.rule}] ({share})"
        yield f"    {one_line(one.text)[:_WIDEST]}"
        yield from [f"    {one_line(one.confirmed)}"] if one.confirmed else []
        yield from [f"    {one_line(one.expected.text)}"] if one.expected is not None and one.expected.share else []
        yield f"    {one_line(one.action)} ({one.effort.value})"
    more = len(seen.fresh) - top
    if more > 0:
        yield f"and {more} more: --top {len(seen.fresh)} shows all, --json and --sarif have them"
    known = len(seen.scanned.findings) - len(seen.fresh)
    waiting = seen.scanned.waiting
    found = counted(len(seen.fresh), "finding")
    parts = [f"{found} in {counted(seen.scanned.files, 'file')}, {counted(seen.scanned.lines, 'line')}"]
    parts += [f"{known} known to the baseline"] if known else []
    parts += [f"{seen.scanned.ignored} silenced by comments"] if seen.scanned.ignored else []
    yield ", ".join(parts)
    if seen.project.text:
        yield f"the project {one_line(seen.project.text)}"
    yield _by(seen.kept)
    yield from (one_line(headline(point)) for point in foremost(seen.entry_points, _MOST_POINTS))
    if waiting:
        yield f"{waiting} more places are not shown: {_silent(seen.kept)}"
    for file, why in seen.scanned.unreadable[:5]:
        yield f"not read: {one_line(file)}: {one_line(why)}"


def _by(kept: Kept) -> str:
    if kept.profile is None:
        return f"no profile: what is hot, computes or waits is not known ({_RECORD}, or --profile FILE)"
    weighed = "weighed by the facts beside it" if kept.facts is not None else f"not weighed: no facts ({_RECORD})"
    return f"hot and cold by {kept.name}, {weighed}"


def _silent(kept: Kept) -> str:
    if kept.profile is None:
        return "whether acting there pays is not in the source, a profile with facts tells"
    if kept.facts is None:
        return "that their function is hot says little, facts tell what acting there saves"
    return "what was recorded says that acting there saves next to nothing, or does not say"


def _document(seen: Seen) -> dict[str, object]:
    return {
        "schema": "ratchet.scan/1",
        "project": seen.project.as_dict(),
        "findings": list(map(_as_dict, seen.fresh)),
        "entry_points": [asdict(point) for point in seen.entry_points],
    }


def _as_dict(one: CodeFinding) -> dict[str, object]:
    return {
        "rule": one.rule,
        "level": one.level.word,
        "file": one.key.file,
        "line": one.line,
        "function": one.key.qualname,
        "title": one.title,
        "seen": one.seen,
        "text": one.text,
        "action": one.action,
        "confirm": one.confirm,
        "effort": one.effort.value,
        "fixable": one.is_fixable,
        "heat": one.heat.value,
        "confirmed": one.confirmed,
        "cpu_share": one.share,
        "expected_share": one.expected.share if one.expected is not None else None,
        "expected_in": one.expected.dimension.value if one.expected is not None else None,
        "evidence": one.expected.evidence if one.expected is not None else "",
        "loops": one.depth,
        "fingerprint": one.fingerprint,
    }


def _annotation(one: CodeFinding) -> str:
    return annotation(
        "error" if one.level is Level.ERROR else "warning", one.key.file, one.line, title=one.title, text=one.message
    )


def _rules(given: tuple[str, ...]) -> frozenset[str]:
    unknown = sorted(set(given) - set(rule_ids()))
    if unknown:
        from difflib import get_close_matches  # noqa: PLC0415  only a slip needs it

        close = get_close_matches(unknown[0], rule_ids(), n=3)
        meant = f"did you mean {' or '.join(close)}? " if close else ""
        raise UsageError(f"there is no rule {unknown[0]!r}", hint=f"{meant}optimize scan --rules lists them")
    return frozenset(given)


def within(root: Path, given: str) -> str:
    """Return a path relative to the root, as the findings have it."""
    path = Path(given).resolve()
    if not path.exists():
        raise UsageError(f"there is no {given}", hint="name files or folders of the repository")
    if not path.is_relative_to(root):
        raise UsageError(f"{given} is not in {root}", hint="name its repository with -C")
    return PurePosixPath(path.relative_to(root)).as_posix()


def _known(path: str | None) -> frozenset[str]:
    if path is None:
        return frozenset()
    try:
        return baseline.read(Path(path))
    except baseline.BadBaseline as error:
        raise UsageError(str(error), hint="write it anew: optimize scan --write-baseline FILE") from error
