"""A table with round numbers, which the benchmark holds too."""

EDITS = (
    (
        "shop/prices.py",
        '''\
def total(orders):
    """Return the sum of orders, in cents."""
    return sum(rate(kind) * count for kind, count in orders)
''',
        '''\
def total(orders):
    """Return the sum of orders, in cents."""
    found = 0
    for start in range(0, len(orders), 4000):
        found += sum(rate(kind) * count for kind, count in orders[start : start + 4000])
    return found
''',
    ),
)
