from collections.abc import Callable, Mapping
from dataclasses import dataclass


class Bill:
    def pay(self):
        return 1


def make(amount: int):
    return Bill()


def check(bill):
    return True


def end():
    return 1


@dataclass
class Plan:
    at_end: Callable[[], int]

    def finish(self):
        self.at_end()


CHECKS: Mapping[str, Callable[[Bill], bool]] = {"plain": check}
ENDING: Callable[[], int] = end


def run(maker: Callable[[int], Bill]):
    maker(1).pay()


def chosen() -> Callable[[Bill], bool]:
    return check


def all_of_them(name: str):
    run(make)
    CHECKS[name](None)
    ENDING()
    chosen()(None)
    Plan(end).finish()
    mine: Callable[[], int] = end
    mine()
