import datetime
import os
import re
from pathlib import Path


class Store:
    def read_text(self):
        return "no path"

    def group(self):
        return "no match"


def paths(root: Path):
    (root / "a" / "b").read_text()
    (Path(__file__).parent / "c").resolve().read_bytes()
    for each in (root / "d").iterdir():
        each.read_text().strip()
    with (root / "e").open("rb") as file:
        file.read().decode()
    with open(os.path.join("a", "b")) as file:
        for line in file:
            line.strip()


def matches(text):
    pattern = re.compile("a")
    pattern.match(text).group()
    for found in pattern.finditer(text):
        found.group()
    re.sub("a", "b", text).strip()


def times():
    (datetime.datetime.now() + datetime.timedelta(1)).isoformat().strip()


def worded(name):
    ("%s" % name).strip()
