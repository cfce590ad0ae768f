"""Two commits of a repository, measured against each other."""
