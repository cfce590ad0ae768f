"""What `optimize gather` costs: on nothing, on 1,000 files and on 50,000, cold and warm, and what its parts add.

Times are those of whole processes unless said otherwise. Cold: no answer is known. Warm: the second run. Bars are for a
quiet machine with two cores; of a busy one only ratios and the CPU time (git and the tools asked included) tell much.

Run: python -m benchmarks.gather_speed [RUNS]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cold_start
from benchmarks.turn import turn
from profiling.context import coordinator
from profiling.context.answering import Wishes
from profiling.context.cache import Cache
from profiling.context.gathering import Gathered, gather
from profiling.context.probe import Probe, ProbeOutput
from profiling.context.snapshot import RepoSnapshot, take

SCRIPT = cold_start.SCRIPT
MIB = 1024 * 1024


@dataclass(slots=True)
class Report:
    """Prints figures as they come, and knows whether all bars were met."""

    is_met: bool = True

    def note(self, what: str, values: Sequence[float], unit: str) -> None:
        """Print the median of a figure that has no bar."""
        ordered = sorted(values)
        print(f"{what:56} median {statistics.median(ordered):7.3g} {unit:3} {spread(ordered):16} {len(values):3} runs")

    def row(self, what: str, values: Sequence[float], bar: float, unit: str, *, takes: str = "median") -> None:
        """Print one figure beside its bar; ratios that must be at least so large have a negative bar."""
        ordered = sorted(values)
        value = statistics.median(ordered) if takes == "median" else p95(ordered)
        is_met = value >= -bar if bar < 0 else value <= bar
        self.is_met = self.is_met and is_met
        sign = ">=" if bar < 0 else "<="
        print(
            f"{what:56} {takes:6} {value:7.3g} {unit:3} {spread(ordered):16} {len(values):3} runs,"
            f" bar {sign} {abs(bar):g}{unit}: {'met' if is_met else 'MISSED'}",
            flush=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one run of the command took, the programs it asked included."""

    wall_ms: float
    cpu_ms: float
    peak_mib: float


class Nothing(Probe):
    """Asks nothing."""

    def __init__(self, number: int) -> None:
        self.name = f"nothing_{number}"  # type: ignore[misc]  # thirty of them

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:  # noqa: ARG002  a probe's signature
        return ProbeOutput()


def spread(ordered: Sequence[float]) -> str:
    """Return the quartiles."""
    return f"[{ordered[len(ordered) // 4]:.3g}, {ordered[-1 - len(ordered) // 4]:.3g}]"


def p95(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def tree(root: Path, files: int, *, folder_size: int = 50) -> Path:
    """Write a tree: half of it Python, in folders of fifty, committed to git."""
    for number in range(files):
        folder = root / f"package_{number // (folder_size * 20):03}" / f"part_{number // folder_size % 20:02}"
        if number % folder_size == 0:
            folder.mkdir(parents=True)
        suffix = ("py", "md", "py", "json")[number % 4]
        (folder / f"file_{number:05}.{suffix}").write_text(f"value_{number} = {number}\n" * 20)
    (root / "pyproject.toml").write_text('[project]\nname = "big"\nversion = "1"\ndependencies = ["numpy"]\n')
    git = ["git", "-C", str(root), "-c", "user.name=b", "-c", "user.email=b@b", "-c", "gc.auto=0"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "tree"], ["status", "--porcelain"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return root


def forget(root: Path) -> None:
    shutil.rmtree(root / ".codeflash", ignore_errors=True)


def process(root: Path) -> Spent:
    """Run the command and return what it took."""
    argv = [sys.executable, "-c", SCRIPT, "gather", "-C", str(root), "--json"]
    env = cold_start.environment()
    began = time.perf_counter()
    with subprocess.Popen(argv, cwd=root, env=env, stdout=subprocess.DEVNULL) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    took = (time.perf_counter() - began) * 1000
    if running.returncode:
        raise SystemExit(f"gather ended with {running.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
    return Spent(wall_ms=took, cpu_ms=cpu_ms, peak_mib=usage.ru_maxrss * unit / MIB)


def listing_ms(root: Path) -> float:
    """Return what `git ls-files` and a stat of each of its files take, from Python as we do it."""
    began = time.perf_counter()
    out = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True).stdout
    for name in out.split(b"\0")[:-1]:
        os.lstat(os.path.join(os.fsencode(root), name))  # noqa: PTH118
    return (time.perf_counter() - began) * 1000


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def startup(report: Report, folder: str, runs: int) -> None:
    env_free = [sys.executable, "-c", "pass"]
    for option, bar in cold_start.BARS.items():
        ours = [sys.executable, "-c", SCRIPT, option]
        cold_start.wall_s(ours, folder, "")
        pairs = [(cold_start.wall_s(env_free, folder, ""), cold_start.wall_s(ours, folder, "")) for _ in range(runs)]
        report.row(f"{option}, against python -c pass", [b / a for a, b in pairs], bar, "x")
        if option == "--help":
            report.row("--help", [b * 1000 for _, b in pairs], 150, "ms", takes="p95")


def small(report: Report, base: Path, runs: int) -> None:
    for name, files in (("empty folder", 0), ("1,000 files", 1000)):
        root = base / f"of_{files}"
        root.mkdir()
        if files:
            tree(root, files)
        runs_of = []
        for _ in range(runs):
            forget(root)
            runs_of.append(process(root))
        report.row(f"gather, {name}, cold", [run.wall_ms for run in runs_of], 350, "ms", takes="p95")
        report.note("its CPU", [run.cpu_ms for run in runs_of], "ms")


def large(report: Report, root: Path, runs: int) -> None:
    cold, warm, plain = [], [], []
    for _ in range(max(runs // 3, 3)):
        forget(root)
        cold.append(process(root))
        for _ in range(3):
            plain.append(listing_ms(root))
            warm.append(process(root))
    report.row("gather, 50,000 files, cold", [run.wall_ms for run in cold], 1500, "ms")
    report.note("its CPU", [run.cpu_ms for run in cold], "ms")
    report.row("gather, 50,000 files, warm", [run.wall_ms for run in warm], 250, "ms")
    report.note("its CPU", [run.cpu_ms for run in warm], "ms")
    report.row(
        "the same against git ls-files and stat, warm",
        [run.wall_ms / a for a, run in zip(plain, warm, strict=True)],
        1.5,
        "x",
    )
    looking = [(listing_ms(root), timed(lambda: take(root))) for _ in range(runs)]
    report.row("looking alone (snapshot) against the same", [b / a for a, b in looking], 1.5, "x")
    report.row(
        "peak memory, 50,000 files, cold and warm", [run.peak_mib for run in cold + warm], 90, "MiB", takes="p95"
    )
    speed_up(report, root)


def speed_up(report: Report, root: Path) -> None:
    ratios, ran = [], []
    for _ in range(5):
        forget(root)
        cold = timed(lambda: gather(root, Wishes()))
        results: list[Gathered] = []
        warm = timed(lambda found=results: found.append(gather(root, Wishes())))  # type: ignore[misc]
        ratios.append(cold / warm)
        log = json.loads((root / ".codeflash" / "context" / "run-log.json").read_text())
        ran.append(float(log["probes_run"]))
    report.row("warm against cold, within a process", ratios, -5, "x")
    report.row("probes run the second time", ran, 0, "", takes="p95")


def parts(report: Report, base: Path, runs: int) -> None:
    root = base / "parts"
    root.mkdir()
    snapshot = take(root)
    for count, bar in ((1, 25), (30, 60)):
        probes = [Nothing(number) for number in range(count)]
        times = [timed(lambda asked=probes: coordinator.run(asked, snapshot)) for _ in range(runs)]  # type: ignore[misc]
        report.row(f"coordinator, {count} probes that ask nothing", times, bar, "ms")
    cache = Cache(folder=base / "cache")
    for number in range(200):
        cache.put(f"key {number}", {"answer": ["x" * 50] * 40, "number": number})
    hits = [timed(lambda key=f"key {number}": cache.get(key)) for number in range(200)]  # type: ignore[misc]
    report.row("cache hit, 200 records", hits, 2, "ms", takes="p95")


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    report = Report()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        startup(report, folder, runs)
        small(report, base, runs)
        parts(report, base, runs)
        print("writing 50,000 files …", file=sys.stderr)
        large(report, tree(base / "of_50000", 50_000), runs)
    return 0 if report.is_met else 1


if __name__ == "__main__":
    with turn():
        sys.exit(main())
