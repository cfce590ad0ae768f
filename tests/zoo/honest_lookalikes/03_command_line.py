"""A command-line file reads its arguments."""

EDITS = (
    (
        "shop/program.py",
        """\
def main():
    print(lengths(["a"]))
""",
        """\
def main():
    print(lengths(sys.argv[1:] or ["a"]))
""",
    ),
    (
        "shop/program.py",
        """\
from shop.text import lengths
""",
        """\
import sys

from shop.text import lengths
""",
    ),
)
