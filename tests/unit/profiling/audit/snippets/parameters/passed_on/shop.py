def step():
    return 1


def third(f):
    return f()


def second(*args):
    return third(*args)


def first(f):
    return second(f)


first(step)
