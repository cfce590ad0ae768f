def work():
    return 1


def run(kind):
    return isinstance(work, kind) or callable(work) or id(work)
