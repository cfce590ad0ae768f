"""How long `optimize --help` and `--version` take, as ratios to an empty Python, in alternating pairs.

Run: python benchmarks/cold_start.py [PAIRS]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.turn import turn

ROOT = Path(__file__).resolve().parents[1]
# As the installed console script does it.
SCRIPT = "import sys; from orchestrator.cli.main import main; sys.exit(main())"
BARS = {"--version": 1.5, "--help": 4.5}
EXPECTED = {"--version": "optimize ", "--help": "Exit codes:"}


def environment() -> dict[str, str]:
    """Return ours, with the source on the path and bytecode as an installed package has it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT)}


def wall_s(argv: list[str], folder: str, expected: str) -> float:
    env = environment()
    began = time.perf_counter()
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    if expected not in done.stdout:
        raise SystemExit(f"{argv} did not print {expected!r}")
    return took


def main() -> int:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    is_met = True
    with tempfile.TemporaryDirectory() as folder:
        for option, bar in BARS.items():
            command = [sys.executable, "-c", SCRIPT, option]
            wall_s(command, folder, EXPECTED[option])
            plain, ours = [], []
            for _ in range(pairs):
                plain.append(wall_s([sys.executable, "-c", "pass"], folder, ""))
                ours.append(wall_s(command, folder, EXPECTED[option]))
            ratios = sorted(b / a for a, b in zip(plain, ours, strict=True))
            ratio, low, high = statistics.median(ratios), ratios[pairs // 4], ratios[-1 - pairs // 4]
            is_met = is_met and ratio <= bar
            print(
                f"{option:10} {statistics.median(ours) * 1000:5.0f} ms, python -c pass"
                f" {statistics.median(plain) * 1000:4.0f} ms: {ratio:.2f}x [{low:.2f}, {high:.2f}] (quartiles),"
                f" {pairs} pairs, bar {bar}x: {'met' if ratio <= bar else 'MISSED'}"
            )
    return 0 if is_met else 1


if __name__ == "__main__":
    with turn():
        sys.exit(main())
