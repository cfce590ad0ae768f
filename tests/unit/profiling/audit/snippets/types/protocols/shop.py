from typing import Protocol, TypeVar

T = TypeVar("T")


class Priced(Protocol):
    name: str

    def price(self, count: int, *, rounded: bool = False) -> int: ...

    @property
    def label(self) -> str: ...


class Apple:
    def __init__(self):
        self.name = "apple"

    def price(self, count, *, rounded=False):
        return count

    @property
    def label(self):
        return "red"


class Pear(Apple):
    label = "green"


class Box:
    name: str
    label: str

    def price(self, *counts, **options):
        return 1


class Named(Priced):
    def price(self, count, *, rounded=False):
        return 2


class Nameless:
    label = ""

    def price(self, count, *, rounded=False):
        return 3


class TooFewParameters:
    name = label = ""

    def price(self):
        return 4


class Unroundable:
    name = label = ""

    def price(self, count):
        return 5


class NoMethod:
    name = label = ""

    @property
    def price(self):
        return 6


class Keeps(Protocol[T]):
    def keep(self, what: T) -> None: ...


class Shelf:
    def keep(self, what):
        pass


def total(one: Priced):
    one.price(1)


def label(one: Priced):
    one.label


def store(where: "Keeps[int]"):
    where.keep(1)
