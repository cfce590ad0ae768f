"""Tables, trees, Markdown, highlighted code and a log are printed to a file."""

import hashlib
import io
import textwrap
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.tree import Tree

out = io.StringIO()
console = Console(file=out, width=100, force_terminal=True, color_system="truecolor", legacy_windows=False)
table = Table(title="Orders", show_lines=True)
for name in ("Number", "Name", "What", "Price"):
    table.add_column(name, justify="right" if name == "Price" else "left")
for number in range(500):
    what = f"[bold]article[/bold] {number} with a longer text that is wrapped, \u4f60\u597d too"
    table.add_row(str(number), f"[red]customer {number}[/red]", what, f"{number * 3.5:.2f}")
console.print(table)
tree = Tree("root")
for number in range(40):
    branch = tree.add(f"[green]branch {number}")
    for leaf in range(4):
        branch.add(f"leaf {leaf} :smiley:")
console.print(tree)
text = "# Title\n\nSome *text* and `code`, a [link](https://example.org).\n\n- one\n- two\n\n```python\nx = 1\n```\n"
console.print(Markdown(text * 60))
console.print(Syntax(Path(textwrap.__file__).read_text(encoding="utf-8")[:6000], "python", line_numbers=True))
for number in range(500):
    console.print(Panel(f"value {number} = {[number, 'text', None, 1.5]} at https://example.org/{number}"))
    console.print({"key": number, "list": [1, 2, 3], "text": "'quoted'"})
print(hashlib.sha256(out.getvalue().encode()).hexdigest())
