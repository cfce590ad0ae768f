def a():
    return 1


def b():
    return 2


steps = [a]
steps.append(b)
for step in steps:
    step()

first, *rest = [a, b]
first()
