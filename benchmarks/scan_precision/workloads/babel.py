"""Numbers, money, dates, lists and units are written in several languages, and a catalogue read and written."""

import datetime as dt
import hashlib
import io

from babel import Locale, dates, lists, numbers, units
from babel.messages.pofile import read_po, write_po

digest = hashlib.sha256()
day = dt.datetime(2026, 11, 22, 13, 5, tzinfo=dt.UTC)
for language in ("en_US", "de_DE", "fr", "ja", "ar"):
    locale = Locale.parse(language)
    for number in range(800):
        when = day + dt.timedelta(days=number, minutes=number * 7)
        told = [
            numbers.format_decimal(number * 1234.5678, locale=locale),
            numbers.format_currency(number * 9.99, "EUR", locale=locale),
            numbers.format_percent(number / 100, locale=locale),
            dates.format_datetime(when, "long", locale=locale),
            dates.format_date(when, "EEEE, d MMMM y", locale=locale),
            dates.format_timedelta(dt.timedelta(hours=number), locale=locale),
            lists.format_list(["a", "b", str(number)], locale=locale),
            units.format_unit(number, "length-kilometer", locale=locale),
        ]
        digest.update(" ".join(told).encode())
ENTRY = '#: file{0}.py:{0}\nmsgid "one %(n)s thing {0}"\nmsgid_plural "many {0}"\nmsgstr[0] "a"\nmsgstr[1] "b"\n\n'
text = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
text += "".join(ENTRY.format(number) for number in range(3000))
catalog = read_po(io.BytesIO(text.encode()), locale="de")
out = io.BytesIO()
write_po(out, catalog, sort_output=True, omit_header=True)
digest.update(out.getvalue())
print(digest.hexdigest())
