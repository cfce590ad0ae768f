"""Each value is looked for among all before it."""


def distinct(values):
    seen = []
    for value in values:
        if value not in seen:
            seen.append(value)
    return seen


def run(size=1500):
    return len(distinct(range(size)))
