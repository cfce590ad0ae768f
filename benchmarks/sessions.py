"""Run whole sessions on prepared repositories, then measure what they kept, and what an expert did, with new seeds.

    python -m benchmarks.sessions PLAN.json [--only NAME …] [--out FILE] [--minutes 20]

PLAN.json is a list of objects: `name`, `repository` (a git checkout; it is copied and stays as it is), `workload`,
`tests`; and where there are such: `python` (the interpreter), `expert` (a checkout of the same files as an expert left
them), `dimension` (`cpu_s`, `wall_s`, `peak_mib`; default `cpu_s`), `domain`. Each session and its measurements append
a line of JSON to FILE and print a row: change / base with its 95% interval, and our gain as a share of the expert's.
That share comes from a third measurement, ours against the expert's: two ratios to the base of separate runs differ by
more than the fixes do. Where both left the same files there is nothing to measure.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.ledger import results_tsv
from orchestrator.ledger.layout import Layout
from orchestrator.live.bus import Bus
from orchestrator.settings import load
from orchestrator.wiring import Wired, wire
from orchestrator.workspace.repository import Repository
from profiling.model import Dimension

BRANCH = "codeflash/optimize"
_IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One prepared repository; see the module's docstring."""

    name: str
    repository: Path
    workload: str
    tests: str
    python: str | None = None
    expert: Path | None = None
    dimension: Dimension = Dimension.CPU_S
    domain: str | None = None

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Case":
        """Read one object of the plan."""
        paths = {name: Path(row[name]) for name in ("repository", "expert") if row.get(name)}
        return cls(**{**row, **paths, "dimension": Dimension(row.get("dimension", "cpu_s"))})

    def flags(self) -> list[str]:
        """Return the options of its session."""
        given = {"--workload": self.workload, "--tests": self.tests, "--python": self.python, "--domain": self.domain}
        return [part for name, value in given.items() if value for part in (name, value)]


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def with_expert(case: Case, copy: Path) -> str | None:
    """Commit the expert's files onto the base; return the commit."""
    if case.expert is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        git(copy, "worktree", "add", "-q", "--detach", folder)
        for file in git(Path(folder), "ls-files").splitlines():
            (Path(folder) / file).unlink(missing_ok=True)
        for file in git(case.expert, "ls-files").splitlines():
            target = Path(folder) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(case.expert / file, target, follow_symlinks=False)
        git(Path(folder), "add", "-A")
        git(Path(folder), *_IDENTITY, "commit", "-q", "-m", "as an expert left it")
        commit = git(Path(folder), "rev-parse", "HEAD")
        git(copy, "worktree", "remove", "--force", folder)
        return commit


def measure(case: Case, copy: Path, base: str, head: str, seed: int) -> dict[str, float | str]:
    """Measure one commit against another: new pairs, a seed of their own."""
    flags = {"repo": str(copy), "workload": case.workload, "tests": case.tests, "python": case.python, "seed": seed}
    wired: Wired = wire(
        load({**flags, "max_pairs": 60, "measure_time_s": 300.0}, {}),
        Bus(clock=time.time),
        Repository.open(copy),
        "bench",
        spent_s=0.0,
    )
    setup, _ = wired.services.scout.setup()
    wired.services.scout.begin(setup, "bench")
    found = wired.services.prover.headline(setup, base, head, case.dimension)
    if found is None:
        return {"ratio": 1.0, "low": 1.0, "high": 1.0, "decision": "same commit"}
    one = found.comparisons[found.decided_on]
    return {"ratio": one.ratio, "low": one.low, "high": one.high, "decision": found.decision.value}


def run(case: Case, minutes: float) -> dict[str, Any]:
    """Run a session and both measurements in a copy of the repository."""
    folder = Path(tempfile.mkdtemp(prefix="ratchet-session-"))
    copy = folder / "repository"
    git(folder, "clone", "-q", "--no-hardlinks", str(case.repository.resolve()), str(copy))
    base = git(copy, "rev-parse", "HEAD")
    began = time.monotonic()
    optimize = [str(Path(sys.executable).with_name("optimize")), "-C", str(copy), "--yes", "--plain"]
    command = [*optimize, *case.flags(), "--time-limit", f"{minutes:g}m"]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took_s = time.monotonic() - began
    (folder / "session.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    rows = results_tsv.read(Layout(root=copy).results) if done.returncode == 0 else ()
    row: dict[str, Any] = {
        "name": case.name,
        "dimension": case.dimension.value,
        "exit": done.returncode,
        "took_s": took_s,
        "experiments": len(rows),
        "kept": git(copy, "log", "--format=%s", f"{base}..{BRANCH}").splitlines() if done.returncode == 0 else [],
        "folder": str(folder),
    }
    if row["kept"]:
        row["ours"] = measure(case, copy, base, git(copy, "rev-parse", BRANCH), 20_000)
    expert = with_expert(case, copy)
    if expert is not None:
        row["expert"] = measure(case, copy, base, expert, 30_000)
    if expert is not None and row["kept"]:
        row["beside"] = beside(case, copy, expert, git(copy, "rev-parse", BRANCH))
    return row


def beside(case: Case, copy: Path, expert: str, head: str) -> dict[str, float | str]:
    """Measure ours against the expert's, unless both are the same files."""
    if git(copy, "diff", "--name-only", expert, head) == "":
        return {"ratio": 1.0, "low": 1.0, "high": 1.0, "decision": "the same files"}
    return measure(case, copy, expert, head, 40_000)


def told(row: dict[str, Any]) -> str:
    """Return a row of the table."""
    ours, expert = (_ratio(row.get(who)) for who in ("ours", "expert"))
    share = _share(row["beside"], row["expert"]["ratio"]) if "beside" in row else ""
    kept = f"{len(row['kept'])} of {row['experiments']}"
    return f"| {row['name']} | {row['dimension']} | {kept} | {ours} | {expert} | {share} | {row['took_s']:.0f} |"


def _share(beside: dict[str, Any], expert: float) -> str:
    """Return our gain as a share of the expert's, in logarithms, with its interval."""
    if beside["decision"] == "the same files":
        return "100%, the same files"
    if expert >= 1:
        return ""
    worst, middle, best = (1 + math.log(beside[end]) / math.log(expert) for end in ("high", "ratio", "low"))
    return f"{middle:.0%} [{worst:.0%}, {best:.0%}]"


def _ratio(found: dict[str, Any] | None) -> str:
    return "-" if found is None else f"{found['ratio']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--only", action="append", help="names of cases; again for more")
    parser.add_argument("--out", type=Path, help="append results as JSON lines")
    parser.add_argument("--minutes", type=float, default=20.0, help="time limit of a session (default 20)")
    asked = parser.parse_args()
    cases = [Case.read(row) for row in json.loads(asked.plan.read_text(encoding="utf-8"))]
    print("| repository | dimension | kept | ours, change / base | expert | of the expert's gain (log) | session, s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for case in cases:
        if asked.only and case.name not in asked.only:
            continue
        row = run(case, asked.minutes)
        print(told(row), flush=True)
        if asked.out is not None:
            with asked.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
