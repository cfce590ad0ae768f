__all__ = ["make", "_hidden"]


def make():
    return 1


def _hidden():
    return 2


def unlisted():
    return 3
