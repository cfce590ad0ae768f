from . import parts


def fix():
    return parts.make()
