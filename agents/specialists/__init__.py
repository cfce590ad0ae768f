"""Who proposes, by domain."""
