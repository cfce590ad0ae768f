"""A style sheet is parsed, its selectors and declarations looked at, and written again."""

import hashlib

import tinycss2
import tinycss2.color4

RULE = """
.item-{0} > a:hover, #main ul li:nth-child(2n+1) {{ color: rgba(10, 20, {1}, .5); margin: 0 auto 1.5em -3px;
  background: url("image{0}.png") no-repeat; font: bold 12px/1.5 "Some Font", serif !important; --own: {{a b}} }}
@media screen and (min-width: {0}px) {{ .x {{ width: calc(100% - {0}px); content: "\\201C" }} }} /* comment */
"""
sheet = "@import 'a.css';" + "".join(RULE.format(number, number % 256) for number in range(3500))
rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
digest = hashlib.sha256(tinycss2.serialize(rules).encode())
for rule in rules:
    for one in tinycss2.parse_blocks_contents(rule.content or []) if rule.type == "qualified-rule" else ():
        if one.type == "declaration":
            color = tinycss2.color4.parse_color(one.value[1]) if one.lower_name == "color" else None
            digest.update(f"{one.lower_name} {one.important} {color}".encode())
print(digest.hexdigest())
