"""Each value is looked up; sorting is n log n."""


def distinct(values):
    seen = set()
    for value in values:
        seen.add(value)
    return sorted(seen, key=lambda value: -value)


def run(size=300_000):
    return len(distinct(range(size)))
