def apply(f):
    return f()


def run():
    apply(lambda: 1)
    apply(lambda: (lambda: 2)())
