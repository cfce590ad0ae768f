"""What a person can act on: one file a finding."""
