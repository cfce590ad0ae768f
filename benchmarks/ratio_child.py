"""Times two statements against each other in the interpreter that runs it: standard library only, Python 3.9."""

import gc
import json
import sys
import time

LEAST_S = 0.02
"""CPU time of one timing: 1000 times the resolution of the clock or more."""


def timed(run, number):
    """Return the CPU seconds of `number` runs."""
    began = time.process_time()
    run(number)
    return time.process_time() - began


def compiled(setup, statement):
    """Return a function that runs a statement a number of times behind the setup."""
    inner = "\n".join("        " + line for line in statement.splitlines())
    text = setup + "\ndef _run(_number):\n    for _ in range(_number):\n" + inner + "\n"
    namespace = {"__name__": "timed"}
    exec(compile(text, "timed", "exec"), namespace)
    return namespace["_run"]


def main():
    """Read a case as JSON, write the seconds of one run of each statement, pair by pair."""
    case = json.load(sys.stdin)
    before, after = compiled(case["setup"], case["before"]), compiled(case["setup"], case["after"])
    after(1)
    number = 1
    while timed(before, number) < LEAST_S:
        number *= 2
    gc.disable()
    pairs = []
    for index in range(case["pairs"]):
        first, second = (before, after) if index % 2 else (after, before)
        seconds = timed(first, number), timed(second, number)
        pairs.append(seconds if index % 2 else seconds[::-1])
        gc.collect()
    json.dump({"number": number, "pairs": pairs, "python": sys.version.split()[0]}, sys.stdout)


if __name__ == "__main__":
    main()
