"""An article in Markdown, with tables and footnotes, is made into HTML."""

import hashlib

import mistune

PART = """
## Part {0}

Some *emphasis*, **strong** text, `code`, ~~gone~~, a [link](https://example.org/{0} "title"), ![image](a.png),
<b>HTML</b>, https://example.org/auto and a footnote[^{0}].

[^{0}]: The footnote.

* one
* two
    1. nested
    2. again

> a quote
> > in a quote

```python
def function(argument):
    return argument
```

| Name | Price |
|------|------:|
| a    | {0}   |

- [x] done
- [ ] open
"""
text = "# Article\n" + "".join(PART.format(number) for number in range(900))
convert = mistune.create_markdown(plugins=["table", "footnotes", "strikethrough", "task_lists", "url"])
print(hashlib.sha256(convert(text).encode()).hexdigest())
