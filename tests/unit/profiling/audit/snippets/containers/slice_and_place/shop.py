def a():
    return 1


def b():
    return 2


def c():
    return 3


def run():
    steps = [a, b, c]
    steps[1:][0]()


def last():
    return (a, b, c)[-1]()
