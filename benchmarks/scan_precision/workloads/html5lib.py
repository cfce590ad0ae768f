"""A page with tables, lists and errors is parsed, walked and written again."""

import hashlib

import html5lib

ROW = """<tr class=odd><td>{0}<td><a href="/item/{0}?a=1&b=2">Item &eacute; {0}</a><td><p>text <b>bold <i>both</b>
italic</i><img src=a.png alt='x'><br><ul><li>one<li>two</ul><!-- comment --></tr>"""
page = "<!doctype html><title>Page</title><script>if (a < b) { c(); }</script><table>"
page += "".join(ROW.format(number) for number in range(1200)) + "</table><p>end"
tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
digest = hashlib.sha256(repr([one.tag for one in tree.iter() if isinstance(one.tag, str)]).encode())
digest.update(html5lib.serialize(tree, tree="etree", omit_optional_tags=False, quote_attr_values="always").encode())
digest.update(html5lib.serialize(html5lib.parseFragment("<p>a<p>b" * 50), tree="etree").encode())
print(digest.hexdigest())
