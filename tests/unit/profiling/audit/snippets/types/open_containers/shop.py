from typing import Any


class Step:
    def go(self):
        return 1


class Other:
    def go(self):
        return 2


def each_of(steps: list):
    for step in steps:
        step.go()


def named(steps: dict[str, Any]):
    steps["first"].go()


def fill(steps: dict[str, Any], more: list):
    steps["first"] = Other()
    more.append(Other())


def run():
    each_of([Step()])
    named({"first": Step()})
    fill({}, [])
