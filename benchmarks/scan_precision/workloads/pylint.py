"""A few modules of the standard library are checked."""

import hashlib
import io
import textwrap

from pylint.lint import Run
from pylint.reporters.text import TextReporter

out = io.StringIO()
Run([textwrap.__file__, "--rcfile=", "--persistent=n", "-j1", "--disable=E"], reporter=TextReporter(out), exit=False)
lines = sorted(line.split(":", 1)[-1] for line in out.getvalue().splitlines() if line.count(":") > 3)
print(hashlib.sha256("\n".join(lines).encode()).hexdigest())
