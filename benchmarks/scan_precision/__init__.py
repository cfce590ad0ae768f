"""How many of the scanner's first findings in popular packages are right: each was looked at, and the verdicts kept."""
