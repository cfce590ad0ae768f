"""Events of a session and their renderings."""
