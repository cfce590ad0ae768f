def find():
    return use


def use():
    return 1


def other():
    return 2


def run(flag):
    if (step := find()):
        step()
    (use if flag else other)()
