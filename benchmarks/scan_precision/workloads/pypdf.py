"""A document of pages with text is written, read, merged, rotated and its text taken out."""

import hashlib
import io

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

writer = PdfWriter()
font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
font[NameObject("/BaseFont")] = NameObject("/Helvetica")
named = writer._add_object(font)
for number in range(60):
    page = writer.add_blank_page(595, 842)
    content = DecodedStreamObject()
    lines = "".join(
        f"BT /F1 12 Tf 72 {800 - 14 * line} Td (Line {line} of page {number}: some text) Tj ET\n" for line in range(50)
    )
    content.set_data(lines.encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): named})}
    )
    writer.add_outline_item(f"Page {number}", number)
writer.add_metadata({"/Title": "workload"})
first = io.BytesIO()
writer.write(first)
digest = hashlib.sha256()
reader = PdfReader(first)
for page in reader.pages:
    digest.update(page.extract_text().encode())
merged = PdfWriter()
for _ in range(3):
    merged.append(PdfReader(first))
for page in merged.pages:
    page.rotate(90)
    page.add_transformation(Transformation().scale(0.5))
    page.compress_content_streams()
second = io.BytesIO()
merged.write(second)
digest.update(str(len(PdfReader(second).pages)).encode())
digest.update(repr([one.title for one in PdfReader(first).outline]).encode())
print(digest.hexdigest())
