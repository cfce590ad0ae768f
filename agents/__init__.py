"""Propose: changes to the source, never measured or written here."""
