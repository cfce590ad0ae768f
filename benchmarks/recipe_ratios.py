"""What each recipe's rewrite gains at its place, on each interpreter: the figures of the cards' cost notes.

    python -m benchmarks.recipe_ratios --recipe deque-queue --python python3.9 python3.13

The cases stand in `ratio_cases`: 15 interleaved pairs of CPU time each; median with the middle half, and what one run
saves.
"""

import argparse
import sys

from benchmarks.ratio_cases import classes_and_start, containers, evaluation, kept_results, texts_and_files
from benchmarks.ratio_runner import table
from benchmarks.turn import turn

RATIOS = containers.CASES + texts_and_files.CASES + evaluation.CASES + kept_results.CASES + classes_and_start.CASES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", nargs="+", help="ids; default: all")
    parser.add_argument("--python", nargs="+", default=[sys.executable], help="interpreters")
    chosen = parser.parse_args()
    cases = [case for cases in RATIOS for case in cases()]
    table((case for case in cases if chosen.recipe is None or case.recipe in chosen.recipe), chosen.python)


if __name__ == "__main__":
    with turn():
        main()
