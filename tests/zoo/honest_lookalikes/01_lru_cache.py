"""A bounded memo of a pure function."""

EDITS = (
    (
        "shop/prices.py",
        """\
import json
""",
        """\
import json
import functools
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
@functools.lru_cache(maxsize=64)

def rate(kind):
    """Return the rate of a kind, in cents."""
    return json.loads(RATES).get(kind, 0)
''',
    ),
)
