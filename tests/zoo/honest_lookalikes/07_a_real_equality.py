"""A class with an equality that compares."""

EDITS = (
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
class _Total:
    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return isinstance(other, _Total) and self.text == other.text

    __hash__ = None

    def value(self):
        total = 7
        for character in self.text:
            total = (total * 31 + ord(character)) % 1000003
        return total


def checksum(text):
    """Return a rolling checksum of a text."""
    return _Total(text).value()
''',
    ),
)
