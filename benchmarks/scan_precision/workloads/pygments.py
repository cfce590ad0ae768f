"""Files of several languages are highlighted as HTML, for a terminal, and guessed at."""

import ast
import hashlib
import inspect
import textwrap
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter, TerminalFormatter
from pygments.lexers import get_lexer_by_name, guess_lexer

python = "\n".join(Path(inspect.getfile(module)).read_text(encoding="utf-8") for module in (textwrap, inspect))
program = Path(ast.__file__).read_text(encoding="utf-8")[:30000]
page = "<html><body>" + '<p class="x">some &amp; more <b>text</b><script>var a = 1 + f("x");</script></p>' * 300
data = '{"a": [1, 2.5, null, true, "text with \\"quotes\\""], "b": {"c": "d"}}\n' * 400
script = "\n".join(f'for i in $(seq {n}); do echo "$i ${{HOME}}" | grep -v x > /dev/null; done' for n in range(200))
digest = hashlib.sha256()
for language, text in (("python", python), ("html", page), ("json", data), ("bash", script), ("python", program)):
    html = HtmlFormatter(linenos="table", cssclass="code", wrapcode=True)
    digest.update(highlight(text, get_lexer_by_name(language), html).encode())
    digest.update(highlight(text[:5000], get_lexer_by_name(language), TerminalFormatter()).encode())
for text in (program[:2000], page[:2000], script[:2000]):
    digest.update(guess_lexer(text).name.encode())
print(digest.hexdigest())
