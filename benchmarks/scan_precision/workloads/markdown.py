"""An article with lists, code, tables, footnotes and a table of contents is made into HTML."""

import hashlib

import markdown

PART = """
## Part {0}

Some *emphasis* and **strong** text, `code`, a [link](https://example.org/{0} "title"), an ![image](a.png)
and <b>HTML</b>, with an auto link <https://example.org> and a footnote[^{0}]. AT&T & more.

[^{0}]: The footnote, which says more.

* one
* two
    1. nested
    2. again

    a paragraph in it

> a quote
> > in a quote

    indented code & <more>

```python
def function(argument):
    return argument
```

| Name | Price |
|------|------:|
| a    | {0}   |
| b    | 2     |

Term
:   Its definition.

[reference{0}]: https://example.org/reference
"""
text = "# Article\n\n[TOC]\n" + "".join(PART.format(number) for number in range(220))
html = markdown.markdown(text, extensions=["extra", "toc", "sane_lists", "smarty"])
print(hashlib.sha256(html.encode()).hexdigest())
