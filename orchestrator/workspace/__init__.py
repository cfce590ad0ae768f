"""The only door to git and to the checkouts a session works in."""
