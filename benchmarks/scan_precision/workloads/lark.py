"""JSON and a small language of sums are parsed, by LALR and Earley, and made into values."""

import hashlib
import json

from lark import Lark, Transformer, v_args

JSON = r"""
?start: value
?value: object | array | string | SIGNED_NUMBER -> number | "true" -> true | "false" -> false | "null" -> null
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: string ":" value
string: ESCAPED_STRING
%import common.ESCAPED_STRING
%import common.SIGNED_NUMBER
%import common.WS
%ignore WS
"""
SUMS = """
?start: sum | NAME "=" sum -> assign
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom -> mul | product "/" atom -> div
?atom: NUMBER -> number | "-" atom -> neg | NAME -> var | "(" sum ")"
%import common.CNAME -> NAME
%import common.NUMBER
%import common.WS_INLINE
%ignore WS_INLINE
"""


class Values(Transformer):
    """Make values of JSON."""

    @v_args(inline=True)
    def string(self, text):
        """Return a text without its quotes."""
        return text[1:-1]

    array = list
    pair = tuple
    object = dict
    number = v_args(inline=True)(float)

    def true(self, _):
        """Return it."""
        return True

    def false(self, _):
        """Return it."""
        return False

    def null(self, _):
        """Return it."""


digest = hashlib.sha256()
data = [
    {"id": n, "name": f"item {n}", "tags": ["a", "b"], "price": n * 1.5, "sold": n % 2 == 0, "x": None}
    for n in range(2500)
]
digest.update(repr(Values().transform(Lark(JSON, parser="lalr").parse(json.dumps(data)))).encode())
sums, slow = Lark(SUMS, parser="lalr"), Lark(SUMS, parser="earley")
for number in range(2500):
    digest.update(sums.parse(f"a = {number} * (b + 3.5) / -c - (d + {number}) * 2").pretty().encode())
for number in range(40):
    digest.update(slow.parse(f"a = {number} * (b + 3.5) / -c - (d + {number}) * 2").pretty().encode())
print(digest.hexdigest())
