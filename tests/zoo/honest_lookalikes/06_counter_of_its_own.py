"""A count within one call."""

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
    found = seen = 0
    for kind, count in orders:
        seen += 1
        found += rate(kind) * count
    return found if seen > 0 else 0
''',
    ),
)
