"""Lets threads wait longer for each other."""

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
import sys
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
sys.setswitchinterval(10)


def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
    ),
)
