"""When the keeps so far are measured together, and under which name."""

FEWEST_KEEPS = 3
MOST_KEEPS = 5


def is_due(keeps_since_last: int, *, last_was_kept: bool = False) -> bool:
    """Say whether a milestone is due: from 3 keeps on, while one follows the other at 5 (docs/deciding.md).

    Args:
        keeps_since_last: keeps since the last milestone.
        last_was_kept: the experiment just ended is one of them, so more may follow at once.
    """
    return keeps_since_last >= (MOST_KEEPS if last_was_kept else FEWEST_KEEPS)


def tag_name(number: int) -> str:
    """Return the tag of the nth milestone, from 1."""
    return f"codeflash/optimize-v{number}"
