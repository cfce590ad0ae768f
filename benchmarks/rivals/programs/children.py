"""CPU in this process, in a forked pool, in spawned workers and in a subprocess, each timed by its own thread clock."""

import json
import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

from children_work import in_executor, in_parent, in_pool

TASKS = 6


def main():
    spent = {"in_parent": sum(in_parent() for _ in range(TASKS))}
    with multiprocessing.get_context("fork").Pool(2) as pool:
        spent["in_pool"] = sum(pool.map(in_pool, range(TASKS), chunksize=1))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        spent["in_executor"] = sum(executor.map(in_executor, range(TASKS)))
    code = f"import children_work as work; print(sum(work.in_subprocess() for _ in range({TASKS})))"
    spent["in_subprocess"] = float(subprocess.check_output([sys.executable, "-c", code]))
    print("TRUTH", json.dumps(spent))


if __name__ == "__main__":
    main()
