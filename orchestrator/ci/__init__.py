"""A session on the branch of a pull request: where it stands, what it may touch, and how its result is delivered."""
