"""What is asked of kept changes before they may stand: reviews, a second look, the checklist, its report."""
