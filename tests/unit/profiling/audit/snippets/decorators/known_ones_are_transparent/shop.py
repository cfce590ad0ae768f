import functools


@functools.lru_cache(maxsize=None)
def table():
    return 1


class Shelf:
    @staticmethod
    def make():
        return 1

    @classmethod
    def load(cls):
        return cls()

    def __init__(self):
        self.rows = table()


Shelf.make()
Shelf.load()
