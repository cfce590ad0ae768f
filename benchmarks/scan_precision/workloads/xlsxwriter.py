"""A workbook of sheets with numbers, texts, formulas, formats and a chart is written in memory."""

import hashlib
import io
import zipfile

import xlsxwriter

out = io.BytesIO()
with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
    money, bold = (
        book.add_format({"num_format": "0.00", "border": 1}),
        book.add_format({"bold": True, "bg_color": "red"}),
    )
    for number in range(4):
        sheet = book.add_worksheet(f"Sheet {number}")
        sheet.write_row(0, 0, ["Name", "Amount", "Price", "Total"], bold)
        sheet.set_column("A:A", 30)
        for row in range(1, 4000):
            sheet.write(row, 0, f"article {row % 300}")
            sheet.write_number(row, 1, row % 17)
            sheet.write(row, 2, row * 1.25, money)
            sheet.write_formula(row, 3, f"=B{row + 1}*C{row + 1}", money, row % 17 * row * 1.25)
        sheet.conditional_format("B2:B1500", {"type": "cell", "criteria": ">", "value": 10, "format": bold})
        sheet.autofilter("A1:D1500")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": f"='Sheet {number}'!$A$2:$A$50", "values": f"='Sheet {number}'!$B$2:$B$50"})
        sheet.insert_chart("F2", chart)
        sheet.autofit()
digest = hashlib.sha256()
with zipfile.ZipFile(out) as written:
    for name in sorted(written.namelist()):
        if not name.startswith("docProps"):
            digest.update(written.read(name))
print(digest.hexdigest())
