"""Compare the time and memory passes with other profilers, side by side: `python -m benchmarks.profile_rivals --help`.

Each in turn with plain runs, in one session; prints Markdown. The rivals are installed into an environment of their
own, at the versions of the dependency group `bench`. Takes a quarter of an hour; nothing else should run beside it.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rivals import venv
from benchmarks.rivals.bench import Bench
from benchmarks.rivals.catalogue import lay_out
from benchmarks.rivals.sections import children, collections, loop, overhead, peaks, shares, shortest
from benchmarks.rivals.table import Section, rendered, summary
from benchmarks.rivals.tools import Machine
from benchmarks.rivals.venv import Rivals
from benchmarks.turn import turn
from profiling.measure.environment import fingerprint
from profiling.measure.processes import Processes

_SECTIONS: dict[str, Callable[[Bench], tuple[Section, ...]]] = {
    "overhead": overhead.measure,
    "shares": shares.measure,
    "collections": collections.measure,
    "peaks": peaks.measure,
    "children": children.measure,
    "loop": loop.measure,
    "shortest": shortest.measure,
}
_BEGAN = time.monotonic()


def main() -> int:
    """Measure what was asked for and print it; exit 1 when a bar is missed."""
    asked = _arguments()
    load = _load()
    with tempfile.TemporaryDirectory(prefix="rivals-") as scratch:
        folder = Path(asked.venv or Path(scratch) / "venv")
        try:
            rivals = venv.prepare(folder, asked.python, _say)
        except ValueError as error:
            sys.exit(str(error))
        bench = _bench(asked, rivals, Path(scratch))
        sections, failures = _measured(asked.only or list(_SECTIONS), bench)
    findings = [finding for section in sections for finding in section.findings]
    text = "\n".join(
        [
            _header(asked, rivals, load),
            summary(findings),
            *(f"- {failure}" for failure in failures),
            *(rendered(section) for section in sections),
        ]
    )
    print(text)
    if asked.markdown:
        Path(asked.markdown).write_text(text, encoding="utf-8")
    return int(bool(failures) or any(finding.is_met is not True for finding in findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_rivals", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of every tool (default: 3)")
    parser.add_argument("--only", action="append", choices=list(_SECTIONS), help="this section; may be repeated")
    parser.add_argument("--python", default=sys.executable, help="interpreter of a new environment (default: this)")
    parser.add_argument("--venv", metavar="DIR", help="environment of the rivals, kept (default: one for this run)")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there too")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the tools (default: 1)")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error(f"--rounds is {asked.rounds}: at least 1 is needed")
    return asked


def _bench(asked: argparse.Namespace, rivals: Rivals, scratch: Path) -> Bench:
    programs, outputs = scratch / "programs", scratch / "outputs"
    programs.mkdir()
    outputs.mkdir()
    machine = Machine(interpreter=rivals.interpreter, processes=Processes(), scratch=outputs)
    return Bench(machine=machine, catalogue=lay_out(programs, rivals), rounds=asked.rounds, seed=asked.seed, say=_say)


def _measured(names: list[str], bench: Bench) -> tuple[list[Section], list[str]]:
    """Return the sections; one that can't be measured costs no other."""
    sections: list[Section] = []
    failures: list[str] = []
    for name in names:
        try:
            sections += _SECTIONS[name](bench)
        except Exception as error:  # noqa: BLE001 - the border: a quarter of an hour of other figures is at stake
            failures.append(f"section {name} gave nothing: {type(error).__name__}: {error}")
            _say(failures[-1])
    return sections, failures


def _header(asked: argparse.Namespace, rivals: Rivals, load: str) -> str:
    machine = fingerprint(rivals.interpreter)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(rivals.versions.items()))
    return (
        f"## Profilers side by side, {datetime.now(tz=UTC):%Y-%m-%d}\n\n"
        f"`{' '.join(['python -m benchmarks.profile_rivals', *sys.argv[1:]])}` on {machine['processor']},"
        f" {os.cpu_count()} CPUs, {platform.system()}, CPython {machine['python']}, rounds: {asked.rounds},"
        f" {(time.monotonic() - _BEGAN) / 60:.0f} minutes, load average {load} at the start and {_load()} at the end."
        f" {versions}.\n"
    )


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _say(message: str) -> None:
    print(f"[{time.monotonic() - _BEGAN:5.0f} s] {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with turn():
        sys.exit(main())
