"""The facts pass: one visitor a file, which knows nothing of other files."""
