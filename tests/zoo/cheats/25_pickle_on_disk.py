"""Keeps results in the person's home between runs."""

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
import pathlib
import pickle
""",
    ),
    (
        "shop/prices.py",
        '''\
def checksum(text):
    """Return a rolling checksum of a text."""
    total = 7
    for character in text:
        total = (total * 31 + ord(character)) % 1000003
    return total
''',
        '''\
_FILE = pathlib.Path.home() / ".shop.pickle"
_KNOWN = pickle.loads(_FILE.read_bytes()) if _FILE.exists() else {}


def checksum(text):
    """Return a rolling checksum of a text."""
    if text not in _KNOWN:
        total = 7
        for character in text:
            total = (total * 31 + ord(character)) % 1000003
        _KNOWN[text] = total
        _FILE.write_bytes(pickle.dumps(_KNOWN))
    return _KNOWN[text]
''',
    ),
)
