"""Sums are computed, a configuration and a log are read, with grammars as people write them."""

import hashlib

import pyparsing as pp

digest = hashlib.sha256()
number = pp.common.number
name = pp.common.identifier
call = pp.Forward()
operand = number | call | name
sums = pp.infix_notation(
    operand,
    [("-", 1, pp.OpAssoc.RIGHT), (pp.one_of("* /"), 2, pp.OpAssoc.LEFT), (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT)],
)
call <<= pp.Group(name + pp.Suppress("(") + pp.Optional(pp.DelimitedList(sums)) + pp.Suppress(")"))
for value in range(150):
    digest.update(
        repr(sums.parse_string(f"a + {value} * (b - 3.5) / f(x, 2 + y) - -c", parse_all=True).as_list()).encode()
    )
key = pp.Word(pp.alphas, pp.alphanums + "_")("key")
value = (pp.QuotedString('"') | pp.Group(pp.Suppress("[") + pp.DelimitedList(number) + pp.Suppress("]")) | number)(
    "value"
)
setting = pp.Group(key + pp.Suppress("=") + value)
section = pp.Group(pp.Suppress("[") + key("name") + pp.Suppress("]") + pp.Group(setting[...])("settings"))
configuration = section[1, ...].ignore(pp.python_style_comment)
text = "".join(f'[part{n}]\nname = "value {n}" # why\nsize = {n}\nlist = [1, 2, {n}]\n' for n in range(800))
digest.update(repr(configuration.parse_string(text, parse_all=True).as_list()).encode())
stamp = pp.Regex(r"\d{4}-\d\d-\d\d")("day") + pp.Regex(r"\d\d:\d\d:\d\d")("time")
line = stamp + pp.one_of("INFO WARNING ERROR")("level") + pp.Suppress(":") + pp.rest_of_line("text")
for minute in range(4000):
    found = line.parse_string(f"2026-11-22 10:{minute % 60:02}:05 INFO: something happened {minute}")
    digest.update(repr(found.as_dict()).encode())
print(digest.hexdigest())
