class Row:
    def read(self):
        return 1


def inner():
    yield Row()


def outer():
    yield from inner()


def run():
    for row in outer():
        row.read()
