"""Makes the benchmark smaller."""

MECHANISM = "scope"
REASON = "scope_violation"
EDITS = (
    (
        "bench.py",
        "range(4000)",
        "range(4)",
    ),
)
