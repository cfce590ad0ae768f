"""Where a library could be left: what is used of it, how narrowly, and what replacing that would take and give."""
