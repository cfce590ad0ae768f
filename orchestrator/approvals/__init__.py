"""What a person is asked before it is done, and how the answer comes back."""
