from typing import Protocol, runtime_checkable


@runtime_checkable
class Closing(Protocol):
    def shut(self): ...


class Door:
    def shut(self):
        return 1


class Wall:
    def paint(self):
        return 1


def make(kind):
    return Door() if kind else Wall()


def run(kind):
    thing = make(kind)
    if isinstance(thing, Closing):
        thing.shut()
    else:
        thing.paint()
