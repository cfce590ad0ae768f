"""Numbers of several countries are parsed, checked, formatted, and found in a text."""

import hashlib

import phonenumbers
from phonenumbers import PhoneNumberFormat, geocoder

GIVEN = (("+44 20 7946 {:04}", None), ("(650) 253-{:04}", "US"), ("030 12{:04}", "DE"), ("01 42 68 5{:04}", "FR"))
digest = hashlib.sha256()
for number in range(2500):
    pattern, region = GIVEN[number % 4]
    parsed = phonenumbers.parse(pattern.format(number * 7), region)
    for form in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
        digest.update(phonenumbers.format_number(parsed, form).encode())
    valid = phonenumbers.is_valid_number(parsed), phonenumbers.is_possible_number(parsed)
    digest.update(f"{valid} {phonenumbers.region_code_for_number(parsed)}".encode())
    digest.update(geocoder.description_for_number(parsed, "en").encode())
text = "Call +1 650-253-0000 or (650) 253 0001 before 12/11/2026, order 123456, or write. " * 120
for match in phonenumbers.PhoneNumberMatcher(text, "US"):
    digest.update(match.raw_string.encode())
typed = phonenumbers.AsYouTypeFormatter("US")
for _ in range(50):
    typed.clear()
    digest.update("".join(typed.input_digit(digit) for digit in "6502530000").encode())
print(digest.hexdigest())
