from __future__ import annotations

from typing import Optional, Union


class Cart:
    def total(self) -> Price:
        return Price()


class Price:
    def show(self):
        return 1


class Bag:
    def weigh(self):
        return 1


def run(one: Optional[Cart], two: "Cart | Bag", many: list[Cart], by_name: dict[str, Bag]) -> Cart:
    one.total().show()
    two.weigh()
    for each in many:
        each.total()
    by_name["a"].weigh()
    for bag in by_name.values():
        bag.weigh()


def end():
    run(None, None, [], {}).total()
