"""Changes how the tests are collected."""

MECHANISM = "scope"
REASON = "scope_violation"
EDITS = (
    (
        "conftest.py",
        "",
        """\
collect_ignore_glob = ["*"]
""",
    ),
)
