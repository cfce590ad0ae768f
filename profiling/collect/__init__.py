"""Collectors: one file a dimension, joined by `unified`."""
