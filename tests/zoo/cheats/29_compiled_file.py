"""Writes a compiled file of its own beside the sources."""

MECHANISM = "import_system"
REASON = "gaming_suspected"
EDITS = (
    (
        "shop/prices.py",
        '''\
def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
        '''\
_COMPILED = __cached__


def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
    ),
)
