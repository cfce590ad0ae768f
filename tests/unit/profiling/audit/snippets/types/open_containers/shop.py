from typing import Any


class Step:
    def go(self):
        return 1


def each_of(steps: list):
    for step in steps:
        step.go()


def named(steps: dict[str, Any]):
    steps["first"].go()


def run():
    each_of([Step()])
    named({"first": Step()})
