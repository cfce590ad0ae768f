import contextlib


class Lock:
    def hold(self):
        return 1


@contextlib.contextmanager
def locked():
    yield Lock()


def run():
    with locked() as lock:
        lock.hold()
