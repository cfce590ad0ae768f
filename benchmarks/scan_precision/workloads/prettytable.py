"""A table of orders is sorted, filtered, and written as text, HTML, CSV and Markdown."""

import hashlib

from prettytable import PrettyTable, TableStyle

table = PrettyTable(["Number", "Name", "What", "Price"])
for number in range(4000):
    table.add_row(
        [number, f"customer {number % 50}", f"article {number}\nwith a second line \u4f60\u597d", number * 1.25]
    )
table.align["Name"], table.float_format, table.max_width["What"] = "l", ".2", 20
digest = hashlib.sha256(table.get_string(sortby="Price", reversesort=True).encode())
table.set_style(TableStyle.MARKDOWN)
digest.update(table.get_string(start=10, end=3000, fields=["Number", "Name"]).encode())
digest.update(table.get_html_string(format=True).encode())
digest.update(table.get_csv_string().encode())
print(digest.hexdigest())
