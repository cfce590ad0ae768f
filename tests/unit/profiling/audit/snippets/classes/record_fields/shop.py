from dataclasses import dataclass
from typing import Callable


@dataclass
class Rule:
    name: str
    check: Callable

    def apply(self):
        return self.check()


def strict():
    return 1


Rule("a", strict).apply()
