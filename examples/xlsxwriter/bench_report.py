"""A month of orders as a workbook: labels, notes and amounts, written in memory; prints a digest."""

import hashlib
import io
import random
import zipfile

import xlsxwriter

ROWS = 6000
WORDS = "alpha beta gamma delta order invoice customer region north south total net gross paid open".split()


def orders():
    """Return rows of five text cells and two numbers; a few hold odd spaces and control characters."""
    rng = random.Random(20210501)
    for number in range(ROWS):
        texts = [" ".join(rng.choices(WORDS, k=rng.randint(1, 5))) + f" {number}-{cell}" for cell in range(5)]
        if number % 50 == 0:
            texts[0] = " " + texts[0]
        if number % 70 == 0:
            texts[1] += "\x07 bell"
        yield texts, rng.randint(1, 40), round(rng.uniform(1, 900), 2)


def workbook(rows, options):
    """Write the rows into a workbook and return its bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("orders")
        for line, (texts, count, price) in enumerate(rows):
            for column, text in enumerate(texts):
                sheet.write(line, column, text)
            sheet.write_number(line, 5, count)
            sheet.write_number(line, 6, price)
    return buffer.getvalue()


def main():
    """Write the report; the date in core.xml is left out of the digest."""
    archive = zipfile.ZipFile(io.BytesIO(workbook(list(orders()), {"in_memory": True})))
    parts = [archive.read(name) for name in sorted(archive.namelist()) if "core.xml" not in name]
    print(hashlib.sha256(b"".join(parts)).hexdigest()[:16])


if __name__ == "__main__":
    main()
