def call(*steps, **named):
    for step in steps:
        step()
    named["end"]()


def one():
    return 1


def two():
    return 2


call(one, end=two)
