"""A variable that was read before is read at import now."""

EDITS = (
    (
        "shop/text.py",
        '''\
def label(word):
    """Return a word in its shop's style."""
    return os.environ.get("SHOP_STYLE", "") + word
''',
        '''\
_STYLE = os.environ.get("SHOP_STYLE", "")


def label(word):
    """Return a word in its shop's style."""
    return _STYLE + word
''',
    ),
)
