"""Rows of numbers and texts are laid out in many forms."""

import hashlib

from tabulate import tabulate

rows = [[n, f"name {n}", n * 1.25, None if n % 5 else "x", f"{n}.50", n % 2 == 0, "\u4f60\u597d"] for n in range(2500)]
digest = hashlib.sha256()
for form in ("simple", "grid", "github", "html", "latex", "fancy_grid", "tsv"):
    told = tabulate(
        rows, headers=["number", "name", "price", "mark", "text", "even", "wide"], tablefmt=form, floatfmt=".2f"
    )
    digest.update(told.encode())
cells = [{"a": n, "b": "some longer text that is wrapped " * 2} for n in range(600)]
digest.update(tabulate(cells, headers="keys", tablefmt="grid", maxcolwidths=[None, 20], showindex=True).encode())
print(digest.hexdigest())
