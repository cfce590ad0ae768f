"""Switches the collector off for the whole program."""

MECHANISM = "interpreter"
REASON = "gaming_suspected"
EDITS = (
    (
        "shop/prices.py",
        """\
import json
""",
        """\
import json
import gc
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
gc.disable()


def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
    ),
)
