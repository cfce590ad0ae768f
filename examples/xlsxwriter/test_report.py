"""What the workbook must hold, cell by cell: the tests that every proposal has to pass."""

import io
import re
import unittest
import zipfile

import xlsxwriter
from xlsxwriter import utility


def parts(write, **options):
    """Return the XML parts of a workbook by name."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options or {"in_memory": True}) as book:
        write(book)
    archive = zipfile.ZipFile(io.BytesIO(buffer.getvalue()))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def strings(*texts):
    """Return the shared strings part for some cells."""
    return parts(lambda book: book.add_worksheet().write_column(0, 0, texts))["xl/sharedStrings.xml"]


class SharedStrings(unittest.TestCase):
    def test_plain_text_is_written_as_it_is(self):
        self.assertIn("<si><t>order 7</t></si>", strings("order 7"))

    def test_leading_and_trailing_space_is_preserved(self):
        self.assertIn('<t xml:space="preserve"> order</t>', strings(" order"))
        self.assertIn('<t xml:space="preserve">order </t>', strings("order "))

    def test_control_characters_are_escaped(self):
        self.assertIn("bell_x0007_", strings("bell\x07"))

    def test_what_looks_like_an_escape_is_escaped(self):
        self.assertIn("_x005F_x0041_", strings("_x0041_"))

    def test_markup_is_escaped(self):
        self.assertIn("a &lt; b &amp; c &gt; d", strings("a < b & c > d"))

    def test_non_characters_are_escaped(self):
        self.assertIn("_xFFFE_", strings("\ufffe"))
        self.assertIn("_xFFFF_", strings("\uffff"))


class Sheets(unittest.TestCase):
    def sheet(self, write, **options):
        return parts(lambda book: write(book.add_worksheet()), **options)["xl/worksheets/sheet1.xml"]

    def test_inline_strings_are_written_in_constant_memory_mode(self):
        xml = self.sheet(lambda sheet: sheet.write(0, 0, " a\x07"), constant_memory=True)
        self.assertIn('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a_x0007_</t></is></c>', xml)

    def test_numbers_keep_their_digits(self):
        self.assertIn('<c r="B1"><v>0.1</v></c>', self.sheet(lambda sheet: sheet.write(0, 1, 0.1)))

    def test_formulas_lose_their_equals_sign(self):
        xml = self.sheet(lambda sheet: sheet.write_formula("A1", "=B1*2", value=4))
        self.assertIn("<f>B1*2</f><v>4</v>", xml)

    def test_dynamic_functions_get_their_prefix(self):
        xml = self.sheet(lambda sheet: sheet.write_dynamic_array_formula("A1", "=UNIQUE(B1:B9)"))
        self.assertIn("_xlfn.UNIQUE(B1:B9)", xml)

    def test_urls_become_links(self):
        xml = self.sheet(lambda sheet: sheet.write(0, 0, "http://example.com/a b"))
        self.assertTrue(re.search(r'<hyperlink ref="A1" r:id="rId1"', xml))


class Utility(unittest.TestCase):
    def test_cells_are_named_as_in_the_program(self):
        self.assertEqual(utility.xl_rowcol_to_cell(0, 0), "A1")
        self.assertEqual(utility.xl_rowcol_to_cell(99, 702, row_abs=True), "AAA$100")
        self.assertEqual(utility.xl_cell_to_rowcol("$XFD$1048576"), (1048575, 16383))

    def test_sheet_names_are_quoted_where_they_must_be(self):
        self.assertEqual(utility.quote_sheetname("Sheet 1"), "'Sheet 1'")


if __name__ == "__main__":
    unittest.main()
