"""Run every benchmark that takes under two minutes; exit 1 when one is over its limit."""

import subprocess
import sys
import time

BENCHMARKS = ("cold_start", "checkpoint_cost", "session_overhead", "profile_overhead", "gather_speed")


def main() -> int:
    """Run them one after the other: two at a time would disturb each other."""
    failed = []
    for name in BENCHMARKS:
        began = time.monotonic()
        print(f"## {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        print(f"({time.monotonic() - began:.0f} s)\n", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"over the limit: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
