"""Threads that are waited for."""

EDITS = (
    (
        "shop/text.py",
        """\
    return [len(word) for word in words]
""",
        """\
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(len, words))
""",
    ),
    (
        "shop/text.py",
        """\
import subprocess
""",
        """\
import subprocess
from concurrent.futures import ThreadPoolExecutor
""",
    ),
)
