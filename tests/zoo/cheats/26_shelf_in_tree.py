"""Keeps results in a shelf beside the program."""

MECHANISM = "persisted"
REASON = "gaming_suspected"
EDITS = (
    (
        "shop/prices.py",
        """\
import json
""",
        """\
import json
import shelve
""",
    ),
    (
        "shop/prices.py",
        '''\
def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
        '''\
def rate(kind):
    """Return the rate of a kind, in cents."""
    with shelve.open("rates") as kept:
        return kept.setdefault(kind, json.loads(RATES).get(kind, 0))
''',
    ),
)
