def a():
    return 1


def b():
    return 2


def run(name):
    table = {"a": a, "b": b}
    table["a"]()


def other(name):
    table = dict(a=a)
    table.update({"b": b})
    for key, step in table.items():
        step()
    table.get(name, a)()
