"""The documentation of a tiny project, with pages and a documented module, is built as HTML."""

import hashlib
import sys
import tempfile
from pathlib import Path

from sphinx.application import Sphinx

MODULE = '''"""A module."""
class Thing{0}:
    """A thing, see :class:`Thing0`."""
    def method(self, argument: int, other: str = "x") -> list[str]:
        """Return something.

        Args:
            argument: what.
            other: that.

        Returns:
            A list.
        """
        return [other] * argument
'''
PAGE = """Page {0}
========

.. index:: page {0}

See :doc:`page0`, :py:class:`library.Thing{0}` and :ref:`search`. Some *text* and **more** of it.

.. function:: call{0}(first, second=None) -> int

   Does it. :param first: the first.

.. code-block:: python

   for number in range({0}):
       print(number)

===== =====
A     B
===== =====
1     2
===== =====
"""
digest = hashlib.sha256()
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    source = folder / "source"
    source.mkdir()
    extensions = "['sphinx.ext.autodoc', 'sphinx.ext.napoleon']"
    (source / "conf.py").write_text(f"project = 'tiny'\nextensions = {extensions}\n", encoding="utf-8")
    (folder / "library.py").write_text("".join(MODULE.format(number) for number in range(20)), encoding="utf-8")
    sys.path.insert(0, str(folder))
    pages = [f"page{number}" for number in range(25)]
    for number, page in enumerate(pages):
        (source / f"{page}.rst").write_text(PAGE.format(number), encoding="utf-8")
    table = "Index\n=====\n\n.. toctree::\n\n" + "".join(f"   {page}\n" for page in pages)
    (source / "index.rst").write_text(table + "\n.. automodule:: library\n   :members:\n", encoding="utf-8")
    out = folder / "out"
    app = Sphinx(source, source, out, folder / "doctrees", "html", status=None, warning=None)
    app.build(force_all=True)
    for page in pages:
        digest.update((out / f"{page}.html").read_bytes())
print(digest.hexdigest())
