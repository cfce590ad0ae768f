"""The scaling test: a command at several sizes, and how its cost grows."""
