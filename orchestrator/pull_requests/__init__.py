"""What was kept, taken apart again: one branch and one text an optimization, each proved alone."""
