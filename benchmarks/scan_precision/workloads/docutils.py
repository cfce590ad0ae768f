"""A manual in reStructuredText, with tables, references, footnotes and code, is made into HTML and LaTeX."""

import hashlib

from docutils.core import publish_string

CHAPTER = """
Chapter {0}
===========

.. _chapter-{0}:

Some *emphasised* and **strong** text with ``literals``, a link_ and a footnote [#note{0}]_, as chapter-{0}_ says.
It goes on for a while, so that there is :sup:`something` to wrap, and |name| stands for a word.

.. _link: https://example.org/{0}
.. [#note{0}] It says `more <https://example.org/more>`__.
.. |name| replace:: word {0}

- one
- two

  1. nested
  2. again

Term
    Its definition, with :math:`x^2`.

+--------+----------------+-----------+
| Name   | What it is     | How many  |
+========+================+===========+
| apple  | a fruit        | {0}       |
+--------+----------------+-----------+
| pear   | another fruit that        |
|        | spans two columns         |
+--------+----------------+-----------+

===== =====
left  right
===== =====
1     2
3     4
===== =====

.. note:: Take care.

.. code:: python

    def function(argument):
        return argument + {0}

:field: value
:other: value
"""
head = ".. contents::\n.. sectnum::\n"
source = head + "".join(CHAPTER.format(number).replace("|name|", f"|name{number}|") for number in range(40))
digest = hashlib.sha256()
for writer in ("html5", "latex"):
    told = {"report_level": 5, "datestamp": None, "generator": None}
    digest.update(publish_string(source, writer=writer, settings_overrides=told))
print(digest.hexdigest())
