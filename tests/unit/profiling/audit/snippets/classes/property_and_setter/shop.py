class Box:
    @property
    def size(self):
        return count()

    @size.setter
    def size(self, value):
        check(value)


def count():
    return 1


def check(value):
    return value


def run(box: Box):
    box.size = 2
    return box.size
