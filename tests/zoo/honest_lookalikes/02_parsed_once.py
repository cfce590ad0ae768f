"""What is constant is parsed at import."""

EDITS = (
    (
        "shop/prices.py",
        '''\
def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
        '''\
_RATES = json.loads(RATES)


def rate(kind):
    """Return the rate of a kind, in cents."""
    return _RATES.get(kind, 0)
''',
    ),
)
